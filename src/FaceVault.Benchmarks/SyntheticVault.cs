using System.Globalization;

namespace FaceVault.Benchmarks;

/// <summary>A vault in a folder of its own, filled with people who do not exist. Deleted on dispose.</summary>
internal sealed class SyntheticVault : IDisposable
{
    public const string Model = "synthetic-512";
    public const int Dimensions = 512;
    private const int PoolSize = 4096;

    private static readonly string NoticeHash = new('a', 64);
    private static readonly float[][] Pool = MakePool();

    private readonly DirectoryInfo folder;
    private readonly int mirrors;
    private int people;

    /// <param name="parent">Where the folder is made; the disk under it is what is measured.</param>
    /// <param name="encoding">How templates are kept.</param>
    /// <param name="mirrors">How many mirrors, on the same disk.</param>
    /// <param name="kind">What the templates are for.</param>
    public SyntheticVault(string parent, TemplateEncoding encoding = TemplateEncoding.Int8, int mirrors = 0, PurposeKind kind = PurposeKind.Identification)
    {
        this.mirrors = mirrors;
        folder = Directory.CreateDirectory(Path.Combine(parent, "facevault-bench-" + Guid.NewGuid().ToString("N")));
        Vault = NewVault();
        Vault.InitializeAsync(CancellationToken.None).GetAwaiter().GetResult();
        Vault.EnsurePurposeAsync(Door(encoding, kind), CancellationToken.None).GetAwaiter().GetResult();
    }

    public static PurposeId Purpose { get; } = new("door");

    public Vault Vault { get; private set; }

    public string Folder => folder.FullName;

    /// <summary>How many people were made so far; person i has consent <see cref="Consent"/>(i).</summary>
    public int People => people;

    public static ConsentId Consent(int person) => new(string.Create(CultureInfo.InvariantCulture, $"c-{person}"));

    public static ReadOnlyMemory<float> Embedding(int person) => Pool[person % PoolSize];

    /// <summary>The next person's grant.</summary>
    public ConsentGrant NextGrant()
    {
        int person = Interlocked.Increment(ref people) - 1;
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new ConsentGrant
        {
            Id = Consent(person),
            Subject = new SubjectId(string.Create(CultureInfo.InvariantCulture, $"s-{person}")),
            Purpose = Purpose,
            GivenAt = now,
            ExpiresAt = now.AddMonths(6),
            Notice = new Notice { Language = "en", Sha256 = NoticeHash },
            NoticeShownAt = now,
            Form = "written",
            AgeBand = "adult",
            InteractionId = string.Create(CultureInfo.InvariantCulture, $"i-{person}"),
        };
    }

    /// <summary>Grants and enrolls new people, one template each.</summary>
    public Task<ImportResult> ImportAsync(int count) => Vault.ImportAsync(Purpose, Model, NextEnrollments(count), cancellationToken: CancellationToken.None);

    /// <summary>Grants only, in the largest batches there are.</summary>
    public async Task GrantAsync(int count)
    {
        for (int left = count; left > 0; left -= PoolSize)
            await Vault.GrantConsentsAsync([.. Enumerable.Range(0, Math.Min(left, PoolSize)).Select(_ => NextGrant())], CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Closes the vault and opens it again.</summary>
    public async Task ReopenAsync()
    {
        Vault.Dispose();
        Vault = NewVault();
        await Vault.OpenAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Vault.Dispose();
        folder.Delete(recursive: true);
    }

    private static Purpose Door(TemplateEncoding encoding, PurposeKind kind) => new()
    {
        Id = Purpose,
        Kind = kind,
        Description = "Opens a door in a benchmark.",
        Necessity = "There is no door.",
        Models = [new TemplateModel(Model, Dimensions, encoding)],
        MaxRetention = CalendarPeriod.Parse("P1Y"),
        EvidenceRetention = CalendarPeriod.Parse("P3Y"),
        Alternatives = ["a key"],
        Assessment = "none: nobody is here",
        Notice = new Notice { Language = "en", Sha256 = NoticeHash },
        Profile = "baseline",
    };

    private static float[][] MakePool()
    {
        var random = new Random(1);
        var pool = new float[PoolSize][];
        for (int i = 0; i < PoolSize; i++)
        {
            pool[i] = new float[Dimensions];
            for (int d = 0; d < Dimensions; d++)
                pool[i][d] = random.NextSingle() - 0.5f;
        }

        return pool;
    }

    private async IAsyncEnumerable<Enrollment> NextEnrollments(int count)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        for (int i = 0; i < count; i++)
        {
            int person = people;
            yield return new Enrollment(NextGrant(), Embedding(person));
        }
    }

    private Vault NewVault() => VaultIn(Folder, mirrors);

    /// <summary>The vault that another process made in this folder.</summary>
    public static Vault VaultIn(string folder, int mirrors, int? threads = null)
    {
        var options = new VaultOptions
        {
            Directory = Path.Combine(folder, "vault"),
            RootKey = new FileRootKeyStore(Path.Combine(folder, "root-a.key"), Path.Combine(folder, "root-b.key")) { AllowEphemeral = true },
        };
        options.MatchingThreads = threads ?? options.MatchingThreads;
        for (int i = 0; i < mirrors; i++)
            options.Mirrors.Add(Path.Combine(folder, Text($"mirror-{i}")));
        return new Vault(options);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
