using FaceVault.Commits;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Templates;
using FaceVault.Tests.Attack;
using FaceVault.Tests.Telemetry;

namespace FaceVault.Tests.Operations;

/// <summary>A vault over places that survive it: in memory with faults, or files in a temporary folder. Synthetic people only.</summary>
internal sealed class TestVault : IAsyncDisposable
{
    public const string Door = "door";
    public static readonly TemplateModel Model = new("synthetic", 64, TemplateEncoding.Float32);
    private static readonly string NoticeHash = new('a', 64);

    private readonly string? folder;
    private readonly int mirrors;

    private TestVault(string? folder, int roots, int mirrors, VaultPlaces? places = null, StoreFaults? faults = null)
    {
        this.folder = folder;
        this.mirrors = mirrors;
        Faults = faults ?? new StoreFaults();
        Media = [.. Enumerable.Range(0, roots).Select(_ => new InMemoryRootMedium())];
        Store = new InMemoryKeyStoreLocation("store", Faults);
        Templates = new InMemoryTemplateStoreLocation(Faults);
        MirrorStores = [.. Enumerable.Range(0, mirrors).Select(i => new InMemoryKeyStoreLocation(Path.Combine(Path.GetFullPath($"mirror{i}"), "keys.db"), Faults))];
        Places = places ?? new VaultPlaces(Store, Templates, MirrorStores);
        Thief = new Thief(this);
        Vault = Make();
    }

    public Vault Vault { get; private set; }

    public StoreFaults Faults { get; }

    public InMemoryRootMedium[] Media { get; private set; }

    public InMemoryKeyStoreLocation Store { get; }

    public InMemoryTemplateStoreLocation Templates { get; }

    public IReadOnlyList<InMemoryKeyStoreLocation> MirrorStores { get; private set; }

    public VaultPlaces Places { get; private set; }

    /// <summary>What all vaults over these places logged.</summary>
    public RecordedLog Log { get; } = new();

    /// <summary>Who holds every copy ever made of the stores in memory.</summary>
    public Thief Thief { get; }

    /// <summary>Long enough for a machine that is busy elsewhere; a test that waits for it to pass sets a short one and reopens.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What stands between the next vault and its places in memory.</summary>
    public Func<VaultPlaces, VaultPlaces> Wrap { get; set; } = static places => places;

    /// <summary>How long the next vault waits for others.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many slots one destroying commit takes; small, so that batches are split.</summary>
    public int MostInBatch { get; set; } = 10_000;

    /// <summary>How many callers may wait for the next vault.</summary>
    public int MaxWaitingCallers { get; set; } = 1024;

    /// <summary>How many templates may be handed out in a day by the next vault.</summary>
    public int MaxTemplateCopiesPerDay { get; set; } = 100;

    /// <summary>How many threads search and load in the next vault.</summary>
    public int MatchingThreads { get; set; } = 1;

    /// <summary>How long the next vault keeps counts in memory when nothing else is written.</summary>
    public TimeSpan RecordInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The keeper's own profiles of rules for the next vault.</summary>
    public RuleProfile[] Profiles { get; set; } = [];

    /// <summary>The calendar of working days that the next vault is given.</summary>
    public WorkingDayCalendar? WorkingDays { get; set; }

    /// <summary>Who cosigns for the next vault.</summary>
    public Witnesses.SpecWitness[] Witnesses { get; set; } = [];

    /// <summary>With what the next process opens the root key in memory; empty for nothing.</summary>
    public string Passphrase { get; set; } = "";

    /// <summary>The passphrases of the vault that was made last.</summary>
    public RootPassphrases? Passphrases { get; private set; }

