using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Protocol §9: whoever inspects beside a writer reads a bounded number of rows in one transaction, however large the vault is, and sees the truth all the same.</summary>
public sealed class BesideWriterTests
{
    private const int Many = 8_500;

    /// <summary>A leaf holds 64 slots and a row of the ledger up to 64 lines: fewer than the vault has of either.</summary>
    private const int MostRows = 100;

    private static readonly Lazy<Task<VaultImage>> Large = new(MakeAsync);

    [Fact]
    public async Task No_transaction_reads_more_than_a_few_hundred_rows()
    {
        await using TestVault test = TestVault.Thaw(await Large.Value);
        await test.Vault.OpenAsync();
        var watched = new WatchedLocation(test.Store);
        await using Vault inspector = Inspect(test, watched);

        Assert.Equal(Many, (await inspector.GetStatusAsync()).Consents);
        await test.Vault.GrantConsentAsync(test.Grant("one more"));
        Assert.Equal(Many + 1, (await inspector.GetStatusAsync()).Consents);
        Assert.Equal(Many + 1, Assert.Single(await inspector.ListPurposesAsync()).Consents);
        Assert.Equal(ConsentStatus.Active, (await inspector.GetConsentAsync(new ConsentId("one more")))!.Status);
        Assert.True((await inspector.GetCheckpointAsync()).Check(test.Vault.VerifierKey));
        Assert.InRange(watched.MostRows, 1, MostRows);
        Assert.True((await inspector.AuditAsync()).IsIntact); // reads a record for each slot
        Assert.InRange(watched.MostRows, MostRows, 6 * MostRows);
    }

    [Fact]
    public async Task What_commits_between_two_stretches_is_seen()
    {
        await using TestVault test = TestVault.Thaw(await Large.Value);
        await test.Vault.OpenAsync();
        int next = 0, openings = 0;
        var watched = new WatchedLocation(test.Store);
        watched.Opening = () =>
        {
            if (next >= 60 || ++openings % 4 != 0)
                return;
            string id = $"b-{next++}"; // every few openings of the store the writer has granted one and withdrawn another, under a new root key
            test.Vault.GrantConsentAsync(test.Grant(id)).GetAwaiter().GetResult();
            test.Vault.WithdrawConsentAsync(new ConsentId($"m-{next}")).GetAwaiter().GetResult();
        };
        await using Vault inspector = Inspect(test, watched);
        VaultStatus busy = await inspector.GetStatusAsync();
        Assert.InRange(busy.Consents, Many - 60, Many + 60);
        while (next < 60)
        {
            int before = next;
            if (before > 0)
            {
                Assert.Equal(ConsentStatus.Active, (await inspector.GetConsentAsync(new ConsentId($"b-{before - 1}")))!.Status);
                Assert.Equal(ConsentStatus.Destroyed, (await inspector.GetConsentAsync(new ConsentId($"m-{before}")))!.Status);
            }

            Assert.True((await inspector.GetDeletionCertificatesAsync(new ConsentId("m-1"))).Single().Check(test.Vault.VerifierKey).IsValid);
            Assert.Equal(ConsentStatus.Active, (await inspector.GetConsentAsync(new ConsentId($"m-{Many - 1}")))!.Status);
        }

        watched.Opening = null;
        Assert.Equal(Many, (await inspector.GetStatusAsync()).Consents);
        Assert.InRange(watched.MostRows, 1, MostRows);
    }

