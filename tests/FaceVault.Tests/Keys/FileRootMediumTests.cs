using System.Security.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>Root files on media that do not last, cannot be written or are full.</summary>
[Collection(Alone.Name)]
public sealed class FileRootMediumTests
{
    private static readonly byte[] Vault = SHA256.HashData("vault"u8)[..16];

    [SmallDiskFact]
    public void A_medium_that_does_not_outlive_the_machine_is_refused_unless_it_is_allowed()
    {
        using var disk = new SmallDisk(256);
        string path = Path.Combine(disk.Path, "door.key");
        using var careful = new FileRootKeyStore(path);
        VaultException refused = Assert.Throws<VaultException>(() => careful.CheckPlacement("/nowhere", creating: true));
        Assert.Equal(VaultErrorCode.RootPathRefused, refused.Code);
        Assert.Contains("tmpfs", refused.Message, StringComparison.Ordinal);
        Assert.Equal(VaultErrorCode.RootPathRefused, Assert.Throws<VaultException>(() => careful.Locations[0].Create(Record(1))).Code);
        Assert.False(File.Exists(path));

        using var trial = new FileRootKeyStore(path) { AllowEphemeral = true };
        trial.CheckPlacement("/nowhere", creating: true);
        trial.Locations[0].Create(Record(1));
        Assert.Equal("file on tmpfs", trial.Locations[0].Medium);

        // what was made on trial is opened without the permission
        careful.CheckPlacement("/nowhere", creating: false);
        using RootReading reading = careful.Locations[0].Read();
        Assert.True(reading.IsPresent);
    }

    [SmallDiskFact]
    public void A_read_only_medium_is_refused_and_can_be_read()
    {
        using var disk = new SmallDisk(256);
        string path = Path.Combine(disk.Path, "door.key");
        using (var store = new FileRootKeyStore(path) { AllowEphemeral = true })
            store.Locations[0].Create(Record(1));
        disk.MakeReadOnly();
        using var later = new FileRootKeyStore(path) { AllowEphemeral = true };
        AssertReadOnly(() => later.CheckPlacement("/nowhere", creating: true));
        AssertReadOnly(() => later.Locations[0].TryLock());
        AssertReadOnly(() => later.Locations[0].Create(Record(2)));
        using (RootReading reading = later.Locations[0].Read())
            Assert.Single(reading.Records);
        using var other = new FileRootKeyStore(Path.Combine(disk.Path, "other.key")) { AllowEphemeral = true };
        AssertReadOnly(() => other.CheckPlacement("/nowhere", creating: true));
        AssertReadOnly(() => other.Locations[0].Create(Record(2)));
        disk.MakeWritable();
    }

    [SmallDiskFact]
    public void A_full_medium_leaves_no_file_and_takes_the_key_when_there_is_room()
    {
        using var disk = new SmallDisk(40);
        string path = Path.Combine(disk.Path, "door.key");
        using var store = new FileRootKeyStore(path) { AllowEphemeral = true };
        VaultException failed = Assert.Throws<VaultException>(() => store.Locations[0].Create(Record(1)));
        Assert.Equal(VaultErrorCode.RootKeyFailed, failed.Code);
        Assert.False(File.Exists(path));
        disk.Resize(256);
        store.Locations[0].Create(Record(1));
        File.WriteAllBytes(Path.Combine(disk.Path, "filler"), new byte[100_000]);
        disk.Resize(180);

        // in place: a full disk hinders no later key and no head
        store.Locations[0].Stage(Record(2));
        store.Locations[0].Promote(2);
        store.Locations[0].RecordHead(new RootHead(Vault, 2, 1, 1, 1, new byte[32]));
        using RootReading reading = store.Locations[0].Read();
        Assert.Equal((2ul, 1), (Assert.Single(reading.Records).KeyId, reading.Head!.Commit));
    }

    private static RootRecord Record(int number) => new((ulong)number, number, Vault, Vault, SHA256.HashData([(byte)number]));

    private static void AssertReadOnly(Action act)
    {
        VaultException refused = Assert.Throws<VaultException>(act);
        Assert.Equal(VaultErrorCode.RootPathRefused, refused.Code);
        Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
    }
}
