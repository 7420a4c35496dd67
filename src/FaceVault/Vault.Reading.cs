using System.Runtime.CompilerServices;
using FaceVault.Commits;
using FaceVault.Operations;

namespace FaceVault;

/// <content>Reading: consents, certificates, the ledger and its proofs, status and audit.</content>
/// <remarks>Short questions are answered on the caller's thread; while a commit is written they wait on a thread of the vault's own.</remarks>
public sealed partial class Vault
{
    private const int Page = 256;

    /// <summary>What the vault knows of a consent. About 50 µs.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>Null when the vault knows no consent of that id, or its evidence was destroyed.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<ConsentInfo?> GetConsentAsync(ConsentId consent, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => Reading.Find(open, consent), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The receipt of a consent, made again from its sealed record: for a subject who lost it, or after an import that ended early. About 50 µs.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>Null when the vault knows no consent of that id, or its evidence was destroyed.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<ConsentReceipt?> GetReceiptAsync(ConsentId consent, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => Reading.Receipt(open, consent), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The record of a consent for whoever has to show it, or to take it elsewhere: JSON in the sections of ISO/IEC TS 27560 (header, processing, parties, events), in UTF-8, one line without a line end. About 50 µs.</summary>
    /// <param name="consent">The consent, whatever became of it.</param>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>The record; docs/consents.md describes its members. It names people, and holds no template, key or salt.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>: the vault knows no consent of that id, or its evidence was destroyed. <see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as
    /// <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<byte[]> ExportConsentAsync(ConsentId consent, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => ConsentExport.Make(open, consent), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Every consent of a subject whose evidence lives. About 50 µs a consent.</summary>
    /// <param name="subject">The person.</param>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>In the order of their slots; empty when there is none.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<IReadOnlyList<ConsentInfo>> FindConsentsAsync(SubjectId subject, CancellationToken cancellationToken = default)
    {
        SubjectId.Check(subject, nameof(subject));
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => Reading.Find(open, subject), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the vault keeps about a person, for that person: consents whose evidence lives, with purposes, dates, recipients and history.</summary>
    /// <remarks>Reads one view of the vault and opens no template. About 50 µs a consent.</remarks>
    /// <param name="subject">The person.</param>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>The report; without consents when the vault keeps nothing.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<SubjectReport> GetSubjectReportAsync(SubjectId subject, CancellationToken cancellationToken = default)
    {
        SubjectId.Check(subject, nameof(subject));
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => Reporting.Make(open, subject), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Every consent whose evidence lives, or those of a purpose, in the order in which they were recorded; read in pages of 256, so that commits go on meanwhile. About 15 µs a consent.</summary>
    /// <param name="purpose">Only consents to this purpose, of all its versions; null for all.</param>
    /// <param name="after">Begin behind this consent, for example the last one of the page shown before; null from the start.</param>
    /// <param name="cancellationToken">Ends the list between two pages.</param>
    /// <returns>Each consent as it stood when its page was read.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>; <see cref="VaultErrorCode.ConsentUnknown"/>: the vault does not know <paramref name="after"/> (any more): begin from the
    /// start; <see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as
    /// <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async IAsyncEnumerable<ConsentInfo> ListConsentsAsync(PurposeId? purpose = null, ConsentId? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (purpose is { } named)
            PurposeId.Check(named, nameof(purpose));
        if (after is { } last)
            ConsentId.Check(last, nameof(after));
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        uint next = after is { } shown ? await open.AskAsync(() => Reading.SlotOf(open, shown) + 1, mayBeBusy: true, cancellationToken).ConfigureAwait(false) : 1;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            uint from = next;
            (List<ConsentInfo> page, next) = await open.AskAsync(() => Reading.List(open, purpose, from, Page), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
            foreach (ConsentInfo consent in page)
                yield return consent;
        }
        while (next != 0);
    }

    /// <summary>The certificates of a consent, all under the newest checkpoint.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>Oldest first; empty while nothing of it was destroyed.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>; <see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/>
    /// wait for it already.</exception>
    public async Task<IReadOnlyList<DeletionCertificate>> GetDeletionCertificatesAsync(ConsentId consent, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        return await Certificates.OfConsentAsync(await FreshAsync(cancellationToken).ConfigureAwait(false), consent, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The certificate behind a <c>destruction-completed</c> line of the ledger, also after the evidence of its consent is gone.</summary>
    /// <param name="ledgerIndex">The line's index, from 0 (<see cref="DeletionCertificate.CompletedIndex"/>, <see cref="ConsentInfo.Certificates"/>).</param>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>The certificate, under the newest checkpoint.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative index.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.CertificateUnknown"/>: there is none; <see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as
    /// <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<DeletionCertificate> GetDeletionCertificateAsync(long ledgerIndex, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ledgerIndex);
        return await Certificates.AtAsync(await FreshAsync(cancellationToken).ConfigureAwait(false), ledgerIndex, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The signed head of the ledger. Keep one: under it nothing can be dropped, changed or reordered.</summary>
    /// <remarks>Signed over what is durable in every place and recorded at a root location, which may take a commit's time. On a vault that inspects it is the head that the writer recorded last.</remarks>
    /// <param name="cancellationToken">Gives up opening the vault; the signing runs to its end.</param>
    /// <returns>With the cosignatures of witnesses, if they cosigned this size.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PlaceUnreachable"/> or <see cref="VaultErrorCode.RootKeyFailed"/>: the head could not be recorded; <see cref="VaultErrorCode.VaultFaulted"/>; the code
    /// of a witness's answer (<see cref="CosignAsync"/>).</exception>
    public async Task<Checkpoint> GetCheckpointAsync(CancellationToken cancellationToken = default) =>
        new((await Certificates.CheckpointAsync(await FreshAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false)).Note);

    /// <summary>A proof that the ledger of a kept checkpoint is the beginning of today's: <see cref="ConsistencyProof.Check(Checkpoint, Checkpoint)"/>.</summary>
    /// <param name="oldSize">The size in the kept checkpoint, 0 or more.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The path to the ledger as it is now; <see cref="GetCheckpointAsync"/>, asked before anything else is written, is the other end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative or larger than today's.</exception>
    /// <exception cref="VaultException">As for <see cref="GetCheckpointAsync"/>; <see cref="VaultErrorCode.Busy"/>.</exception>
    public async Task<ConsistencyProof> ProveConsistencyAsync(long oldSize, CancellationToken cancellationToken = default)
    {
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        (_, long size) = await Certificates.CheckpointAsync(open).ConfigureAwait(false);
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, size);
        return await open.AskAsync(() => Proof(open, oldSize, size), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The ledger's lines from an index on, exactly as they were hashed; read in pages of 256, about 2 µs a line. Whoever has them can recompute every checkpoint (<see cref="MerkleHash.OfTree"/>).</summary>
    /// <param name="from">The first index, 0 or more; from the end on there are none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The lines in their order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative index.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async IAsyncEnumerable<LedgerLine> ReadLedgerAsync(long from = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long first = from;
            List<LedgerLine> page = await open.AskAsync(() => LedgerPage(open, first), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
            foreach (LedgerLine line in page)
                yield return line;
            if (page.Count < Page)
                break;
            from += page.Count;
        }
    }

    /// <summary>Counts, sizes, places and warnings. Reads no template key.</summary>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>How the vault stood at one moment.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<VaultStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => Inspecting.Status(open), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shows the newest checkpoint to every witness of <see cref="VaultOptions.Witnesses"/> and collects their cosignatures. Opens connections only here.</summary>
    /// <param name="cancellationToken">Gives up waiting for witnesses.</param>
    /// <returns>The checkpoint with a cosignature of each witness. It is kept: checkpoints and certificates asked for afterwards carry the cosignatures as far as it reaches.</returns>
    /// <exception cref="InvalidOperationException">The vault has no witness.</exception>
    /// <exception cref="VaultException">
    /// <see cref="VaultErrorCode.WitnessFailed"/>: a witness was not reached or refused; cosignatures of the others are kept. <see cref="VaultErrorCode.StoreRolledBack"/> or
    /// <see cref="VaultErrorCode.StoreForked"/>: a witness remembers a longer or another ledger of this vault. From then on nothing is used or written until the vault is closed; status, audit,
    /// ledger and certificates can be read.
    /// </exception>
    public async Task<Checkpoint> CosignAsync(CancellationToken cancellationToken = default)
    {
        if (options.Witnesses.Count == 0)
            throw Error.NoWitness();
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return new Checkpoint(await open.Cosigner.RunAsync([.. options.Witnesses], cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Checks every claim that can be checked on the vault itself: pages, records, templates, ledger, certificates, mirrors, root locations. About 15 µs a consent.</summary>
    /// <param name="progress">Told how many slots were looked at.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    /// <returns>What was checked and found. What is damaged is a finding and no exception.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/>: a store cannot be read at all.</exception>
    public async Task<AuditReport> AuditAsync(IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.TraceAsync("facevault.audit", 0, () => Task.Run(() => Auditing.Run(open, progress, cancellationToken), cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Replaces a mirror that lags or is damaged by a copy of the key store, walked before it counts.</summary>
    /// <param name="directory">The mirror's folder.</param>
    /// <param name="cancellationToken">Counts until the copy begins.</param>
    /// <exception cref="ArgumentException">The folder is no mirror of this vault.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PlaceUnreachable"/>: it cannot be reached or written.</exception>
    public async Task RefillMirrorAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        string file = Path.Combine(Path.GetFullPath(directory), "keys.db");
        bool isFolder = options.Places is null && open.Engine.MirrorStates.Any(mirror => mirror.Location.Description == file);
        if (isFolder)
            VaultDescription.MakeFolder(directory); // a new disk in place of a lost one is empty
        await open.Engine.Enqueue(new RefillItem(file) { CancellationToken = cancellationToken }).ConfigureAwait(false);
        if (isFolder)
            VaultDescription.Read(options.Directory).Write(directory);
    }

    private static ConsistencyProof Proof(VaultSession open, long oldSize, long size)
    {
        open.Engine.ReadLogAhead();
        using ReadScope view = open.Engine.Read();
        return view.State.LoadLog(view.Store).ProveConsistency(oldSize, size);
    }

    private static List<LedgerLine> LedgerPage(VaultSession open, long from)
    {
        using ReadScope view = open.Engine.Read();
        return [.. view.State.ReadLines(view.Store, from).Take(Page).Select(l => new LedgerLine(
            l.Index, System.Text.Encoding.UTF8.GetString(l.Line.Span), MerkleHash.OfEntry(l.Line.Span)))];
    }

    /// <summary>The open vault; one that only inspects looks at the places again first.</summary>
    private async ValueTask<VaultSession> FreshAsync(CancellationToken cancellationToken)
    {
        bool wasOpen = session is not null;
        VaultSession open = await SessionAsync(cancellationToken).ConfigureAwait(false);
        if (wasOpen && open.Engine.IsInspecting)
            await Task.Run(() => open.Refresh(), cancellationToken).ConfigureAwait(false);
        return open;
    }
}
