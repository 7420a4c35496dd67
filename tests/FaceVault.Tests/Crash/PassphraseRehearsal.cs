using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Crash;

/// <summary>A change of the passphrase between an enrolment, a withdrawal and a grant: what lay on the disks before, and everything that the process did when nothing disturbed it.</summary>
internal sealed record PassphraseRehearsal(string Former, string Next, string Folder, Dictionary<string, byte[]> Start, IReadOnlyList<FileCall> Calls)
{
    /// <summary>The number of the step that changes the passphrase.</summary>
    public const int Change = 2;

    private static readonly Dictionary<(string, string), PassphraseRehearsal> Known = [];

    /// <summary>A passphrase that is set, one that is changed, and one that is taken away.</summary>
    public static IReadOnlyList<(string Former, string Next)> Kinds => [("", "new words"), ("old words", "new words"), ("old words", "")];

    public IReadOnlyList<CrashStep> Steps => StepsTo(Next);

    /// <summary>The calls from the beginning of the change to the beginning of the next step, and where in the recording they stand.</summary>
    public IEnumerable<(int Index, FileCall Call)> OfTheChange => Calls.Index()
        .SkipWhile(c => c.Item.Path != $"begin {Change} change").TakeWhile(c => !c.Item.Path.StartsWith($"begin {Change + 1} ", StringComparison.Ordinal))
        .Where(c => c.Item.Kind != FileCallKind.Line && c.Item.IsDurable);

    /// <summary>Where in the recording the change is answered.</summary>
    public int Answered => Calls.Index().Single(c => c.Item.Path == $"done {Change}").Index;

    /// <summary>Where in the recording the commit begins that replaces the root key: what was written of a change before it are root locations.</summary>
    public int Replacement => OfTheChange.First(c => c.Call.Kind == FileCallKind.Write && c.Call.Path.EndsWith("/vault/keys.db-wal", StringComparison.Ordinal)).Index;

    /// <summary>The disks after everything up to a call.</summary>
    public DiskImage DiskAfter(int index)
    {
        DiskImage disk = DiskImage.After(Start);
        foreach (FileCall call in Calls.Take(index + 1))
            disk.Apply(call);
        return disk;
    }

    public static async Task<PassphraseRehearsal> OfAsync(string former, string next)
    {
        if (Known.TryGetValue((former, next), out PassphraseRehearsal? known))
            return known;
        using var folder = new CrashFolder();
        CrashFolders folders = folder.Folders with { Passphrase = former };
        await BuildAsync(folders);
        Dictionary<string, byte[]> start = PassphraseCheck.Content(folders);
        using WatchedChild child = Run(folders, former, next, static _ => Verdict.Continue);
        Assert.Equal("", child.Errors);
        Assert.Equal($"done {StepsTo(next).Count - 1}", child.Lines.Last());
        return Known[(former, next)] = new PassphraseRehearsal(former, next, folders.Base, start, child.Calls);
    }

    /// <summary>The same once more, from what lay on the disks before, disturbed.</summary>
    public WatchedChild Run(CrashFolders folders, Func<FileCall, Verdict> decide)
    {
        folders.Lay(Folder, Start);
        return Run(folders, Former, Next, decide);
    }

    /// <summary>In the child. Arguments: socket, folder, former passphrase, next one.</summary>
    internal static int Child(string[] arguments)
    {
        var folders = new CrashFolders(arguments[1]) { Passphrase = arguments[2] };
        Seccomp.Surrender(arguments[0], reads: false);
        CrashChild.RunAsync(folders, StepsTo(arguments[3])).GetAwaiter().GetResult();
        return 0;
    }

    private static WatchedChild Run(CrashFolders folders, string former, string next, Func<FileCall, Verdict> decide) =>
        WatchedChild.Run("passphrase", [former, next], folders.Base, decide);

    private static List<CrashStep> StepsTo(string next)
    {
        CrashModel model = ModelOfTheStart();
        var steps = new List<CrashStep>();
        Add("open", run => run.Vault.OpenAsync());
        model.Enroll("c-2", 7);
        Add("enroll", run => run.Vault.EnrollAsync(new ConsentId("c-2"), null, CrashRun.Face(7)));
        Add("change", run => run.Vault.ChangeRootPassphraseAsync(TestVault.Stretched(next)));
        model.Withdraw("c-0");
        Add("withdraw", run => run.Vault.WithdrawConsentAsync(new ConsentId("c-0")));
        model.Grant("c-3");
        Add("grant", run => run.Vault.GrantConsentAsync(run.Grant("c-3")));
        return steps;

        void Add(string name, Func<CrashRun, Task> run) => steps.Add(new CrashStep(name, run, model.Show(), model.Now));
    }

    private static CrashModel ModelOfTheStart()
    {
        var model = new CrashModel();
        model.Register(TestVault.Door);
        for (int i = 0; i < 3; i++)
        {
            model.Grant($"c-{i}");
            model.Enroll($"c-{i}", i);
        }

        return model;
    }

    private static async Task BuildAsync(CrashFolders folders)
    {
        folders.Make();
        await using var run = new CrashRun(folders);
        await run.Vault.InitializeAsync();
        await run.Vault.EnsurePurposeAsync(TestVault.Purpose());
        for (int i = 0; i < 3; i++)
        {
            await run.Vault.GrantConsentAsync(run.Grant($"c-{i}"));
            await run.Vault.EnrollAsync(new ConsentId($"c-{i}"), null, CrashRun.Face(i));
        }
    }
}
