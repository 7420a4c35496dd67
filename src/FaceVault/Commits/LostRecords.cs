using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>What the ledger says of keys whose consent record does not open: found by the key's commitment, so that a damaged record keeps no key alive.</summary>
/// <remarks>Reads the whole ledger, about 3 s per million lines, and only then. Lines that do not open are passed over.</remarks>
internal static class LostRecords
{
    /// <summary>Rows of the ledger read in one view, so that commits do not wait long.</summary>
    private const int Stretch = 64;

    /// <summary>The commitment by which a key's <c>key created</c> line is found.</summary>
    public static string CommitmentOf(TemplateKey key)
    {
        Span<byte> commitment = stackalloc byte[Commitments.Size];
        Commitments.Key(key, commitment);
        return Convert.ToHexStringLower(commitment);
    }

    /// <summary>Facts by key commitment; what is not found is not in the answer.</summary>
    public static Dictionary<string, RecordFacts> Find(VaultEngine engine, IEnumerable<string> keys)
    {
        HashSet<string> wanted = [.. keys];
        var found = new Dictionary<string, RecordFacts>();
        for (long from = 0; wanted.Count > found.Count;)
        {
            using ReadScope view = engine.Read();
            long next = from;
            foreach ((long first, byte[] blob) in view.Store.Scan(KeyTable.Ledger, from, view.Crown.LedgerSize - 1).Take(Stretch))
            {
                next = first + 1;
                Collect(view.Crown, first, blob, wanted, found);
            }

            if (next == from)
                break;
            from = next;
        }

        return found;
    }

    private static void Collect(Crown crown, long index, byte[] blob, HashSet<string> wanted, Dictionary<string, RecordFacts> found)
    {
        byte[] lines;
        try
        {
            lines = LedgerSegment.Open(crown.LedgerKey, crown.VaultId, index, blob);
        }
        catch (VaultException damaged) when (damaged.Code == VaultErrorCode.StoreDamaged)
        {
            return;
        }

        for (ReadOnlySpan<byte> rest = lines; rest.Length > 0; index++)
        {
            int end = rest.IndexOf((byte)'\n');
            LedgerEntry entry = LedgerEntry.Parse(rest[..end]);
            if (entry.Kind == LedgerEntryKind.KeyCreated && wanted.Contains(entry.Key!))
                found[entry.Key!] = new RecordFacts(index, Convert.FromHexString(entry.Consent!));
            rest = rest[(end + 1)..];
        }
    }
}
