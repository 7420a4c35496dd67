using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Rules;
using FaceVault.Storage;
using Microsoft.Extensions.Logging;

namespace FaceVault;

/// <summary>Whether a vault may be changed.</summary>
public enum VaultAccess
{
    /// <summary>The one process that writes: takes the root location's lock.</summary>
    ReadWrite = 0,

    /// <summary>Reads beside a running writer: status, audit, ledger, checkpoint, certificates. Takes no template key and changes no byte.</summary>
    Inspect = 1,
}

/// <summary>The settings of a <see cref="Vault"/>, read once when it is made; all that is wrong with them is said at once then.</summary>
/// <remarks>Not for several threads at once. What a vault was made from may be changed afterwards and used for another.</remarks>
public sealed class VaultOptions
{
    private const int LeastRecordYears = 3;
    private const int MostRecordYears = 100;

    /// <summary>The vault's folder. Required.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Where the root key lies, outside the folder: for example a <see cref="FileRootKeyStore"/> with one or more paths. Required; the vault disposes it.</summary>
    public IRootKeyStore? RootKey { get; set; }

    /// <summary>Folders that hold a mirror of the key store. When opening, an empty list means those that <c>vault.json</c> names.</summary>
    /// <remarks>The vault's own list says which mirrors it has (<see cref="Vault.AddMirrorAsync"/>, <see cref="Vault.DropMirrorAsync"/>): one that is listed and not named here counts as missing, one that is named here and not listed is left as it is, and status says so.</remarks>
    public IList<string> Mirrors { get; private set; } = [];

    /// <summary>Who cosigns checkpoints when <see cref="Vault.CosignAsync"/> is called; at most 63, each with a key of its own. Default: nobody, and no connection is ever opened.</summary>
    public IList<Witness> Witnesses { get; private set; } = [];

    /// <summary>Profiles of rules beside <c>baseline</c>, <c>cn</c>, <c>eu</c> and <c>us-il</c>, each with a name of its own; one that extends another includes it. Default: none.</summary>
    /// <remarks>A purpose under a profile that is missing here is refused every use and can still be reported, withdrawn and erased.</remarks>
    public IList<RuleProfile> Profiles { get; private set; } = [];

    /// <summary>The calendar by which working days are counted, for the last day of a filing (P11: CAC 15). Default null: a consent with which a threshold is reached is refused (<see cref="ViolationCode.CalendarMissing"/>).</summary>
    public WorkingDayCalendar? WorkingDays { get; set; }

    /// <summary>The name the vault signs its ledger under, used when it is made: 1 to 256 characters without spaces, plus signs or control characters. Default: <c>facevault.local/</c> and the vault's id.</summary>
    public string? Origin { get; set; }

    /// <summary>Whether this process may write. Default: <see cref="VaultAccess.ReadWrite"/>.</summary>
    public VaultAccess Access { get; set; }

    /// <summary>How long to wait for another process to let go. Default 10 s; zero or more.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a withdrawal waits for uses of the same consent that began before it. Default 5 s; more than zero.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a gallery that cannot be locked in memory is refused. Default false: it is opened, and says so in <see cref="Gallery.IsLocked"/>.</summary>
    public bool RequireLockedGalleries { get; set; }

    /// <summary>Threads for matching, 1 to 1,024: so many compare at once, whatever the number of galleries and callers. Default: the number of processors.</summary>
    /// <remarks>Verifications and the naming of matches, which mostly wait for the store, have as many threads of their own, so that no thread of their callers is held.</remarks>
    public int MatchingThreads { get; set; } = Environment.ProcessorCount;

    /// <summary>How many callers may wait at once for each gallery (<see cref="Gallery.IdentifyAsync"/>), and as many again for verifications (<see cref="Vault.VerifyFaceAsync"/>) and questions that wait for a commit, 1 to 65,536.
    /// Default 1,024. One more is told <see cref="VaultErrorCode.Busy"/> at once. A caller who waits costs the memory of one probe.</summary>
    public int MaxWaitingCallers { get; set; } = 1024;

    /// <summary>How many templates may be handed out in a day, midnight to midnight UTC, over all consents (<see cref="Vault.CopyTemplatesAsync"/>), 0 to 1,000,000. Default 100. The ledger counts them, so that a restart does not begin anew.</summary>
    public int MaxTemplateCopiesPerDay { get; set; } = 100;

    /// <summary>For how many years processing records are kept, counted from the end of a day, 3 to 100. Default 3, the least that PIPL 56 allows; a profile of <see cref="Profiles"/> may ask for longer. Older days are dropped. See <see cref="Vault.ListProcessingRecordsAsync"/>.</summary>
    public int ProcessingRecordYears { get; set; } = LeastRecordYears;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets what an operator should know, in the category <c>FaceVault</c>: never an identifier of a person or consent, a score or a path. Default null: nothing is logged;
    /// <see cref="FaceVaultServiceCollectionExtensions.AddFaceVault(Microsoft.Extensions.DependencyInjection.IServiceCollection, Action{VaultOptions})"/> sets the provider's.</summary>
    /// <remarks>Called from any thread, the one that writes included, which waits for it; what it throws is lost. Not disposed by the vault. The events stand in docs/telemetry.md.</remarks>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>How long counts in memory wait for a commit; other than a minute in tests.</summary>
    internal TimeSpan RecordInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many slots one destroying commit takes at most; small in tests, so that batches are split.</summary>
    internal int MostInBatch { get; set; } = Crown.MostWorkItems;

