using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Crash;

/// <summary>Where the parts of a vault that crashes lie: two root locations, one mirror, an archive of templates, below one folder.</summary>
internal sealed record CrashFolders(string Base)
{
    /// <summary>A profile under which two persons are filed.</summary>
    private static ReadOnlySpan<byte> TwoPersons => """{"name":"two","title":"Two","rows":[{"rule":"P11","filing":{"persons":2,"workingDays":200,"afterDue":"block"},"source":"CAC 15"}]}"""u8;

    public string Vault => Path.Combine(Base, "vault");

    public string Mirror => Path.Combine(Base, "mirror");

    public string Archive => Path.Combine(Base, "archive");

    public string[] Roots => [Path.Combine(Base, "a", "root.key"), Path.Combine(Base, "b", "root.key")];

    public string Keys => Path.Combine(Vault, "keys.db");

    /// <summary>What the root key is protected by; empty for nothing.</summary>
    public string Passphrase { get; init; } = "";

    public FileRootKeyStore RootKeys() => RootKeys(Roots);

    public VaultOptions Options(TimeProvider clock, VaultAccess access = VaultAccess.ReadWrite, string[]? roots = null) => new()
    {
        Directory = Vault,
        RootKey = RootKeys(roots ?? Roots),
        Mirrors = { Mirror },
        Profiles = { RuleProfile.FromJson(TwoPersons) },
        WorkingDays = new WorkingDayCalendar(new DateOnly(2026, 1, 1), new DateOnly(2028, 1, 1), [], []),
        TimeProvider = clock,
        Access = access,
        MatchingThreads = 1,
        DrainTimeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>The folders that somebody other than the vault makes: the disks.</summary>
    public void Make()
    {
        foreach (string root in Roots)
            Directory.CreateDirectory(Path.GetDirectoryName(root)!);
    }

    /// <summary>Lays an image down as files, in this folder instead of the one it was taken in.</summary>
    public void Lay(string taken, Dictionary<string, byte[]> image)
    {
        Make();
        foreach ((string path, byte[] content) in image)
        {
            string here = Base + path[taken.Length..];
            Directory.CreateDirectory(Path.GetDirectoryName(here)!);
            File.WriteAllBytes(here, content);
        }
    }

    private FileRootKeyStore RootKeys(string[] roots) => new(roots) { AllowEphemeral = true, StretchedPassphrase = TestVault.Stretched(Passphrase) };

    /// <summary>Deletes a database with what lies beside it, as a disk that is lost.</summary>
    public static void Lose(string database)
    {
        foreach (string end in new[] { "", "-wal", "-shm" })
            File.Delete(database + end);
    }
}
