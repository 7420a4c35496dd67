namespace FaceVault;

/// <summary>One entry of the ledger, which names no subject and no consent. docs/formats.md lists the kinds of entries and their members.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Entry">Canonical JSON of at most 1 KiB, exactly as it was hashed: <c>kind</c>, <c>time</c> (RFC 3339, by the vault's clock) and what else its kind has.</param>
/// <param name="LeafHash">SHA-256(0x00 ‖ entry), the leaf of RFC 6962.</param>
public sealed record LedgerLine(long Index, string Entry, MerkleHash LeafHash);
