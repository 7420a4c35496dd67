namespace FaceVault;

/// <summary>The newest commit that was durable everywhere when it was recorded: what a store opened with this root key must have reached.</summary>
/// <param name="VaultId">16 random bytes that name the vault.</param>
/// <param name="Epoch">Number of root keys so far.</param>
/// <param name="Commit">Number of store transactions so far; 0 at creation.</param>
/// <param name="NextSlot">The first slot never given out.</param>
/// <param name="LedgerSize">Lines in the ledger.</param>
/// <param name="CrownHash">SHA-256 of the sealed crown; 32 zero bytes at commit 0.</param>
public sealed record RootHead(ReadOnlyMemory<byte> VaultId, long Epoch, long Commit, long NextSlot, long LedgerSize, ReadOnlyMemory<byte> CrownHash);
