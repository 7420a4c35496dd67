using Microsoft.Extensions.Configuration;

namespace FaceVault.Hosting;

/// <summary>A gallery that is loaded before the vault counts as ready.</summary>
/// <param name="Key">The configuration key that names it.</param>
/// <param name="Purpose">The purpose.</param>
/// <param name="Model">The model; null for the current one.</param>
/// <param name="Mode">Open unless it says otherwise.</param>
internal sealed record ConfiguredGallery(string Key, PurposeId Purpose, string? Model, GalleryMode Mode);

/// <summary>What a configuration section says about one vault. Null and empty mean: not set.</summary>
internal sealed record VaultSettings
{
    /// <summary>What runs out is destroyed at the latest so long afterwards: no setting disables deletion (SPC 12).</summary>
    public static readonly TimeSpan LongestSweepPeriod = TimeSpan.FromDays(1);

    public const int MostMatchingThreads = 1024;

    public const int MostWaitingCallers = 65_536;

    public const int MostTemplateCopies = 1_000_000;

    /// <summary>Processing records are kept three years at least (PIPL 56).</summary>
    public const int LeastRecordYears = 3;

    public const int MostRecordYears = 100;

    public static IReadOnlyList<string> Keys { get; } =
    [
        nameof(Directory), nameof(RootKey), nameof(PassphraseFile), nameof(Mirrors), nameof(Origin), nameof(LockTimeout), nameof(DrainTimeout), nameof(RequireLockedGalleries),
        nameof(MatchingThreads), nameof(MaxWaitingCallers), nameof(MaxTemplateCopiesPerDay), nameof(ProcessingRecordYears), nameof(Profiles), nameof(WorkingDays), nameof(Purposes), nameof(Galleries), nameof(SweepPeriod),
    ];

    public string? Directory { get; private init; }

    public IReadOnlyList<string> RootKey { get; private init; } = [];

    public string? PassphraseFile { get; private init; }

    public IReadOnlyList<string> Mirrors { get; private init; } = [];

    public string? Origin { get; private init; }

    public TimeSpan? LockTimeout { get; private init; }

    public TimeSpan? DrainTimeout { get; private init; }

    public bool? RequireLockedGalleries { get; private init; }

    public int? MatchingThreads { get; private init; }

    public int? MaxWaitingCallers { get; private init; }

    public int? MaxTemplateCopiesPerDay { get; private init; }

    public int? ProcessingRecordYears { get; private init; }

    public IReadOnlyList<string> Profiles { get; private init; } = [];

    public string? WorkingDays { get; private init; }

    public string? Purposes { get; private init; }

    public IReadOnlyList<ConfiguredGallery> Galleries { get; private init; } = [];

    public TimeSpan SweepPeriod { get; private init; } = TimeSpan.FromHours(1);

    public IReadOnlyList<string> Problems { get; private init; } = [];

    public static VaultSettings Read(IConfiguration section)
    {
        var reader = new SectionReader(section);
        reader.RefuseOthers(Keys);
        var settings = new VaultSettings();
        return settings with
        {
            Directory = reader.Text(nameof(Directory)),
            RootKey = reader.Texts(nameof(RootKey)),
            PassphraseFile = reader.Text(nameof(PassphraseFile)),
            Mirrors = reader.Texts(nameof(Mirrors)),
            Origin = reader.Text(nameof(Origin)),
            LockTimeout = reader.Duration(nameof(LockTimeout), zero: true),
            DrainTimeout = reader.Duration(nameof(DrainTimeout)),
            RequireLockedGalleries = reader.Switch(nameof(RequireLockedGalleries)),
            MatchingThreads = reader.Number(nameof(MatchingThreads), MostMatchingThreads),
            MaxWaitingCallers = reader.Number(nameof(MaxWaitingCallers), MostWaitingCallers),
            MaxTemplateCopiesPerDay = reader.Number(nameof(MaxTemplateCopiesPerDay), MostTemplateCopies, least: 0),
            ProcessingRecordYears = reader.Number(nameof(ProcessingRecordYears), MostRecordYears, LeastRecordYears),
            Profiles = reader.Texts(nameof(Profiles)),
            WorkingDays = reader.Text(nameof(WorkingDays)),
            Purposes = reader.Text(nameof(Purposes)),
            Galleries = reader.Galleries(nameof(Galleries)),
            SweepPeriod = reader.Duration(nameof(SweepPeriod), most: LongestSweepPeriod) ?? settings.SweepPeriod,
            Problems = reader.Problems,
        };
    }
}
