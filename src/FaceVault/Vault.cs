using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Interop;
using FaceVault.Operations;
using FaceVault.Storage;
using FaceVault.Telemetry;

namespace FaceVault;

/// <summary>A vault of face templates: each is sealed under a key that belongs to one subject, one purpose and one consent, and destroying that key is the deletion, which is proved.</summary>
/// <remarks>
/// <para>Thread-safe. Constructing does no I/O; the first call opens an existing vault (or fails with <see cref="VaultErrorCode.VaultNotFound"/>), <see cref="InitializeAsync"/> makes a new one.</para>
/// <para>A misused argument is a BCL exception, a failure of the world a <see cref="VaultException"/> with a code, a rule's no a <see cref="RefusedException"/> with all violations.</para>
/// <para>Each call may throw, beside what it names: <see cref="ObjectDisposedException"/> after <see cref="Dispose"/>; <see cref="OperationCanceledException"/> for its token; <see cref="ArgumentException"/> for null
/// and for an id that is the default of its type; what <see cref="OpenAsync"/> throws, if the vault was not open yet; <see cref="VaultException"/> with <see cref="VaultErrorCode.StoreFailed"/> (a store cannot be
/// read or written), <see cref="VaultErrorCode.StoreDamaged"/> or <see cref="VaultErrorCode.IntegrityViolated"/> (what was read is not what was written).</para>
/// <para>Calls that write or compare may throw <see cref="VaultException"/> with <see cref="VaultErrorCode.ReadOnlyAccess"/> (the vault only inspects), with the code that a witness's answer gave (see
/// <see cref="CosignAsync"/>), and, when they write, with <see cref="VaultErrorCode.VaultFaulted"/> (another commit failed, and where the vault stands is being decided: ask, then repeat),
/// <see cref="VaultErrorCode.CapacityExceeded"/> (a limit of docs/capacity.md) or <see cref="VaultErrorCode.PlaceUnreachable"/> (a key has to be destroyed, and a listed place is missing). Those that destroy a key throw <see cref="InvalidOperationException"/> inside the function of
/// <see cref="AnalyzeAsync"/>: they would wait for themselves.</para>
/// <para>Writes that wait together share one durable commit (one flush of the store); withdrawals that wait together share a destroying commit.</para>
/// </remarks>
public sealed partial class Vault : IAsyncDisposable, IDisposable
{
    private readonly VaultOptions options;
    private readonly SemaphoreSlim opening = new(1, 1);
    private VaultSession? session;
    private bool disposed;

    /// <summary>Names a vault. No I/O happens here.</summary>
    /// <param name="options">The settings; copied here, so that later changes to them mean nothing.</param>
    /// <exception cref="ArgumentException">Settings are missing or out of range; the message names all of them and says what to do.</exception>
    public Vault(VaultOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.CopyValid(nameof(options));
    }

    /// <summary>The name the ledger is signed under.</summary>
    /// <exception cref="InvalidOperationException">The vault is not open yet.</exception>
    public string Origin => Open.Origin;

    /// <summary>The public key with which anyone checks certificates and checkpoints.</summary>
    /// <exception cref="InvalidOperationException">The vault is not open yet.</exception>
    public VerifierKey VerifierKey => Open.ReadVerifierKey();

    /// <summary>Flushes asked for by the stores and mirrors of this vault since it was opened, for figures that count them.</summary>
    internal long Flushes => Engine.Flushes;

    /// <summary>What the open vault works with, for tests that look inside.</summary>
    internal VaultEngine Engine => Open.Engine;

    private VaultSession Open => session ?? throw new InvalidOperationException("Open the vault first (OpenAsync or InitializeAsync).");

    /// <summary>Makes a new vault: root locations, mirrors, stores and the first ledger entries. Once; what a crash left of it is gone on with.</summary>
    /// <param name="cancellationToken">Counts until the work begins.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/> when the folder, a mirror or a root location holds one; <see cref="VaultErrorCode.RootPathRefused"/>,
    /// <see cref="VaultErrorCode.RootKeyFailed"/>, <see cref="VaultErrorCode.PlaceUnreachable"/>: a place cannot be used; <see cref="VaultErrorCode.ReadOnlyAccess"/>.</exception>
    /// <exception cref="PlatformNotSupportedException">Libsodium is missing or too old; the message says what to install.</exception>
    public Task InitializeAsync(CancellationToken cancellationToken = default) => StartAsync(Initialize, cancellationToken);

