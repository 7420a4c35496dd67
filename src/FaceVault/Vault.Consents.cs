using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Operations;
using FaceVault.Templates;

namespace FaceVault;

/// <content>Purposes, consents, enrolment.</content>
public sealed partial class Vault
{
    /// <summary>Registers a purpose, once. The same definition again is no change.</summary>
    /// <param name="purpose">The definition, complete.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>True when the purpose is new.</returns>
    /// <exception cref="RefusedException">The definition breaks a rule; all violations are listed.</exception>
    /// <exception cref="ArgumentException">The definition names a profile that the vault does not know; the message names the known ones.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeDefinitionChanged"/>: another definition stands under this id; the message names the members.
    /// <see cref="VaultErrorCode.PurposeRetired"/>: the id was used and is not used again.</exception>
    public async Task<bool> EnsurePurposeAsync(Purpose purpose, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        options.Rules.ThrowIfUnknown(purpose, nameof(purpose));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        var item = new PurposeItem(open, purpose, addVersion: false) { CancellationToken = cancellationToken };
        await open.CountedAsync(purpose.Id, () => open.Engine.Enqueue(item)).ConfigureAwait(false);
        return item.Added;
    }

    /// <summary>Adds a version to a purpose. Consents to older versions do not open it (PIPL 14(2)). The newest definition again is no change.</summary>
    /// <param name="purpose">The new definition, complete, under the id of the purpose.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>How many living consents are left behind at older versions.</returns>
    /// <exception cref="RefusedException">The definition breaks a rule; all violations are listed.</exception>
    /// <exception cref="ArgumentException">The definition names a profile that the vault does not know; the message names the known ones.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public async Task<int> AddPurposeVersionAsync(Purpose purpose, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        options.Rules.ThrowIfUnknown(purpose, nameof(purpose));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        await open.CountedAsync(purpose.Id, () => open.Engine.Enqueue(new PurposeItem(open, purpose, addVersion: true) { CancellationToken = cancellationToken })).ConfigureAwait(false);
        PurposeEntry entry = open.Purposes.Get(purpose.Id);
        return open.Engine.CountEntries().Living.Where(l => l.Key >> 16 == entry.Number && l.Key != entry.CurrentVersion).Sum(l => l.Value);
    }

    /// <summary>Every purpose with its current version, in the order of registration.</summary>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>The purposes; retired ones are not among them.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<IReadOnlyList<PurposeInfo>> ListPurposesAsync(CancellationToken cancellationToken = default)
    {
        VaultSession open = await SessionAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<uint, int> living = await open.AskAsync(() => open.Engine.CountEntries().Living, mayBeBusy: true, cancellationToken).ConfigureAwait(false);
        return [.. open.Purposes.All.Select(p => new PurposeInfo(
            p.Current, p.Versions.Count, living.Where(l => l.Key >> 16 == p.Number).Sum(l => l.Value), p.Newest.Retired) { Calibrations = p.Newest.Calibrations, IsRotated = p.Rotations is not null })];
    }

    /// <summary>Records a consent: a slot with two fresh keys, a sealed record, a ledger entry. Durable when it returns.</summary>
    /// <param name="grant">What the person agreed to.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>The receipt for the subject: only with it can anyone show whose consent a certificate is about. It is kept nowhere in the clear.</returns>
    /// <exception cref="RefusedException">The grant breaks a rule; all violations are listed and nothing was written.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public async Task<ConsentReceipt> GrantConsentAsync(ConsentGrant grant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grant);
        return (await GrantConsentsAsync([grant], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Records many consents in one commit, all or none.</summary>
    /// <param name="grants">At most 4,096.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>The receipts, in the order of the grants.</returns>
    /// <exception cref="RefusedException">A grant breaks a rule; all violations of all grants are listed (<c>grants[3].expires</c>) and nothing was written.</exception>
    /// <exception cref="ArgumentException">More than 4,096 grants, or one of them is null.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public async Task<IReadOnlyList<ConsentReceipt>> GrantConsentsAsync(IReadOnlyList<ConsentGrant> grants, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grants);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(grants.Count, WriterQueue.MostInGroup, nameof(grants));
        if (grants.Contains(null!))
            throw Error.NullInList(nameof(grants));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        await open.PrepareInteractionsAsync(grants, cancellationToken).ConfigureAwait(false);
        var item = new GrantItem(open, grants) { CancellationToken = cancellationToken };
        await open.CountedAsync(grants, () => open.Engine.Enqueue(item)).ConfigureAwait(false);
        return item.Receipts;
    }

    /// <summary>Enrolls one template under a consent. Durable, and visible to open galleries, when it returns.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="embedding">As many finite numbers as the model has dimensions, not all zero; normalised here.</param>
    /// <param name="cancellationToken">Counts until the write begins.</param>
    /// <exception cref="RefusedException">The consent is unknown, withdrawn, expired, restricted or to an older version of its purpose, the template is malformed, or the model was retired.</exception>
    /// <exception cref="ArgumentException">The purpose admits no such model.</exception>
    public Task EnrollAsync(ConsentId consent, string? model, ReadOnlyMemory<float> embedding, CancellationToken cancellationToken = default) =>
        EnrollAsync(consent, model, embedding, null, cancellationToken);

    /// <summary>Enrolls one template whose time of capture is known, as <see cref="EnrollAsync(ConsentId, string?, ReadOnlyMemory{float}, CancellationToken)"/>: notice, then consent, then capture (C7: SPC 2(2); PIPL 17).</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="embedding">As many finite numbers as the model has dimensions, not all zero; normalised here.</param>
    /// <param name="capturedAt">When the face was captured: not before <see cref="ConsentGrant.GivenAt"/>, and at most five minutes ahead of the vault's clock. It is not stored.</param>
    /// <param name="cancellationToken">Counts until the write begins.</param>
    /// <exception cref="RefusedException">As the other one; <see cref="ViolationCode.CaptureBeforeConsent"/>: the face was captured before the consent was given.</exception>
    /// <exception cref="ArgumentException">The purpose admits no such model.</exception>
    public Task EnrollAsync(ConsentId consent, string? model, ReadOnlyMemory<float> embedding, DateTimeOffset capturedAt, CancellationToken cancellationToken = default) =>
        EnrollAsync(consent, model, embedding, (DateTimeOffset?)capturedAt, cancellationToken);

    private async Task EnrollAsync(ConsentId consent, string? model, ReadOnlyMemory<float> embedding, DateTimeOffset? capturedAt, CancellationToken cancellationToken)
    {
        ConsentId.Check(consent, nameof(consent));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        await open.CountedAsync(consent, async () =>
        {
            (TemplateModel chosen, Rotation? rotation) = await open.AskAsync(() => ModelOf(open, consent, model, [embedding], capturedAt: capturedAt), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
            SecretBuffer encoded = Enrolling.Encode(chosen, rotation, [embedding]);
            await open.Engine.Enqueue(new EnrollItem(open, consent, chosen, encoded) { CancellationToken = cancellationToken }).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Grants and enrolls in batches of 4,096, each one durable commit; what is there already is skipped, so that a broken import can simply be run again.</summary>
    /// <param name="purpose">The purpose of all grants.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="items">Grants with templates; the same consent may come several times. Read at most one batch ahead of what is written.</param>
    /// <param name="progress">Told after each batch how many items are done: enrolled, or there already.</param>
    /// <param name="synthetic">Whether the consents are declared synthetic: the ledger and every certificate will say so.</param>
    /// <param name="cancellationToken">Ends the import between batches; what is written stays.</param>
    /// <returns>What was done, with a receipt for each consent that was recorded.</returns>
    /// <exception cref="RefusedException">An item breaks a rule; the batch it is in was not written, earlier ones were. Fields name the item: <c>items[17].expires</c> counts from the start of the import.</exception>
    /// <exception cref="ArgumentException">The purpose admits no such model, or an item has no grant.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>; <see cref="VaultErrorCode.IntegrityViolated"/>: a template that is there already was changed or damaged.</exception>
    public async Task<ImportResult> ImportAsync(
        PurposeId purpose, string? model, IAsyncEnumerable<Enrollment> items, IProgress<long>? progress = null, bool synthetic = false, CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        ArgumentNullException.ThrowIfNull(items);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await open.CountedAsync(purpose, () =>
        {
            TemplateModel chosen = TemplateModels.Choose(open.Purposes.Get(purpose).Newest, model, nameof(model));
            return open.TraceAsync("facevault.import", 0, () => Importing.RunAsync(open, purpose, chosen, items, progress, synthetic, cancellationToken));
        }).ConfigureAwait(false);
    }

    /// <summary>Looks through an import and writes nothing: what <see cref="ImportAsync"/> would refuse now is refused here, all of it at once and before the first batch is written.</summary>
    /// <param name="purpose">The purpose of all grants.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="items">The items that are to be imported, in their order.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <remarks>About 2 µs an item of 512 numbers. What others change between the look and the import is judged again by the import.</remarks>
    /// <exception cref="RefusedException">Items break rules; fields name the item, <c>items[17].expires</c>, counted from 0.</exception>
    /// <exception cref="ArgumentException">The purpose admits no such model, or an item has no grant.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public async Task CheckImportAsync(PurposeId purpose, string? model, IAsyncEnumerable<Enrollment> items, CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        ArgumentNullException.ThrowIfNull(items);
        VaultSession open = await SessionAsync(cancellationToken).ConfigureAwait(false);
        await open.CountedAsync(purpose, () =>
        {
            TemplateModel chosen = TemplateModels.Choose(open.Purposes.Get(purpose).Newest, model, nameof(model));
            return new ImportCheck(open, purpose, chosen).RunAsync(items, cancellationToken);
        }).ConfigureAwait(false);
    }

    /// <summary>The model that is meant, where templates of it may be stored under the consent now; everything that forbids it at once.</summary>
    private static (TemplateModel Model, Rotation? Rotation) ModelOf(VaultSession open, ConsentId consent, string? model, IReadOnlyList<ReadOnlyMemory<float>> embeddings, bool destroys = false, DateTimeOffset? capturedAt = null)
    {
        using ReadScope view = open.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        uint slot = view.FindConsent(utf8[..consent.CopyUtf8To(utf8)]);
        KeyEntry entry = default;
        if (slot != 0)
            view.Tree.TryGet(slot, out entry);
        List<Violation> found = [.. SlotUse.Check(open, slot, entry, PurposeKind.None), .. destroys && slot != 0 ? SlotUse.CheckHold(entry) : [], .. embeddings.Count > 0 ? SlotUse.CheckFiling(open, entry) : []];
        if (slot == 0 || open.Purposes.TryOfVersion(entry.PurposeVersion) is not { } purpose)
            throw new RefusedException(found);
        if (purpose.Version.Definition.FindModel(model) is { } chosen)
            found.AddRange(Enrolling.Check(chosen, embeddings));
        else
            found.AddRange(SlotUse.CheckModel(open, entry, model));
        if (capturedAt is not null && entry.HasEvidence && ConsentRules.CheckCapture(capturedAt, Resolving.ReadRecord(view, slot, entry).Grant.GivenAt, open.Now) is { } capture)
            found.Add(capture);
        RefusedException.ThrowIfAny(found);
        TemplateModel admitted = TemplateModels.Choose(purpose.Version, model, nameof(model));
        return (admitted, purpose.Entry.RotationOf(admitted));
    }

    private async ValueTask<VaultSession> WritableAsync(CancellationToken cancellationToken)
    {
        if (options.Access != VaultAccess.ReadWrite)
            throw Error.NotInspecting();
        VaultSession open = await SessionAsync(cancellationToken).ConfigureAwait(false);
        open.ThrowIfFenced();
        return open;
    }
}
