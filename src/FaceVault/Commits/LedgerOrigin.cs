using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Compares the name that <c>vault.json</c> gives with what the ledger says: the file lies in the clear, and the vault signs under this name.</summary>
internal static class LedgerOrigin
{
    /// <summary>Whether the ledger names the vault so: in its first line, or where its signing key changed since; or whether that is the name for which an acceptance of a loss was about to be committed. True also where a line does not open: that is for the audit to say, and keeps no vault closed.</summary>
    /// <remarks>One row is read, or all of them when the first line has another name.</remarks>
    public static bool Is(string origin, IKeyStoreReader reader, Crown crown)
    {
        try
        {
            string newest = "";
            foreach ((_, ReadOnlyMemory<byte> line) in LedgerSegment.Read(reader, (first, blob) => LedgerSegment.Open(crown.LedgerKey, crown.VaultId, first, blob), 0, crown.LedgerSize))
            {
                LedgerEntry entry = LedgerEntry.Parse(line.Span);
                if (entry.Kind is LedgerEntryKind.VaultCreated or LedgerEntryKind.SigningKeyChanged)
                    newest = entry.Origin ?? VerifierKey.Parse(entry.Verifier!).Name;
                if (newest == origin)
                    return true;
            }

            return RecoveredOrigin.IsNext(origin, newest, crown.LedgerSize);
        }
        catch (Exception damaged) when (damaged is FormatException or VaultException { Code: VaultErrorCode.StoreDamaged })
        {
            return true;
        }
    }
}