    /// <summary>Opens an existing vault; does nothing when it is open. About 0.5 s per million consents.</summary>
    /// <param name="cancellationToken">Counts until the work begins.</param>
    /// <exception cref="VaultException">Why it does not open, with what helps: <see cref="VaultErrorCode.VaultNotFound"/>; <see cref="VaultErrorCode.VaultInUse"/> after <see cref="VaultOptions.LockTimeout"/>;
    /// <see cref="VaultErrorCode.StoreRolledBack"/>, <see cref="VaultErrorCode.StoreForked"/>, <see cref="VaultErrorCode.StoreMissing"/>, <see cref="VaultErrorCode.StoreDamaged"/>, <see cref="VaultErrorCode.HeadMissing"/>;
    /// <see cref="VaultErrorCode.RootKeyMissing"/>, <see cref="VaultErrorCode.RootKeyForeign"/>, <see cref="VaultErrorCode.RootPathRefused"/>, <see cref="VaultErrorCode.RootPassphraseWrong"/>;
    /// <see cref="VaultErrorCode.FormatTooNew"/>, <see cref="VaultErrorCode.FormatTooOld"/>. Nothing was written then.</exception>
    /// <exception cref="PlatformNotSupportedException">Libsodium is missing or too old; the message says what to install.</exception>
    public Task OpenAsync(CancellationToken cancellationToken = default) => session is null || disposed ? StartAsync(OpenExisting, cancellationToken) : Task.CompletedTask;

    /// <summary>Where the root locations of a vault lie, as its <c>vault.json</c> says: the paths to give to a <see cref="FileRootKeyStore"/>. Reads one small file and opens nothing.</summary>
    /// <param name="directory">The vault's folder. When that is lost, a mirror's folder says the same.</param>
    /// <returns>The <see cref="IRootLocation.Description"/> of each, which of a file is its absolute path, in the order in which they were named.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultNotFound"/>, <see cref="VaultErrorCode.FormatTooNew"/>, <see cref="VaultErrorCode.StoreDamaged"/>, <see cref="VaultErrorCode.StoreFailed"/>.</exception>
    public static string[] ReadRootPaths(string directory) => [.. VaultDescription.Read(directory).Roots];

    /// <summary>Ends what is queued, closes the galleries, records the last commit at the root locations, wipes all keys and disposes the root key store. Waits for a commit that is being written.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        opening.Wait(); // an opening that runs ends first; whoever waits behind it is told
        try
        {
            session?.Dispose();
            if (session is null)
                options.RootKey?.Dispose();
        }
        finally
        {
            opening.Release();
        }
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    private async Task StartAsync(Func<VaultSession> start, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (session is not null && start == Initialize)
                throw Error.VaultExists();
            session ??= await StartAsync(start == Initialize ? "facevault.initialize" : "facevault.open", start, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            opening.Release();
        }
    }

    private static async Task<VaultSession> StartAsync(string name, Func<VaultSession> start, CancellationToken cancellationToken)
    {
        using TraceSpan span = TraceSpan.Start(name);
        try
        {
            VaultSession started = await Task.Run(start, cancellationToken).ConfigureAwait(false);
            span.With(TagNames.Origin, started.Origin);
            ObservedVaults.Add(started);
            return started;
        }
        catch (Exception failure) when (span.Failed(failure))
        {
            throw;
        }
    }

