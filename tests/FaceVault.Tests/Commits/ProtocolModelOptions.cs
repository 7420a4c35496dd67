namespace FaceVault.Tests.Commits;

/// <summary>Deliberate mistakes. The search has to find each of them.</summary>
internal enum Flaw
{
    None,

    // in committing and destroying
    ReuseStagedKey, PromoteBeforeMirror, PromoteOneLocation, NoDurableStop, SignEarly, HeadBeforeDurable, DestroyWhileAway,

    // in opening
    DiscardWithoutFence, DiscardOnClearNumber, FenceWithoutName, DiscardWhileAway, PromoteWhileAway, CompleteWhileAway, IgnoreHead, CloseWhileAway,

    // in changing places
    ListBeforeCopy, AddWithLivingKey, AddWithStagedKey, UnlistBeforeWipe, ForgetStray, CloseStrayAtOnce, NameStrayByEpoch,

    // in accepting a loss
    AcceptWhileAway, SlotsFromStore, SlotsFromHead, KeepSigningKey, KeepSigningKeyWhenLonger, KeepSigningKeyWhenEqual, RenameAfterwards, NameBySize,

    // in holding
    ForgetHoldsAtStaging, ForgetStopAtLifting,
}

/// <summary>What may happen in a search.</summary>
/// <param name="Solo">No mirror and one root location.</param>
/// <param name="LyingDisk">Once, a flush of the primary says yes and a crash shows that it was not done.</param>
/// <param name="OldCopies">Somebody keeps a copy of the primary and puts it back, or what was given up for it.</param>
/// <param name="Places">A mirror and a second root location come and go. Y is granted on the way.</param>
/// <param name="Bare">Neither is there at the beginning.</param>
/// <param name="Holds">Consents are put on hold, and holds are lifted.</param>
internal sealed record ModelOptions(
    bool Solo = false, bool LyingDisk = false, bool OldCopies = false, bool Places = false, bool Bare = false, bool Holds = false, Flaw Flaw = Flaw.None);
