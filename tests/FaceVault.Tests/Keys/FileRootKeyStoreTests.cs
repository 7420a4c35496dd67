using FaceVault.Interop;
using FaceVault.Keys;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Tests.Keys;

public sealed class FileRootKeyStoreTests : RootKeyStoreConformance
{
    private readonly string folder = Directory.CreateTempSubdirectory("facevault-root-").FullName;

    private string RootPath => Path.Combine(folder, "door.key");

    protected override IRootKeyStore OpenStore() => new FileRootKeyStore(RootPath) { AllowEphemeral = true };

    protected override byte[]? Image()
    {
        if (!File.Exists(RootPath))
            return null;
        // not with File.ReadAllBytes: it asks for a shared lock, which the holder does not grant
        using SafeFileHandle handle = Posix.OpenFile(RootPath, write: false);
        byte[] image = new byte[RandomAccess.GetLength(handle)];
        Assert.Equal(image.Length, RandomAccess.Read(handle, image, 0));
        return image;
    }

    protected override void SetImage(byte[] image) => File.WriteAllBytes(RootPath, image);

    public override void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        base.Dispose();
    }

    [Fact]
    public void A_root_file_has_its_full_length_and_belongs_to_its_owner_alone()
    {
        File.WriteAllBytes(RootPath, []);
        Create();
        Assert.Equal(RootVolume.Size, new FileInfo(RootPath).Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(RootPath));
        File.Delete(RootPath);
        Create();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(RootPath));
    }

    [Fact]
    public void The_medium_and_the_method_are_named_without_the_path()
    {
        Create();
        using IRootKeyStore store = OpenStore();
        Assert.StartsWith("file", store.Locations[0].Medium, StringComparison.Ordinal);
        Assert.Contains("overwrite", store.Locations[0].DestructionMethod, StringComparison.Ordinal);
        Assert.DoesNotContain(folder, store.Locations[0].Medium + store.Locations[0].DestructionMethod, StringComparison.Ordinal);
        Assert.Equal(RootPath, store.Locations[0].Description);
    }

    [Fact]
    public void A_file_of_somebody_else_is_neither_opened_nor_overwritten()
    {
        foreach (byte[] content in new[] { "notes of somebody"u8.ToArray(), Enumerable.Repeat((byte)7, RootVolume.Size).ToArray(), new byte[RootVolume.Size + 1] })
        {
            File.WriteAllBytes(RootPath, content);
            using IRootKeyStore store = OpenStore();
            using (RootReading reading = store.Locations[0].Read())
                Assert.True(reading.IsDamaged);
            Assert.Equal(VaultErrorCode.RootPathRefused, Assert.Throws<VaultException>(() => store.Locations[0].Create(Record(1))).Code);
            Assert.Equal(content, File.ReadAllBytes(RootPath));
        }
    }

    [Fact]
    public void A_file_that_is_moved_away_while_it_is_held_is_unreachable_and_not_written()
    {
        Create();
        With(l =>
        {
            byte[] before = Image()!;
            string elsewhere = Path.Combine(folder, "moved.key");
            File.Move(RootPath, elsewhere);
            Assert.Equal(VaultErrorCode.PlaceUnreachable, Assert.Throws<VaultException>(() => l.Stage(Record(2))).Code);
            Assert.Equal(VaultErrorCode.PlaceUnreachable, Assert.Throws<VaultException>(() => l.RecordHead(Head(1))).Code);
            using (RootReading reading = l.Read())
                Assert.True(reading.IsMissing);
            Assert.Equal(VaultErrorCode.PlaceUnreachable, Assert.Throws<VaultException>(() => l.TryLock()).Code);
            Assert.Equal(before, File.ReadAllBytes(elsewhere));
            File.Move(elsewhere, RootPath);
            Assert.True(l.TryLock());
            l.Stage(Record(2));
        });
        AssertRecords(1, 2);
    }

    [Fact]
    public void Placement_refuses_a_relative_path()
    {
        using var store = new FileRootKeyStore("door.key");
        Assert.Contains("relative", Refusal(store, folder), StringComparison.Ordinal);
        Assert.Throws<VaultException>(() => store.Locations[0].Read());
        Assert.Throws<VaultException>(() => store.Locations[0].TryLock());
        Assert.Throws<VaultException>(() => store.Locations[0].Create(Record(1)));
    }

    [Fact]
    public void Placement_refuses_the_vault_folder_and_all_below_it_also_behind_links_and_dots()
    {
        string vault = Path.Combine(folder, "vault");
        Directory.CreateDirectory(Path.Combine(vault, "sub"));
        string link = Path.Combine(folder, "link");
        Directory.CreateSymbolicLink(link, vault);
        foreach (string path in new[] { $"{vault}/door.key", $"{vault}/sub/door.key", $"{vault}/new/door.key", $"{link}/door.key", $"{folder}/x/../vault/door.key" })
        {
            using var store = new FileRootKeyStore(path) { AllowEphemeral = true };
            Assert.Contains("inside the vault", Refusal(store, vault), StringComparison.Ordinal);
            Assert.Contains("inside the vault", Refusal(store, link + "/"), StringComparison.Ordinal);
        }

        using var beside = new FileRootKeyStore($"{vault}-root.key") { AllowEphemeral = true };
        beside.CheckPlacement(vault, creating: true);
    }

    [Fact]
    public void Placement_refuses_two_names_of_one_file()
    {
        string vault = Path.Combine(folder, "vault");
        Create();
        string link = Path.Combine(folder, "link.key");
        File.CreateSymbolicLink(link, RootPath);
        foreach (string other in new[] { RootPath, link, $"{folder}/./door.key" })
        {
            using var store = new FileRootKeyStore(RootPath, other) { AllowEphemeral = true };
            Assert.Contains("same file", Refusal(store, vault), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Placement_refuses_a_missing_folder_and_a_folder_instead_of_a_file_when_creating()
    {
        using var missing = new FileRootKeyStore(Path.Combine(folder, "none", "door.key")) { AllowEphemeral = true };
        Assert.Contains("does not exist", Refusal(missing, Path.Combine(folder, "vault")), StringComparison.Ordinal);
        Assert.Equal(VaultErrorCode.RootPathRefused, Assert.Throws<VaultException>(() => missing.Locations[0].Create(Record(1))).Code);
        using (RootReading reading = missing.Locations[0].Read())
            Assert.True(reading.IsMissing);
        missing.CheckPlacement(Path.Combine(folder, "vault"), creating: false);
        using var directory = new FileRootKeyStore(folder) { AllowEphemeral = true };
        Assert.Contains("is a folder", Refusal(directory, Path.Combine(folder, "vault")), StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Placement_refuses_a_link_to_nothing_when_creating()
    {
        string link = Path.Combine(folder, "link.key");
        File.CreateSymbolicLink(link, Path.Combine(folder, "nothing.key"));
        using var store = new FileRootKeyStore(link) { AllowEphemeral = true };
        Assert.Contains("symbolic link", Refusal(store, Path.Combine(folder, "vault")), StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_that_are_missing_are_misuse()
    {
        Assert.Throws<ArgumentException>(() => new FileRootKeyStore());
        Assert.Throws<ArgumentException>(() => new FileRootKeyStore(" "));
        Assert.Throws<ArgumentNullException>(() => new FileRootKeyStore("/a", null!));
    }

    private static string Refusal(FileRootKeyStore store, string vault)
    {
        VaultException refused = Assert.Throws<VaultException>(() => store.CheckPlacement(vault, creating: true));
        Assert.Equal(VaultErrorCode.RootPathRefused, refused.Code);
        return refused.Message;
    }
}
