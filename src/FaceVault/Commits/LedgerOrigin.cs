using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Compares the name that <c>vault.json</c> gives with what the ledger says: the file lies in the clear, and the vault signs under this name.</summary>
internal static class LedgerOrigin
{
    /// <summary>Whether the ledger names the vault so: in its first line, or where its signing key changed since; or whether the store is older than its head and that is a name which continues the ledger's, because a loss was about to be accepted, or the same copy was accepted before. True also where a line does not open: that is for the audit to say, and keeps no vault closed.</summary>
    /// <remarks>One row is read, or all of them when the first line has another name.</remarks>
    public static bool Is(string origin, IKeyStoreReader reader, Crown crown, RootHead? head)
    {
        try
        {
            string newest = "";
            foreach (string name in Names(reader, crown))
            {
                newest = name;
                if (newest == origin)
                    return true;
            }

            return (head is null || crown.Commit < head.Commit) && RecoveredOrigin.Continues(origin, newest);
        }
        catch (Exception damaged) when (damaged is FormatException or VaultException { Code: VaultErrorCode.StoreDamaged })
        {
            return true;
        }
    }

    /// <summary>The name under which the vault signs now; null where a line does not open. Every row is read.</summary>
    public static string? Newest(IKeyStoreReader reader, Crown crown)
    {
        try
        {
            return Names(reader, crown).LastOrDefault();
        }
        catch (Exception damaged) when (damaged is FormatException or VaultException { Code: VaultErrorCode.StoreDamaged })
        {
            return null;
        }
    }

    private static IEnumerable<string> Names(IKeyStoreReader reader, Crown crown)
    {
        foreach ((_, ReadOnlyMemory<byte> line) in LedgerSegment.Read(reader, (first, blob) => LedgerSegment.Open(crown.LedgerKey, crown.VaultId, first, blob), 0, crown.LedgerSize))
        {
            LedgerEntry entry = LedgerEntry.Parse(line.Span);
            if (entry.Kind is LedgerEntryKind.VaultCreated or LedgerEntryKind.SigningKeyChanged)
                yield return entry.Origin ?? VerifierKey.Parse(entry.Verifier!).Name;
        }
    }
}
