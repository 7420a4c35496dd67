using FaceVault.Storage;
using FsCheck;
using FsCheck.Fluent;
using static FaceVault.Tests.Storage.StoreAssert;

namespace FaceVault.Tests.Storage;

/// <summary>Whatever is done to them, the file and the memory hold the same.</summary>
public sealed class StoreModelTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    [Fact]
    public void Key_stores_in_a_file_and_in_memory_hold_the_same_after_any_history() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            using var folder = new StoreFolder();
            IKeyStoreLocation[] places = [new SqliteKeyStoreLocation(folder["keys.db"], Wait), new InMemoryKeyStoreLocation()];
            IKeyStore[] stores = [.. places.Select(p => p.Create(Blob(1, 16)))];
            var random = new Random(seed);
            byte[] crown = [];
            for (int step = 1; step <= 12; step++)
            {
                byte[] expected = random.Next(6) == 0 ? Blob(random.Next()) : crown;
                KeyWrite[] writes = [Crown(Blob(random.Next(), 1 + random.Next(9000))), .. Enumerable.Range(0, random.Next(20)).Select(_ =>
                    new KeyWrite((KeyTable)random.Next(2, 9), random.Next(30), random.Next(3) == 0 ? default : Blob(random.Next(), 1 + random.Next(9000))))];
                bool[] answers = [.. stores.Select(s => s.Commit(expected, writes, new(step, step * 3)))];
                Assert.Equal(answers[0], answers[1]);
                if (answers[0])
                    crown = writes[0].Blob.ToArray();
                if (random.Next(4) == 0)
                    Array.ForEach(stores, s => s.Checkpoint());
                if (random.Next(4) == 0)
                {
                    Array.ForEach(stores, s => s.Dispose());
                    stores = [.. places.Select(p => p.Open())];
                }
                Assert.Equal(Rows(stores[1]), Rows(stores[0]));
                Assert.Equal(stores[1].ReadNumbers(), stores[0].ReadNumbers());
                var table = (KeyTable)random.Next(1, 9);
                long key = random.Next(30);
                Assert.Equal(stores[1].Read(table, key), stores[0].Read(table, key));
                Assert.Equal(stores[1].ReadAtOrBelow(table, key)?.Key, stores[0].ReadAtOrBelow(table, key)?.Key);
                Assert.Equal(stores[1].Scan(table, key - 5, key + 5).Select(r => r.Key), stores[0].Scan(table, key - 5, key + 5).Select(r => r.Key));
            }
            Array.ForEach(stores, s => s.Dispose());
        }).Check(Deep.Config(8));

    [Fact]
    public void Template_stores_in_a_file_and_in_memory_hold_the_same_after_any_history() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            using var folder = new StoreFolder();
            ITemplateStoreLocation[] places = [new SqliteTemplateStoreLocation(folder["templates.db"], Wait), new InMemoryTemplateStoreLocation()];
            ITemplateStore[] stores = [.. places.Select(p => p.Create())];
            var random = new Random(seed);
            for (int step = 0; step < 12; step++)
            {
                TemplateRow[] rows = [.. Enumerable.Range(0, random.Next(40)).Select(_ => new TemplateRow((uint)random.Next(1, 40), (ushort)random.Next(4), Blob(random.Next(), 1 + random.Next(3000))))];
                Array.ForEach(stores, s => s.Append(rows));
                uint slot = (uint)random.Next(1, 40);
                uint[] slots = [.. Enumerable.Range(0, random.Next(8)).Select(_ => (uint)random.Next(1, 40))];
                var ordinal = (ushort)random.Next(4);
                Func<ITemplateStore, long> delete = random.Next(5) switch
                {
                    4 => s => s.DeleteBelow([.. slots.Distinct().Select(each => (each, ordinal))]),
                    0 => s => s.DeleteSlots(slots),
                    1 => s => s.DeleteOrdinals(slot, ordinal, 2),
                    2 => s => s.DeleteFrom(slot + 20),
                    _ => _ => 0,
                };
                Assert.Equal(delete(stores[1]), delete(stores[0]));
                if (random.Next(4) == 0)
                    Array.ForEach(stores, s => s.Checkpoint());
                if (random.Next(4) == 0)
                {
                    Array.ForEach(stores, s => s.Dispose());
                    stores = [.. places.Select(p => p.Open())];
                }
                Assert.Equal(Rows(stores[1]), Rows(stores[0]));
                Assert.Equal(Rows(stores[1], slot, slot + 5), Rows(stores[0], slot, slot + 5));
            }
            Array.ForEach(stores, s => s.Dispose());
        }).Check(Deep.Config(8));
}
