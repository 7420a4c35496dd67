using System.Security.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

public sealed class RootPassphraseTests : IDisposable
{
    private static readonly byte[] Vault = SHA256.HashData("vault"u8)[..16];
    private readonly string folder = Directory.CreateTempSubdirectory("facevault-root-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_location_opens_with_its_passphrase_and_with_no_other()
    {
        Create("correct horse"u8, 1);
        using (FileRootKeyStore right = Store("correct horse"u8, 1))
        using (RootReading reading = right.Locations[0].Read())
            Assert.Equal(Key(1), Assert.Single(reading.Records).DangerousKey.ToArray());
        using FileRootKeyStore wrong = Store("battery staple"u8, 1), none = Store([], 1);
        AssertRefused("does not open", wrong);
        AssertRefused("none was given", none);
    }

    [Fact]
    public void A_passphrase_for_a_location_without_one_is_refused_so_that_nobody_believes_in_it()
    {
        Create([], 1);
        using FileRootKeyStore store = Store("correct horse"u8, 1);
        AssertRefused("not protected", store);
    }

    [Fact]
    public void A_changed_byte_is_damage_and_no_wrong_passphrase()
    {
        Create("correct horse"u8, 1);
        byte[] image = File.ReadAllBytes(PathOf(0));
        foreach (int offset in new[] { 72, 88, 96, 140, 256, 20_000 })
        {
            byte[] changed = (byte[])image.Clone();
            changed[RootVolume.AreasOffset + offset] ^= 1;
            File.WriteAllBytes(PathOf(0), changed);
            using FileRootKeyStore store = Store("correct horse"u8, 1);
            using RootReading reading = store.Locations[0].Read();
            Assert.True(reading.IsDamaged);
        }
    }

    [Fact]
    public void One_opening_stretches_the_passphrase_once_for_all_locations_and_all_keys()
    {
        Create("correct horse"u8, 2);
        using FileRootKeyStore store = Store("correct horse"u8, 2);
        foreach (IRootLocation location in store.Locations)
        {
            Assert.True(location.TryLock());
            location.Read().Dispose();
            using RootRecord next = Record(2);
            location.Stage(next);
            location.Read().Dispose();
            location.Promote(2);
        }

        Assert.Equal(1, store.StretchedPassphrase!.Derivations);
        using FileRootKeyStore reopened = Store("correct horse"u8, 2);
        using RootReading reading = reopened.Locations[1].Read();
        Assert.Equal(Key(2), Assert.Single(reading.Records).DangerousKey.ToArray());
    }

    [Fact]
    public void Two_vaults_with_one_passphrase_have_different_salts()
    {
        Create("correct horse"u8, 1);
        byte[] first = File.ReadAllBytes(PathOf(0))[RootVolume.AreasOffset..][72..88];
        File.Delete(PathOf(0));
        Create("correct horse"u8, 1);
        Assert.NotEqual(first, File.ReadAllBytes(PathOf(0))[RootVolume.AreasOffset..][72..88]);
    }

    [Fact]
    public void The_public_property_stretches_moderately()
    {
        using var store = new FileRootKeyStore(PathOf(0)) { Passphrase = "correct horse"u8 };
        PassphraseCost cost = store.StretchedPassphrase!.CostOfNewRecords();
        Assert.Equal((3u, 262_144u), (cost.Passes, cost.MemoryKiB));
        Assert.Throws<ArgumentException>(() => new FileRootKeyStore(PathOf(0)) { Passphrase = [] });
        Assert.DoesNotContain("horse", store.StretchedPassphrase.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_weaker_cost_met_on_the_way_is_not_used_for_new_keys()
    {
        using var passphrase = new RootPassphrase("correct horse"u8) { Passes = 2, MemoryKiB = 16 };
        _ = passphrase.Derive(new PassphraseCost(new byte[16], 1, 8));
        PassphraseCost cost = passphrase.CostOfNewRecords();
        Assert.Equal((2u, 16u), (cost.Passes, cost.MemoryKiB));
        Assert.False(new PassphraseCost(new byte[16], 1, 2 * 1024 * 1024).IsInRange);
        Assert.False(new PassphraseCost(new byte[16], 0, 8).IsInRange);
    }

    private static byte[] Key(int number) => SHA256.HashData([(byte)number]);

    private static RootRecord Record(int number) => new((ulong)number, number, Vault, Vault, Key(number));

    private static void AssertRefused(string reason, FileRootKeyStore store)
    {
        VaultException refused = Assert.Throws<VaultException>(() => store.Locations[0].Read());
        Assert.Equal(VaultErrorCode.RootPassphraseWrong, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private string PathOf(int number) => Path.Combine(folder, $"{number}.key");

    private void Create(ReadOnlySpan<byte> passphrase, int locations)
    {
        using FileRootKeyStore store = Store(passphrase, locations);
        using RootRecord record = Record(1);
        foreach (IRootLocation location in store.Locations)
            location.Create(record);
    }

    private FileRootKeyStore Store(ReadOnlySpan<byte> passphrase, int locations) => new([.. Enumerable.Range(0, locations).Select(PathOf)])
    {
        AllowEphemeral = true,
        StretchedPassphrase = passphrase.IsEmpty ? null : new RootPassphrase(passphrase) { Passes = 1, MemoryKiB = 8 },
    };
}
