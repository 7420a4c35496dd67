using FaceVault.Storage;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Attack;

/// <summary>Copies the stores of a vault in memory whenever it looks: what lies there now, and every write set that was ever handed to them, failed ones too.</summary>
internal sealed class Thief(TestVault test)
{
    private readonly Dictionary<object, int> taken = new(ReferenceEqualityComparer.Instance);

    public Loot Loot { get; } = new();

    /// <summary>Takes what is new.</summary>
    public void Look()
    {
        foreach (InMemoryKeyStoreLocation store in test.MirrorStores.Prepend(test.Store))
        {
            foreach (IReadOnlyList<KeyWrite> attempt in store.Attempts.Skip(taken.GetValueOrDefault(store)))
                foreach (KeyWrite write in attempt)
                    Loot.Add(KindOf(write.Table, write.Key), write.Key, write.Blob.Span);
            taken[store] = store.Attempts.Count;
            if (store.Snapshot() is { } now)
                foreach ((KeyTable table, long key, byte[] blob) in now.Blobs())
                    Loot.Add(KindOf(table, key), key, blob);
        }

        IReadOnlyList<TemplateRow> rows = test.Templates.Attempts;
        foreach (TemplateRow row in rows.Skip(taken.GetValueOrDefault(test.Templates)))
            Loot.Add(BlobKind.Template, ((long)row.Slot << 16) | row.Ordinal, row.Blob.Span);
        taken[test.Templates] = rows.Count;
        if (test.Templates.Snapshot() is { } templates)
            foreach ((long id, byte[] blob) in templates.Range(0, long.MaxValue))
                Loot.Add(BlobKind.Template, id, blob);
    }

    /// <summary>Looks, takes the root locations as they are now, and tries what can be read.</summary>
    public Attacker Attack(Thoroughness thoroughness = Thoroughness.ByKind)
    {
        Look();
        return Attacker.Run(Loot, test.Media.Where(m => m.Exists).SelectMany(m => new[] { m.Durable(), m.Cached() }), thoroughness);
    }

    /// <summary>No key whose destruction is certified can be read, and none is among the 32 bytes found anywhere.</summary>
    public void AssertNothingCertifiedIsReadable(Thoroughness thoroughness = Thoroughness.ByKind)
    {
        Attacker attacker = Attack(thoroughness);
        Assert.Empty(attacker.Certified.Intersect(attacker.Commitments));
    }

    private static BlobKind KindOf(KeyTable table, long key) => table switch
    {
        KeyTable.Crown => BlobKind.Crown,
        KeyTable.Branch => BlobKind.Branch,
        KeyTable.Leaf => BlobKind.Leaf,
        KeyTable.Ledger => BlobKind.Ledger,
        KeyTable.Purpose => key > uint.MaxValue ? BlobKind.Counts : BlobKind.Purpose,
        KeyTable.Record => BlobKind.Record,
        KeyTable.Draft => BlobKind.Draft,
        KeyTable.Certificate => BlobKind.Certificate,
        _ => throw new ArgumentOutOfRangeException(nameof(table)),
    };
}