    /// <summary>When the clock stands at first.</summary>
    public DateTimeOffset Start { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public FixedClock Clock { get; } = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    public static async Task<TestVault> InMemoryAsync(int roots = 1, int mirrors = 0, PurposeKind kind = PurposeKind.Identification)
    {
        var test = new TestVault(null, roots, mirrors);
        await test.Vault.InitializeAsync();
        await test.Vault.EnsurePurposeAsync(Purpose(kind));
        return test;
    }

    public static async Task<TestVault> InFilesAsync(string folder, int roots = 1, int mirrors = 0, PurposeKind kind = PurposeKind.Identification)
    {
        var test = new TestVault(folder, roots, mirrors);
        await test.Vault.InitializeAsync();
        await test.Vault.EnsurePurposeAsync(Purpose(kind));
        return test;
    }

    public static Purpose Purpose(PurposeKind kind = PurposeKind.Identification, string id = Door) => new()
    {
        Id = new PurposeId(id),
        Kind = kind,
        Description = "Opening the door of the office",
        Necessity = "Assessment 7, section 2",
        Models = [Model, new TemplateModel("synthetic8", 64, TemplateEncoding.Int8)],
        MaxRetention = CalendarPeriod.Parse("P1Y"),
        EvidenceRetention = CalendarPeriod.Parse("P3Y"),
        Alternatives = ["a badge"],
        Assessment = "Assessment 7",
        Notice = new Notice { Language = "en", Sha256 = NoticeHash },
        Profile = "baseline",
    };

    public static ConsentGrant GrantAt(DateTimeOffset now, string id, string? subject = null, string purpose = Door) => new()
    {
        Id = new ConsentId(id),
        Subject = new SubjectId(subject ?? "subject of " + id),
        Purpose = new PurposeId(purpose),
        GivenAt = now,
        ExpiresAt = now.AddMonths(6),
        Notice = new Notice { Language = "en", Sha256 = NoticeHash },
        NoticeShownAt = now.AddMinutes(-1),
        Form = "electronic",
        AgeBand = "adult",
        InteractionId = "interaction of " + id,
        EvidenceSha256 = new string('b', 64),
    };

    public ConsentGrant Grant(string id, string? subject = null, string purpose = Door) => GrantAt(Clock.GetUtcNow(), id, subject, purpose);

    public static float[] Face(int person, int dimensions = 64, int capture = 0)
    {
        var random = new Random(person);
        var noise = new Random((person * 1000) + capture + 1);
        var values = new float[dimensions];
        for (int i = 0; i < dimensions; i++)
            values[i] = (float)((random.NextDouble() * 2) - 1 + (capture == 0 ? 0 : 0.1 * ((noise.NextDouble() * 2) - 1)));
        return values;
    }

    /// <summary>Grants and enrolls persons 0 … count-1 as consents c-0, c-1 ….</summary>
    /// <summary>How the templates of the first purpose are turned; expanded anew from the seed in the crown.</summary>
    public Rotation RotationOf(TemplateModel model)
    {
        using ReadScope view = Vault.Engine.Read();
        return new Rotation(new RotationSeed(view.Crown.Purposes[0].DangerousSeed), model);
    }

    public async Task EnrollAsync(int count, int from = 0)
    {
        for (int i = from; i < from + count; i++)
        {
            await Vault.GrantConsentAsync(Grant($"c-{i}"));
            await Vault.EnrollAsync(new ConsentId($"c-{i}"), null, Face(i));
        }
    }

    /// <summary>Closes, offers places besides that the vault does not list yet, and opens again.</summary>
    public async Task GrowAsync(int roots = 0, int mirrors = 0)
    {
        await Vault.DisposeAsync();
        Media = [.. Media, .. Enumerable.Range(0, roots).Select(_ => new InMemoryRootMedium())];
        MirrorStores = [.. MirrorStores, .. Enumerable.Range(MirrorStores.Count, mirrors).Select(i => new InMemoryKeyStoreLocation(Path.Combine(Path.GetFullPath($"mirror{i}"), "keys.db"), Faults))];
        Places = Places with { Mirrors = MirrorStores };
        Vault = Make();
        await Vault.OpenAsync();
    }

    /// <summary>Closes in good order and opens again.</summary>
    public async Task ReopenAsync()
    {
        await Vault.DisposeAsync();
        Vault = Make();
        await Vault.OpenAsync();
    }

    /// <summary>A passphrase that costs nothing to stretch; null for an empty one.</summary>
    public static RootPassphrase? Stretched(string passphrase) =>
        passphrase.Length == 0 ? null : new RootPassphrase(System.Text.Encoding.UTF8.GetBytes(passphrase)) { Passes = 1, MemoryKiB = 8 };

    /// <summary>The process dies, and the machine with it unless said otherwise: nothing is closed in order, locks fall, what was not flushed is gone.</summary>
    /// <param name="machineDies">Whether what was not flushed is gone.</param>
    /// <param name="beforeOpening">What happens to the disks when nobody writes any more.</param>
    public void Crash(bool machineDies = true, Action? beforeOpening = null)
    {
        Faults.Kill();
        bool[] away = [.. Media.Select(m => m.IsUnreachable)];
        foreach (InMemoryRootMedium medium in Media)
            medium.IsUnreachable = true;
        Vault.Dispose(); // with nothing left that it could write to; only its thread ends
        foreach ((InMemoryRootMedium medium, bool wasAway) in Media.Zip(away))
        {
            medium.IsUnreachable = wasAway;
            if (machineDies)
                medium.Restart();
            else
                medium.KillProcess();
        }

        beforeOpening?.Invoke();
        Faults.Clear();
        ReviveZombies();
        Vault = Make();
    }

    /// <summary>Failed commits that are still in the log are seen from now on.</summary>
    public void ReviveZombies()
    {
        Store.ReviveZombie();
        Templates.ReviveZombie();
        foreach (InMemoryKeyStoreLocation mirror in MirrorStores)
            mirror.ReviveZombie();
    }

    /// <summary>Every write set ever handed to a store is kept from now on, as a thief would.</summary>
    public void KeepAttempts()
    {
        foreach (InMemoryKeyStoreLocation store in MirrorStores.Prepend(Store))
            store.KeepsAttempts = true;
        Templates.KeepsAttempts = true;
    }

    /// <summary>What a closed vault in memory leaves behind.</summary>
    public VaultImage Freeze() => new(
        Media.Length, Store.Snapshot(), Templates.Snapshot(), [.. MirrorStores.Select(m => m.Snapshot())], [.. Media.Select(m => m.Snapshot())], Places.Description, Clock.Now);

    /// <summary>The same vault again, closed, on media of its own.</summary>
    public static TestVault Thaw(VaultImage image)
    {
        var test = new TestVault(null, image.Roots, image.Mirrors.Count);
        test.Store.Restore(image.Store);
        test.Templates.Restore(image.Templates);
        for (int i = 0; i < image.Mirrors.Count; i++)
            test.MirrorStores[i].Restore(image.Mirrors[i]);
        for (int i = 0; i < image.Roots; i++)
            test.Media[i].Restore(image.Media[i]);
        test.Places.Description = image.Description;
        test.Clock.Now = image.Now;
        return test;
    }

    /// <summary>Places in memory without a vault.</summary>
    public static TestVault Empty(int roots = 1, int mirrors = 0) => new(null, roots, mirrors);

    /// <summary>A vault over stores of the caller's, with root locations in memory; not made yet.</summary>
    public static TestVault Over(VaultPlaces places, StoreFaults faults, int roots) => new(null, roots, 0, places, faults);

    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        foreach (InMemoryRootMedium medium in Media)
            medium.Dispose();
    }

