namespace FaceVault.Commits;

/// <summary>A destruction that is over: what its certificate is made of.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="CreatedIndex">Ledger index of <c>key created</c>.</param>
/// <param name="RemovedIndex">Ledger index of <c>key removed</c>.</param>
/// <param name="CompletedIndex">Ledger index of <c>destruction completed</c>.</param>
/// <param name="Body">The certificate's body, canonical UTF-8.</param>
/// <param name="CompletedLine">The <c>destruction completed</c> line.</param>
internal sealed record CompletedDestruction(uint Slot, long CreatedIndex, long RemovedIndex, long CompletedIndex, byte[] Body, byte[] CompletedLine);
