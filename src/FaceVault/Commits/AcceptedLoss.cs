namespace FaceVault;

/// <summary>What a vault lost when an older store of it was accepted, as far as the last recorded head tells. Null where no head could be read: then nobody can tell.</summary>
/// <param name="Commits">Commits that were lost. Whatever they answered is undone: consents that were granted, templates that were enrolled, stops and holds that were recorded. Do these again.</param>
/// <param name="Consents">Slots given out by them: consents that were granted, or renewed.</param>
/// <param name="LedgerEntries">Ledger entries that they wrote.</param>
/// <param name="VerifierKey">The key with which certificates and checkpoints are checked from here on: a new one, under a new name, because checkpoints over what was lost may be in somebody's hands. Those that were handed out before are checked with the key they were handed out with.</param>
public sealed record AcceptedLoss(long? Commits, long? Consents, long? LedgerEntries, VerifierKey VerifierKey);
