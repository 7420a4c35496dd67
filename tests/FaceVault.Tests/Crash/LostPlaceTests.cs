namespace FaceVault.Tests.Crash;

/// <summary>E4: a place is lost or taken away at the worst moment.</summary>
[Trait("Claim", "E4")]
[Collection(Alone.Name)]
public sealed class LostPlaceTests
{
    private const int Seed = 12;

    [WatchedFact]
    public async Task A_mirror_that_lacks_one_commit_is_not_taken_for_the_vault_when_the_head_was_recorded()
    {
        Recording calm = Recording.Of(Seed);
        int step = Step(calm, "grant"), failed = 0;
        using var folder = new CrashFolder();
        using WatchedChild child = Recording.Run(folder.Folders, Seed, Within(step, call => IsMirrorLog(call) && failed++ == 0 ? Verdict.Fail(Verdict.EIO) : Verdict.Continue), steps: step + 1);
        Assert.True(failed > 0);
        Assert.Contains($"done {step}", child.Lines);
        CrashFolders.Lose(folder.Folders.Keys);

        await using var run = new CrashRun(folder.Folders);
        VaultException refusal = await Assert.ThrowsAsync<VaultException>(() => run.RestoreAsync(withTemplates: false));

        Assert.Equal(VaultErrorCode.StoreRolledBack, refusal.Code);
        Assert.False(File.Exists(folder.Folders.Keys));
    }

    [WatchedFact]
    public async Task A_mirror_that_lacks_the_commit_of_a_process_that_died_is_whole_without_it()
    {
        Recording calm = Recording.Of(Seed);
        int step = Step(calm, "grant");
        using var folder = new CrashFolder();
        using WatchedChild child = Recording.Run(folder.Folders, Seed, Within(step, call => IsMirrorLog(call) ? Verdict.Kill : Verdict.Continue));
        Assert.DoesNotContain($"done {step}", child.Lines);

        await new CrashCheck(folder.Folders, calm.Steps, child.Lines).AssertWithoutPrimaryAsync();
    }

    [WatchedFact]
    public async Task A_root_location_that_is_taken_away_before_the_completion_is_logged_keeps_it_from_being_logged()
    {
        Recording calm = Recording.Of(Seed);
        int step = Step(calm, "withdraw"), certificates = CertificatesIn(calm.Steps[step - 1].After);
        bool promoted = false;
        using var folder = new CrashFolder();
        using WatchedChild child = Recording.Run(folder.Folders, Seed, Within(step, call =>
        {
            promoted |= call.Data.Length > 512 && call.Path.EndsWith("root.key", StringComparison.Ordinal) && !call.Data.AsSpan().ContainsAnyExcept((byte)0);
            return promoted && call.Kind == FileCallKind.Write && call.Path.EndsWith("vault/keys.db-wal", StringComparison.Ordinal) ? Verdict.Kill : Verdict.Continue;
        }));
        Assert.True(promoted && child.WasKilled);
        string away = folder.Folders.Roots[1], aside = away + ".aside";
        File.Move(away, aside);

        await using (var run = new CrashRun(folder.Folders))
        {
            run.Clock.Now = calm.Steps[step].Now;
            await using var vault = new Vault(folder.Folders.Options(run.Clock, roots: folder.Folders.Roots[..1]));
            await vault.OpenAsync();
            Assert.True((await vault.GetStatusAsync()).IsDegraded);
            Assert.Equal(certificates, CertificatesIn(await CrashCheck.ObserveAsync(vault)));
        }

        File.Move(aside, away);
        await new CrashCheck(folder.Folders, calm.Steps, child.Lines).AssertAsync();
    }

    private static int Step(Recording calm, string name) => calm.Steps.Select((s, i) => (s.Name, Index: i)).Last(s => s.Name == name).Index;

    /// <summary>Decides within one step of the script; the others go on.</summary>
    private static Func<FileCall, Verdict> Within(int step, Func<FileCall, Verdict> decide)
    {
        bool within = false;
        return call =>
        {
            if (call.Kind == FileCallKind.Line)
                within = call.Path.StartsWith($"begin {step} ", StringComparison.Ordinal);
            return within && call.Kind != FileCallKind.Line ? decide(call) : Verdict.Continue;
        };
    }

    private static bool IsMirrorLog(FileCall call) => call.Kind == FileCallKind.Write && call.Path.EndsWith("mirror/keys.db-wal", StringComparison.Ordinal);

    private static int CertificatesIn(string shown) =>
        shown.Split('\n').Where(l => l.StartsWith("c-", StringComparison.Ordinal)).Sum(l => int.Parse(l[(l.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
}