    /// <summary>Another process comes after one that has been closed.</summary>
    public void Renew() => Vault = Make();

    public Vault Make(VaultAccess access = VaultAccess.ReadWrite) => new(Options(access));

    public VaultOptions Options(VaultAccess access)
    {
        var options = new VaultOptions { TimeProvider = Clock, LoggerFactory = Log, Access = access, DrainTimeout = DrainTimeout, LockTimeout = LockTimeout, MatchingThreads = MatchingThreads, MaxWaitingCallers = MaxWaitingCallers, MaxTemplateCopiesPerDay = MaxTemplateCopiesPerDay, MostInBatch = MostInBatch, RecordInterval = RecordInterval, WorkingDays = WorkingDays };
        foreach (Witnesses.SpecWitness witness in Witnesses)
            options.Witnesses.Add(witness.Client());
        foreach (RuleProfile profile in Profiles)
            options.Profiles.Add(profile);
        if (folder is null)
        {
            options.Directory = "memory";
            options.Places = Wrap(Places);
            var roots = new InMemoryRootKeyStore(Media);
            roots.Passphrases.Current = Stretched(Passphrase);
            options.RootKey = roots;
            Passphrases = roots.Passphrases;
        }
        else
        {
            options.Directory = Path.Combine(folder, "vault");
            options.RootKey = new FileRootKeyStore([.. Media.Select((_, i) => Path.Combine(folder, $"root{i}.key"))]) { AllowEphemeral = true };
            for (int i = 0; i < mirrors; i++)
                options.Mirrors.Add(Path.Combine(folder, $"mirror{i}"));
        }

        return options;
    }
}

/// <summary>A clock that stands until it is moved; waiting uses the system's timers.</summary>
internal sealed class FixedClock(DateTimeOffset start) : TimeProvider
{
    private int timers;

    public DateTimeOffset Now { get; set; } = start;

    /// <summary>How often somebody waited for this clock.</summary>
    public int Timers => timers;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref timers);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
