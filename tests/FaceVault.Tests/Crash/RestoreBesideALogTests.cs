namespace FaceVault.Tests.Crash;

/// <summary>E4: templates are restored from an archive into a folder where a process died, so that a log lies beside the old store. A log that survived would be replayed into the restored file.</summary>
[Trait("Claim", "E4")]
[Collection(Alone.Name)]
public sealed class RestoreBesideALogTests
{
    private readonly Judgement judgement = new();

    [WatchedFact]
    public async Task A_restore_that_is_killed_leaves_the_old_templates_or_the_archived_ones()
    {
        using var built = new CrashFolder();
        Dictionary<string, byte[]> image = await BuildAsync(built.Folders);
        int calls = await RunAsync(built.Folders.Base, image, int.MaxValue);
        Assert.True(calls > 20);
        for (int n = 1; n <= calls; n += Sampling.IsDeep ? 1 : 4)
            await RunAsync(built.Folders.Base, image, n);
        judgement.AssertNothingWrong();
    }

    /// <summary>In the child: restores, and says when it has.</summary>
    internal static int Child(string[] arguments)
    {
        var run = new CrashRun(new CrashFolders(arguments[1]));
        Seccomp.Surrender(arguments[0], reads: false);
        Vault.RestoreAsync(run.Folders.Options(run.Clock), null, run.Folders.Archive).GetAwaiter().GetResult();
        Console.WriteLine("restored");
        return 0;
    }

    /// <summary>Three stretches of enrolments: in the archive, in the file, and in the log alone.</summary>
    private static async Task<Dictionary<string, byte[]>> BuildAsync(CrashFolders folders)
    {
        folders.Make();
        await using var run = new CrashRun(folders);
        await run.Vault.InitializeAsync();
        await run.Vault.EnsurePurposeAsync(Operations.TestVault.Purpose());
        await EnrollAsync(run, 0, 5);
        await run.DisposeAsync();
        Directory.CreateDirectory(folders.Archive);
        File.Copy(Path.Combine(folders.Vault, "templates.db"), Path.Combine(folders.Archive, "templates.db"));
        await EnrollAsync(run, 5, 25);
        await run.DisposeAsync();
        await EnrollAsync(run, 25, 30);
        return Directory.EnumerateFiles(folders.Base, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal))
            .ToDictionary(f => f, Content, StringComparer.Ordinal);
    }

    private static byte[] Content(string path)
    {
        using var file = FaceVault.Interop.Posix.OpenFile(path, write: false);
        var bytes = new byte[RandomAccess.GetLength(file)];
        Assert.Equal(bytes.Length, RandomAccess.Read(file, bytes, 0));
        return bytes;
    }

    private static async Task EnrollAsync(CrashRun run, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            await run.Vault.GrantConsentAsync(run.Grant($"c-{i}"));
            for (int face = 0; face < 8; face++)
                await run.Vault.EnrollAsync(new ConsentId($"c-{i}"), null, CrashRun.Face(face == 0 ? i : 1000 + (i * 8) + face));
        }
    }

    private async Task<int> RunAsync(string taken, Dictionary<string, byte[]> image, int last)
    {
        using var folder = new CrashFolder();
        folder.Folders.Lay(taken, image);
        using WatchedChild child = WatchedChild.Run("restore", [], folder.Folders.Base, call => call.Number < last ? Verdict.Continue : Verdict.Kill);
        await judgement.AddAsync($"killed at call {last}", async () =>
        {
            Assert.Equal("", child.Errors);
            await using var run = new CrashRun(folder.Folders);
            await run.Vault.OpenAsync();
            AuditReport audit = await run.Vault.AuditAsync();
            Assert.True(audit.Findings.All(f => !f.IsBroken), string.Join('\n', audit.Findings));
            long old = 30 * 8, archived = 5 * 8;
            Assert.True(audit.Templates == archived || (audit.Templates == old && !child.Lines.Any()), $"{audit.Templates} templates");
        });
        return child.Calls.Count(c => c.Kind != FileCallKind.Line);
    }
}
