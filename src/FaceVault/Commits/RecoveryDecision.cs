namespace FaceVault.Commits;

/// <summary>What opening does. The zero is no decision and opens nothing.</summary>
internal enum RecoveryAction : byte
{
    /// <summary>Nothing was decided.</summary>
    None = 0,

    /// <summary>The vault is not opened; <see cref="RecoveryDecision.Code"/> says why. No byte of a store, a root location or <c>vault.json</c> changes.</summary>
    Refuse,

    /// <summary>Creation was interrupted before the first crown: opening is refused, initialising may start again.</summary>
    NotInitialized,

    /// <summary>The steps are taken in the order of <see cref="RecoverySteps"/>, then the vault is open under the key that opened the crown.</summary>
    Open,
}

/// <summary>Steps before a vault is open, in the order of their bits. The first that fails ends the list: observe again with <see cref="Observations.StepFailed"/>.</summary>
[Flags]
internal enum RecoverySteps
{
    /// <summary>Nothing to do.</summary>
    None = 0,

    /// <summary>A commit on the primary that always writes: commit number + 1, the crown sealed anew, S's key id as fenced, then the checkpoint.</summary>
    Fence = 1 << 0,

    /// <summary>Write the key that opened the crown into the free area of every location that lacks it.</summary>
    StageWhereMissing = 1 << 1,

    /// <summary>Checkpoint, then the primary's crown and pages are opened over a new read-only connection (step 3b). Each mirror that is brought up is read back the same way.</summary>
    ReadBack = 1 << 2,

    /// <summary>Mirrors that are behind are made byte-equal to the primary.</summary>
    BringMirrorsUp = 1 << 3,

    /// <summary>Destroy S at every location; C survives.</summary>
    Discard = 1 << 4,

    /// <summary>Destroy at every listed location whatever is not the key that opened the crown.</summary>
    Promote = 1 << 5,

    /// <summary>Step 5: the owed <c>destruction completed</c> entries and bodies.</summary>
    Complete = 1 << 6,
}

/// <summary>What the operator can do about it.</summary>
internal enum RecoveryRemedy : byte
{
    /// <summary>Nothing beyond what the error says.</summary>
    None = 0,

    /// <summary><c>restore --keys</c>: a mirror opens.</summary>
    RestoreKeys,

    /// <summary><c>recover --accept-loss --yes</c>.</summary>
    AcceptLoss,

    /// <summary>Bring back, or retire, the place that was not found.</summary>
    ReachPlaces,

    /// <summary><c>mirror refill</c>, or drop the mirror.</summary>
    RefillMirror,

    /// <summary>Two branches: take one of the two away.</summary>
    ChooseBranch,
}

/// <summary>What <see cref="Recovery.Decide"/> decided.</summary>
/// <param name="Row">The row of the recovery table, 1 to 13.</param>
/// <param name="Action">What to do.</param>
/// <param name="Code">Why the vault is not opened; <see cref="VaultErrorCode.None"/> where it is.</param>
/// <param name="Steps">What to do before the vault is open.</param>
/// <param name="IsDegraded">Ordinary commits go on, nothing is staged, promoted, discarded or overwritten until the next opening.</param>
/// <param name="Remedy">What the operator can do about a refusal or a degraded vault.</param>
internal readonly record struct RecoveryDecision(
    int Row, RecoveryAction Action, VaultErrorCode Code, RecoverySteps Steps, bool IsDegraded, RecoveryRemedy Remedy);
