using FaceVault.Tests.Operations;
using Xunit.Abstractions;

namespace FaceVault.Tests.Crash;

/// <summary>E4: the process dies, or the power fails, while mirrors and root locations are added and retired. The vault opens where its <c>vault.json</c> says, has everybody, and can destroy.</summary>
[Trait("Claim", "E4")]
[Collection(Alone.Name)]
public sealed class PlacesCrashTests(ITestOutputHelper output)
{
    private readonly Judgement judgement = new();

    [WatchedFact]
    public async Task A_change_of_places_that_breaks_off_leaves_a_vault_that_opens_and_can_destroy()
    {
        using var folder = new CrashFolder();
        CrashFolders folders = folder.Folders;
        await BuildAsync(folders);
        Dictionary<string, byte[]> start = Directory.EnumerateFiles(folders.Base, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes, StringComparer.Ordinal);
        IReadOnlyList<FileCall> calls;
        using (WatchedChild child = WatchedChild.Run("places", [], folders.Base, static _ => Verdict.Continue))
        {
            Assert.Equal("", child.Errors);
            Assert.Equal(4, child.Lines.Count());
            calls = child.Calls;
        }

        int tried = 0;
        int[] points = [.. Enumerable.Range(0, calls.Count).Where(i => calls[i].Kind is FileCallKind.Flush or FileCallKind.FlushFolder or FileCallKind.Rename or FileCallKind.Delete)];
        DiskImage disk = DiskImage.After(start);
        for (int i = 0; i < calls.Count; i++)
        {
            disk.Apply(calls[i]);
            if (!points.Contains(i) || (!Sampling.IsDeep && Array.IndexOf(points, i) % 6 != 0))
                continue;
            bool powerFails = tried++ % 2 == 0;
            Refresh(folders, powerFails ? disk.AfterPowerLoss() : disk.AfterKill());
            await judgement.AddAsync($"{(powerFails ? "the power fails" : "killed")} after {calls[i]} ({calls[i].Path[folders.Base.Length..]})", () => JudgeAsync(folders));
        }

        output.WriteLine($"{tried} of {points.Length} points");
        judgement.AssertNothingWrong();
    }

    /// <summary>In the child: a second mirror and a third root location come, a mirror and a root location of before go.</summary>
    internal static int Child(string[] arguments)
    {
        var folders = new CrashFolders(arguments[1]);
        string added = Path.Combine(folders.Base, "c", "root.key"), mirror = Path.Combine(folders.Base, "mirror2");
        Seccomp.Surrender(arguments[0], reads: false);
        using (var vault = new Vault(Options(folders, [.. folders.Roots, added])))
        {
            foreach (Func<Task> change in new Func<Task>[]
            {
                () => vault.AddMirrorAsync(mirror),
                () => vault.AddRootLocationAsync(added),
                () => vault.RetireRootLocationAsync(folders.Roots[0]),
                () => vault.DropMirrorAsync(folders.Mirror),
            })
            {
                change().GetAwaiter().GetResult();
                Console.WriteLine("done");
            }
        }

        return 0;
    }

    private static VaultOptions Options(CrashFolders folders, string[] roots) => new()
    {
        Directory = folders.Vault,
        RootKey = new FileRootKeyStore(roots) { AllowEphemeral = true },
        TimeProvider = new FixedClock(new CrashModel().Now),
        MatchingThreads = 1,
        DrainTimeout = TimeSpan.FromSeconds(30),
    };

    private static async Task BuildAsync(CrashFolders folders)
    {
        folders.Make();
        Directory.CreateDirectory(Path.Combine(folders.Base, "c"));
        await using var run = new CrashRun(folders);
        await run.Vault.InitializeAsync();
        await run.Vault.EnsurePurposeAsync(TestVault.Purpose());
        for (int i = 0; i < 3; i++)
        {
            await run.Vault.GrantConsentAsync(run.Grant($"c-{i}"));
            await run.Vault.EnrollAsync(new ConsentId($"c-{i}"), null, CrashRun.Face(i));
        }
    }

    private static void Refresh(CrashFolders folders, Dictionary<string, byte[]> image)
    {
        Directory.Delete(folders.Base, recursive: true);
        Directory.CreateDirectory(Path.Combine(folders.Base, "c"));
        folders.Lay(folders.Base, image);
    }

    private static async Task JudgeAsync(CrashFolders folders)
    {
        await using (var vault = new Vault(Options(folders, Vault.ReadRootPaths(folders.Vault))))
        {
            await vault.OpenAsync();
            Assert.StartsWith("c-0 Active 1 0\nc-1 Active 1 0\nc-2 Active 1 0\nand 0 others\nface 0 is c-0\nface 1 is c-1\nface 2 is c-2\n", await CrashCheck.ObserveAsync(vault), StringComparison.Ordinal);
            VaultStatus status = await vault.GetStatusAsync();
            Assert.False(status.IsDegraded, string.Join('\n', status.Warnings));
            Assert.True((await vault.WithdrawConsentAsync(new ConsentId("c-0"))).Check(vault.VerifierKey).IsValid);
            AuditReport audit = await vault.AuditAsync();
            Assert.True(audit.IsIntact, string.Join('\n', audit.Findings));
        }

        await using var again = new Vault(Options(folders, Vault.ReadRootPaths(folders.Vault)));
        Assert.StartsWith("c-0 Destroyed 0 1\nc-1 Active 1 0\n", await CrashCheck.ObserveAsync(again), StringComparison.Ordinal);
    }
}
