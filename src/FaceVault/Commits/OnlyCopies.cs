using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Whether a mirror that is behind holds ledger lines, certificates or consent records whole that are damaged in the primary. Then it may be their only copy, and is not overwritten unasked.</summary>
/// <remarks>Reads what a copy reads anyway; only rows that differ are opened. The record of somebody who is stopped holds up nothing: destruction does without it (decision 15). Rows of the tree and purposes need no look: with a damaged one the vault does not open.</remarks>
internal static class OnlyCopies
{
    public static bool AreIn(IKeyStoreLocation mirror, IKeyStoreReader primary, VaultState state, EngineOptions options)
    {
        using IKeyStoreReader copies = mirror.OpenReader();
        using var tree = new TreeCursor(primary, state.Crown);
        foreach (KeyTable table in (KeyTable[])[KeyTable.Ledger, KeyTable.Certificate, KeyTable.Record])
            foreach ((long key, byte[] copy) in copies.Scan(table))
                if (primary.Read(table, key) is { } own && !own.AsSpan().SequenceEqual(copy) && !Opens(table, key, own, tree, state.Crown, options) && Opens(table, key, copy, tree, state.Crown, options))
                    return true;
        return false;
    }

    private static bool Opens(KeyTable table, long key, byte[] blob, TreeCursor tree, Crown crown, EngineOptions options)
    {
        try
        {
            if (table == KeyTable.Ledger)
                LedgerSegment.Open(crown.LedgerKey, crown.VaultId, key, blob);
            else if (table == KeyTable.Certificate)
                CertificateRow.Open(crown.LedgerKey, crown.VaultId, key, blob);
            else if (!crown.Work.ContainsKey((uint)key) && tree.TryGet((uint)key, out KeyEntry entry) && entry.HasEvidence)
                options.Evidence.Read(entry.EvidenceKey, (uint)key, blob);
            return true;
        }
        catch (VaultException damage) when (damage.Code is VaultErrorCode.StoreDamaged or VaultErrorCode.IntegrityViolated)
        {
            return false;
        }
    }
}
