namespace FaceVault;

/// <summary>A line of the ledger.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Entry">The entry, exactly as it was hashed.</param>
/// <param name="LeafHash">SHA-256(0x00 ‖ entry), the leaf of RFC 6962.</param>
public sealed record LedgerLine(long Index, string Entry, MerkleHash LeafHash);