    [Fact]
    public async Task A_purpose_registered_meanwhile_and_a_store_put_back_are_seen()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        await using Vault inspector = test.Make(VaultAccess.Inspect);
        Assert.Single(await inspector.ListPurposesAsync());
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "lift"));
        Assert.Equal(2, (await inspector.GetStatusAsync()).Purposes);
        Assert.Equal(2, (await inspector.ListPurposesAsync()).Count);
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose(id: "lift") with { Description = "Calling the lift" });
        await inspector.GetStatusAsync();
        Assert.Equal([1, 2], (await inspector.ListPurposesAsync()).Select(p => p.Version));

        KeyStoreImage old = test.Store.Snapshot()!;
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"));
        Assert.Equal(1, (await inspector.GetStatusAsync()).Consents);
        KeyStoreImage now = test.Store.Snapshot()!;
        test.Store.Restore(old);
        Assert.Equal(VaultErrorCode.StoreRolledBack, (await Assert.ThrowsAsync<VaultException>(() => inspector.GetStatusAsync())).Code);
        test.Store.Restore(now);
        Assert.Equal(1, (await inspector.GetStatusAsync()).Consents);
        Assert.Equal(ConsentStatus.Destroyed, (await inspector.GetConsentAsync(Scenario.Id("c-0")))!.Status);
        Assert.True(Assert.Single(await inspector.GetDeletionCertificatesAsync(Scenario.Id("c-0"))).Check(test.Vault.VerifierKey).IsValid);
    }

    [Fact]
    public async Task A_root_read_between_two_steps_of_a_replacement_is_read_again()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        VaultOptions options = test.Options(VaultAccess.Inspect);
        var torn = new TornRootKeyStore(options.RootKey!);
        options.RootKey = torn;
        await using var inspector = new Vault(options);
        torn.Reads = 3 * torn.Locations.Count;
        Assert.Equal(2, (await inspector.GetStatusAsync()).Consents);
        Assert.Equal(0, torn.Reads);
        torn.Reads = 3 * torn.Locations.Count;
        Assert.Equal(2, (await inspector.GetStatusAsync()).Consents);
        torn.Reads = int.MaxValue; // for good: then the code is believed
        Assert.Equal(VaultErrorCode.RootKeyMissing, (await Assert.ThrowsAsync<VaultException>(() => inspector.GetStatusAsync())).Code);
    }

    private static async Task<VaultImage> MakeAsync()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        foreach (int[] batch in Enumerable.Range(0, Many).Chunk(4096))
            await test.Vault.GrantConsentsAsync([.. batch.Select(i => test.Grant($"m-{i}"))]);
        await test.Vault.DisposeAsync();
        return test.Freeze();
    }

    private static Vault Inspect(TestVault test, WatchedLocation store)
    {
        VaultOptions options = test.Options(VaultAccess.Inspect);
        options.Places = test.Places with { Store = store };
        return new Vault(options);
    }

    /// <summary>Counts the rows that one reader reads while a scan of it is open: what SQLite would read in one transaction.</summary>
    private sealed class WatchedLocation(IKeyStoreLocation inner) : IKeyStoreLocation
    {
        public Action? Opening { get; set; }

        public int MostRows { get; private set; }

        public string Medium => inner.Medium;

        public string Description => inner.Description;

        public bool Exists => inner.Exists;

        public IKeyStore Create(ReadOnlySpan<byte> placeId) => throw new NotSupportedException();

        public IKeyStore Open() => throw new NotSupportedException();

        public IKeyStoreReader OpenReader()
        {
            Opening?.Invoke();
            return new WatchedReader(this, inner.OpenReader());
        }

        public byte[]? ReadPlaceId() => inner.ReadPlaceId();

        public void CopyFrom(IKeyStoreLocation source, ReadOnlySpan<byte> placeId) => throw new NotSupportedException();

        private sealed class WatchedReader(WatchedLocation location, IKeyStoreReader inner) : IKeyStoreReader
        {
            private int scans, rows;

            public byte[]? Read(KeyTable table, long key)
            {
                Count();
                return inner.Read(table, key);
            }

            public IEnumerable<KeyValuePair<long, byte[]>> Scan(KeyTable table, long from = 0, long to = long.MaxValue)
            {
                if (scans++ == 0)
                    rows = 0;
                try
                {
                    foreach (KeyValuePair<long, byte[]> row in inner.Scan(table, from, to))
                    {
                        Count();
                        yield return row;
                    }
                }
                finally
                {
                    scans--;
                }
            }

            public KeyValuePair<long, byte[]>? ReadAtOrBelow(KeyTable table, long key)
            {
                Count();
                return inner.ReadAtOrBelow(table, key);
            }

            public StoreNumbers ReadNumbers() => inner.ReadNumbers();

            public void Dispose() => inner.Dispose();

            private void Count()
            {
                if (scans > 0)
                    location.MostRows = Math.Max(location.MostRows, ++rows);
            }
        }
    }
}
