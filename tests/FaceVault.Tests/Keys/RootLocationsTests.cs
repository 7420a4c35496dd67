using FaceVault.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>All root locations of a vault taken together.</summary>
public sealed class RootLocationsTests
{
    private static readonly byte[] VaultId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    [Fact]
    public void What_one_read_says_of_two_locations()
    {
        using Bed bed = new(2);
        Assert.Equal(2, bed.Roots.Records.Count());
        Assert.Equal(1, bed.Roots.Current!.Epoch);
        Assert.Empty(bed.Roots.Staged);
        Assert.Equal(0, bed.Roots.Head!.Commit);
        Assert.True(bed.Roots.AllReached(bed.Places));
        Assert.False(bed.Roots.AllReached(bed.Places[..1]));
        Assert.False(bed.Roots.AllReached([.. bed.Places, new Place(new byte[16], PlaceKind.Root, PlaceState.Listed, 0)]));
        Assert.True(bed.Roots.AllReached([.. bed.Places, new Place(new byte[16], PlaceKind.Root, PlaceState.RetiredUnconfirmed, 0), new Place(new byte[16], PlaceKind.Mirror, PlaceState.Listed, 0)]));
    }

    [Fact]
    public void A_staged_key_stands_everywhere_and_promoting_it_destroys_every_other()
    {
        using Bed bed = new(2);
        using SecretKey next = SecretKey.Random();
        bed.Roots.Stage(77, 2, VaultId, next);
        Assert.Equal(1, bed.Roots.Current!.Epoch);
        Assert.Equal([77ul, 77ul], bed.Roots.Staged.Select(r => r.KeyId));
        bed.Roots.Stage(77, 2, VaultId, next); // again: it is there already
        bed.Roots.Promote(77);
        Assert.Equal([77ul, 77ul], bed.Roots.Records.Select(r => r.KeyId));
        Assert.All(bed.Roots.Records, r => Assert.True(r.DangerousKey.SequenceEqual(next.DangerousBytes)));
    }

    [Fact]
    public void Discarding_keeps_the_current_key_everywhere()
    {
        using Bed bed = new(2);
        using SecretKey next = SecretKey.Random();
        bed.Roots.Stage(77, 2, VaultId, next);
        bed.Roots.Discard(1);
        Assert.Equal([1ul, 1ul], bed.Roots.Records.Select(r => r.KeyId));
    }

    [Fact]
    public void A_location_that_is_away_is_not_reached_and_nothing_is_destroyed_without_it()
    {
        using Bed bed = new(2);
        bed.Media[1].IsUnreachable = true;
        bed.Roots.ReadAll();
        Assert.False(bed.Roots.AllReached(bed.Places));
        Assert.Single(bed.Roots.Reached);
        using SecretKey next = SecretKey.Random();
        VaultException refusal = Assert.Throws<VaultException>(() => bed.Roots.Stage(77, 2, VaultId, next));
        Assert.Equal(VaultErrorCode.PlaceUnreachable, refusal.Code);
        refusal = Assert.Throws<VaultException>(() => bed.Roots.Promote(77));
        Assert.Equal(VaultErrorCode.PlaceUnreachable, refusal.Code);
        Assert.Equal([1ul, 77ul], bed.Roots.Records.Select(r => r.KeyId));

        // One location is enough for the head; the newest of all counts.
        bed.Roots.RecordHead(Head(5));
        bed.Media[1].IsUnreachable = false;
        bed.Roots.ReadAll();
        Assert.Equal(5, bed.Roots.Head!.Commit);
        Assert.True(bed.Roots.AllReached(bed.Places));
    }

    [Fact]
    public void A_location_that_was_away_when_the_vault_opened_takes_its_lock_when_it_comes_back()
    {
        using Bed bed = new(2);
        bed.Roots.Dispose();
        bed.Media[0].IsUnreachable = true;
        using var again = new RootLocations(new InMemoryRootKeyStore(bed.Media));
        again.Lock(TimeSpan.Zero, TimeProvider.System);
        again.ReadAll();
        Assert.Single(again.Reached);
        bed.Media[0].IsUnreachable = false;
        again.LockWhatCameBack();
        again.ReadAll();
        Assert.Equal(2, again.Reached.Count());
        again.RecordHead(Head(3));
        again.Discard(1);
        using var stranger = new InMemoryRootKeyStore(bed.Media);
        Assert.False(stranger.Locations[0].TryLock());
    }

    [Fact]
    public void A_location_whose_lock_another_holds_is_not_written()
    {
        using Bed bed = new(2);
        bed.Roots.Dispose();
        bed.Media[0].IsUnreachable = true;
        using var again = new RootLocations(new InMemoryRootKeyStore(bed.Media));
        again.Lock(TimeSpan.Zero, TimeProvider.System);
        bed.Media[0].IsUnreachable = false;
        using var stranger = new InMemoryRootKeyStore(bed.Media);
        Assert.True(stranger.Locations[0].TryLock());
        again.LockWhatCameBack();
        again.ReadAll();
        again.RecordHead(Head(3)); // the other location took it
        Assert.Equal(VaultErrorCode.PlaceUnreachable, Assert.Throws<VaultException>(() => again.Promote(1)).Code);
    }

    [Fact]
    public void A_held_lock_is_an_error_that_names_the_holder()
    {
        using Bed bed = new(2);
        using var second = new RootLocations(new InMemoryRootKeyStore(bed.Media));
        VaultException refusal = Assert.Throws<VaultException>(() => second.Lock(TimeSpan.FromMilliseconds(60), TimeProvider.System));
        Assert.Equal(VaultErrorCode.VaultInUse, refusal.Code);
        Assert.Contains(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_no_location_took_is_an_error()
    {
        using Bed bed = new(2);
        foreach (InMemoryRootMedium medium in bed.Media)
            medium.FailAt(1, RootFault.Refused);
        VaultException refusal = Assert.Throws<VaultException>(() => bed.Roots.RecordHead(Head(2)));
        Assert.Equal(VaultErrorCode.PlaceUnreachable, refusal.Code);
        foreach (InMemoryRootMedium medium in bed.Media)
            medium.KillProcess();
    }

    [Fact]
    public async Task The_last_reading_can_be_looked_at_while_the_writer_reads_anew()
    {
        using Bed bed = new(2);
        using var end = new CancellationTokenSource();
        Task writer = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
                bed.Roots.ReadAll();
        });
        for (int i = 0; i < 20_000; i++)
        {
            Assert.Equal([1ul, 1ul], bed.Roots.Records.Select(r => r.KeyId));
            Assert.Equal(0, bed.Roots.Head!.Commit);
        }

        await end.CancelAsync();
        await writer;
    }

    private static RootHead Head(long commit) => new(VaultId, 1, commit, 1, 0, new byte[32]);

    private sealed class Bed : IDisposable
    {
        public Bed(int count)
        {
            Media = [.. Enumerable.Range(0, count).Select(_ => new InMemoryRootMedium())];
            Roots = new RootLocations(new InMemoryRootKeyStore(Media));
            using SecretKey first = SecretKey.Random();
            Places = [.. Roots.Create(1, VaultId, first).Select(id => new Place(id, PlaceKind.Root, PlaceState.Listed, 0))];
            Roots.ReadAll();
        }

        public InMemoryRootMedium[] Media { get; }

        public RootLocations Roots { get; }

        public Place[] Places { get; }

        public void Dispose()
        {
            Roots.Dispose();
            foreach (InMemoryRootMedium medium in Media)
                medium.Dispose();
        }
    }
}