    /// <summary>All profiles that are known.</summary>
    internal RuleBook Rules => Profiles.Count == 0 ? RuleBook.BuiltIn : new RuleBook(Profiles);

    /// <summary>Stores other than the files in <see cref="Directory"/>, for tests.</summary>
    internal VaultPlaces? Places { get; set; }

    /// <summary>Settings of a vault that lives in memory, for tests of code that uses one: nothing touches a disk, and everything else is as in a real vault.</summary>
    /// <remarks>The places belong to the options: a second <see cref="Vault"/> with the same options opens what the first one left when it was disposed.</remarks>
    /// <param name="clock">The clock; null for the system's.</param>
    /// <param name="faults">What is to fail, now or later; null for nothing.</param>
    public static VaultOptions InMemoryForTests(TimeProvider? clock = null, InMemoryFaults? faults = null) => new()
    {
        Directory = "memory",
        RootKey = new InMemoryRootKeyStore(),
        Places = new VaultPlaces(new InMemoryKeyStoreLocation(faults: faults?.Stores), new InMemoryTemplateStoreLocation(faults: faults?.Stores), faults is null ? [] : [faults.Mirror]),
        TimeProvider = clock ?? TimeProvider.System,
    };

    /// <summary>What is missing or out of range: a sentence each, naming the property.</summary>
    internal IEnumerable<string> FindProblems()
    {
        if (string.IsNullOrWhiteSpace(Directory))
            yield return Error.OptionDirectory;
        if (RootKey is null)
            yield return Error.OptionRootKey;
        if (!MirrorsAreDistinct())
            yield return Error.OptionMirrors;
        if (Witnesses.Any(w => w?.Key is not { IsWitness: true }) || Witnesses.DistinctBy(w => w.Key).Count() < Witnesses.Count || Witnesses.Count >= SignedNote.MaxSignatures)
            yield return Error.OptionWitnesses;
        if (Origin is not null && !VerifierKey.IsName(Origin))
            yield return Error.OptionOrigin;
        if (!Enum.IsDefined(Access))
            yield return Error.OptionAccess;
        if (LockTimeout < TimeSpan.Zero)
            yield return Error.OptionLockTimeout;
        if (DrainTimeout <= TimeSpan.Zero)
            yield return Error.OptionDrainTimeout;
        if (MatchingThreads is < 1 or > 1024)
            yield return Error.OptionMatchingThreads;
        if (MaxWaitingCallers is < 1 or > 65_536)
            yield return Error.OptionMaxWaitingCallers;
        if (MaxTemplateCopiesPerDay is < 0 or > 1_000_000)
            yield return Error.OptionMaxTemplateCopiesPerDay;
        if (ProcessingRecordYears is < LeastRecordYears or > MostRecordYears)
            yield return Error.OptionProcessingRecordYears;
        if (TimeProvider is null)
            yield return Error.OptionTimeProvider;
        if (ProblemOfProfiles() is { } problem)
            yield return problem;
    }

    /// <summary>A copy that nobody else changes.</summary>
    /// <exception cref="ArgumentException">All problems.</exception>
    internal VaultOptions CopyValid(string parameter)
    {
        string[] problems = [.. FindProblems()];
        if (problems.Length > 0)
            throw Error.OptionsRefused(problems, parameter);
        var copy = (VaultOptions)MemberwiseClone();
        copy.Mirrors = [.. Mirrors];
        copy.Witnesses = [.. Witnesses];
        copy.Profiles = [.. Profiles];
        return copy;
    }

    private string? ProblemOfProfiles()
    {
        if (Profiles.Any(profile => profile is null))
            return Error.OptionProfiles(null);
        try
        {
            _ = Rules;
            return null;
        }
        catch (ArgumentException problem)
        {
            return Error.OptionProfiles(problem);
        }
    }

    /// <summary>A mirror in the vault's own folder would be the key store itself, and one named twice would be one.</summary>
    private bool MirrorsAreDistinct()
    {
        HashSet<string> folders = [FolderOf(Directory)];
        return Mirrors.All(mirror => !string.IsNullOrWhiteSpace(mirror) && folders.Add(FolderOf(mirror)));

        static string FolderOf(string path) => string.IsNullOrWhiteSpace(path) ? "" : VaultDescription.FolderOf(path);
    }
}

/// <summary>Where a vault's parts lie when they are not files in its folder.</summary>
internal sealed record VaultPlaces(IKeyStoreLocation Store, ITemplateStoreLocation Templates, IReadOnlyList<IKeyStoreLocation> Mirrors)
{
    /// <summary>Stands for <c>vault.json</c>.</summary>
    public VaultDescription? Description { get; set; }
}
