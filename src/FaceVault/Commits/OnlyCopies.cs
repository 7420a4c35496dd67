using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Rows that a mirror holds whole while the primary's are damaged or gone. A mirror that holds such a row may hold its only copy, and is not overwritten.</summary>
/// <remarks>Reads what a copy reads anyway; only rows that differ are opened. The record of somebody who is stopped holds up nothing: destruction does without it (decision 15). Pages of the tree need no look here: the copy is taken from a tree that was walked.</remarks>
internal static class OnlyCopies
{
    private static readonly KeyTable[] Evidence = [KeyTable.Ledger, KeyTable.Certificate, KeyTable.Record];
    private static readonly KeyTable[] All = [.. Evidence, KeyTable.Draft, KeyTable.Purpose];

    /// <summary>Whether a mirror has one.</summary>
    /// <param name="mirror">The mirror.</param>
    /// <param name="primary">The vault's own store.</param>
    /// <param name="crown">The primary's crown.</param>
    /// <param name="options">What opens a consent record.</param>
    /// <param name="isAsked">Whether somebody asked for the mirror to be overwritten: then drafts and purposes are looked at too, which keep no mirror from following by itself.</param>
    public static bool AreIn(IKeyStoreLocation mirror, IKeyStoreReader primary, Crown crown, EngineOptions options, bool isAsked)
    {
        using IKeyStoreReader copies = mirror.OpenReader();
        using var tree = new TreeCursor(primary, crown);
        foreach (KeyTable table in isAsked ? All : Evidence)
            foreach ((long key, byte[] copy) in copies.Scan(table))
                if (IsOne(table, key, Read(primary, table, key), copy, tree, crown, options))
                    return true;
        return false;
    }

    /// <summary>Whether a row is needed, does not open in the primary, and opens in the copy.</summary>
    public static bool IsOne(KeyTable table, long key, byte[]? own, byte[]? copy, TreeCursor tree, Crown crown, EngineOptions options) =>
        copy is not null && !(own is not null && own.AsSpan().SequenceEqual(copy)) && IsNeeded(table, key, tree, crown)
        && !(own is not null && Opens(table, key, own, tree, crown, options)) && Opens(table, key, copy, tree, crown, options);

    private static byte[]? Read(IKeyStoreReader primary, KeyTable table, long key)
    {
        try
        {
            return primary.Read(table, key);
        }
        catch (VaultException damage) when (damage.Code == VaultErrorCode.StoreDamaged)
        {
            return null;
        }
    }

    private static bool IsNeeded(KeyTable table, long key, TreeCursor tree, Crown crown) => table switch
    {
        KeyTable.Ledger or KeyTable.Certificate => key < crown.LedgerSize,
        KeyTable.Record => key <= uint.MaxValue && !crown.Work.ContainsKey((uint)key) && tree.TryGet((uint)key, out KeyEntry entry) && entry.HasEvidence,
        KeyTable.Draft => crown.Work.Values.Any(item => item.IsRemoved && item.RemovedIndex == key),
        KeyTable.Purpose => key <= uint.MaxValue && crown.FindPurpose((ushort)(key >> 16)) is { } purpose && (key & 0xffff) is var version && version >= 1 && version <= purpose.Version,
        _ => false,
    };

    private static bool Opens(KeyTable table, long key, byte[] blob, TreeCursor tree, Crown crown, EngineOptions options)
    {
        try
        {
            switch (table)
            {
                case KeyTable.Ledger:
                    LedgerSegment.Open(crown.LedgerKey, crown.VaultId, key, blob);
                    return true;
                case KeyTable.Certificate:
                    CertificateRow.Open(crown.LedgerKey, crown.VaultId, key, blob);
                    return true;
                case KeyTable.Draft:
                    DestructionFacts.Open(crown.LedgerKey, crown.VaultId, key, blob);
                    return true;
                case KeyTable.Purpose:
                    OpenPurpose(crown, (uint)key, blob);
                    return true;
                default:
                    tree.TryGet((uint)key, out KeyEntry entry);
                    options.Evidence.Read(entry, (uint)key, blob);
                    return true;
            }
        }
        catch (VaultException damage) when (damage.IsDamage)
        {
            return false;
        }
    }

    private static void OpenPurpose(Crown crown, uint key, byte[] blob)
    {
        if (PurposeRow.IsRetired(key))
            PurposeRow.OpenRetired(crown.LedgerKey, crown.VaultId, key, blob);
        else if (crown.FindPurpose((ushort)(key >> 16)) is { } secret)
            PurposeRow.Open(secret.Key, crown.VaultId, key, blob);
        else
            throw Error.StoreDamaged("a purpose definition");
    }
}