    private async ValueTask<VaultSession> SessionAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (session is null)
            await OpenAsync(cancellationToken).ConfigureAwait(false);
        return session!;
    }

    private VaultSession Initialize()
    {
        Libsodium.EnsureLoaded();
        VaultDescription description = PrepareNew();
        VaultPlaces stores = options.Places ?? FilesOf(description);
        (byte[] VaultId, string Origin)? begun = InterruptedCreation.Find(stores, options.RootKey!);
        if (begun is { } half)
            description = description with { VaultId = Convert.ToHexStringLower(half.VaultId), Origin = half.Origin };
        VaultSession made = Build(description);
        try
        {
            if (begun is null)
            {
                made.Engine.Create();
            }
            else
            {
                made.Engine.Start();
                ThrowIfMade(); // somebody else made it whole since we looked; whoever has the root key now is alone
                made.Engine.EndCreation();
            }

            if (options.Places is { } places)
                places.Description = description;
            else
                WriteDescription(description);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Writes <c>vault.json</c>, last of all; each mirror has a copy, so that it can be restored from alone.</summary>
    private void WriteDescription(VaultDescription description)
    {
        foreach (string mirror in description.Mirrors)
            description.Write(mirror);
        description.Write(options.Directory);
    }

    private VaultDescription PrepareNew()
    {
        if (options.Access != VaultAccess.ReadWrite)
            throw Error.NotInspecting();
        options.RootKey!.CheckPlacement(options.Directory, creating: true);
        string[] mirrors = [.. options.Mirrors.Select(VaultDescription.FolderOf)];
        foreach (string mirror in mirrors)
            options.RootKey.CheckPlacement(mirror, creating: false);
        byte[] id = SecureRandom.Bytes(16);
        string hex = Convert.ToHexStringLower(id);
        string origin = options.Origin ?? $"facevault.local/{hex[..16]}";
        ThrowIfMade();
        if (options.Places is not null)
            return new VaultDescription(hex, origin, [], []);
        VaultDescription.MakeFolder(options.Directory);
        foreach (string mirror in mirrors)
            VaultDescription.MakeFolder(mirror);
        return new VaultDescription(hex, origin, [.. options.RootKey.Locations.Select(l => l.Description)], mirrors);
    }

    private void ThrowIfMade()
    {
        if (options.Places is { } places ? places.Description is not null : File.Exists(Path.Combine(options.Directory, VaultDescription.FileName)))
            throw Error.VaultExists();
    }

    private VaultSession OpenExisting()
    {
        Libsodium.EnsureLoaded();
        VaultDescription description = options.Places is { } places ? places.Description ?? throw Error.VaultNotFound() : VaultDescription.Read(options.Directory);
        options.RootKey!.CheckPlacement(options.Directory, creating: false);
        VaultSession opened = Build(description);
        try
        {
            if (options.Access == VaultAccess.Inspect)
                opened.Engine.StartInspecting();
            else
                opened.Engine.Start();
            opened.LoadPurposes();
            Resume(opened);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Takes up what was stopped and not yet destroyed. It may fail: it is tried again at every withdrawal and sweep.</summary>
    private static void Resume(VaultSession opened)
    {
        StopRequest[] stopped = [.. opened.Engine.Work.Where(w => w.IsStopped).Select(w => new StopRequest(w.Slot, (DeletionTrigger)w.Trigger, null))];
        if (stopped.Length > 0 && !opened.Engine.IsInspecting)
            _ = opened.Withdrawals.RunAsync(stopped).ContinueWith(static t => t.Exception, TaskScheduler.Default);
    }

    private VaultSession Build(VaultDescription description)
    {
        VaultPlaces places = options.Places ?? FilesOf(description);
        VaultSession? built = null;
        var purposes = new PurposeRegistry();
        var engine = new VaultEngine(new EngineOptions
        {
            VaultId = description.VaultIdBytes,
            Origin = description.Origin,
            Store = places.Store,
            Templates = places.Templates,
            Mirrors = places.Mirrors,
            Roots = options.RootKey!,
            Evidence = new ConsentEvidence(description.VaultIdBytes, purposes),
            Clock = options.TimeProvider,
            Logger = VaultLogger.Of(options.LoggerFactory),
            LockTimeout = options.LockTimeout,
            DrainTimeout = options.DrainTimeout,
            MostInBatch = options.MostInBatch,
            RecordYears = () => built!.RecordYears,
            RecordInterval = options.RecordInterval,
            Purge = slots => built!.Galleries.Purge(slots),
            Reopened = (store, crown) => built!.Load(store, crown),
        });
        return built = new VaultSession(
            engine, description.Origin, new SessionOptions(options.TimeProvider, options.MatchingThreads, options.MaxWaitingCallers, options.RequireLockedGalleries) { Rules = options.Rules, WorkingDays = options.WorkingDays, MaxTemplateCopiesPerDay = options.MaxTemplateCopiesPerDay, ProcessingRecordYears = options.ProcessingRecordYears }, purposes);
    }

    private VaultPlaces FilesOf(VaultDescription description)
    {
        IEnumerable<string> mirrors = options.Mirrors.Count > 0 ? options.Mirrors.Select(VaultDescription.FolderOf) : description.Mirrors;
        return new VaultPlaces(
            new SqliteKeyStoreLocation(Path.Combine(options.Directory, "keys.db"), options.LockTimeout),
            new SqliteTemplateStoreLocation(Path.Combine(options.Directory, "templates.db"), options.LockTimeout),
            [.. mirrors.Select(m => new SqliteKeyStoreLocation(Path.Combine(m, "keys.db"), options.LockTimeout))]);
    }
}
