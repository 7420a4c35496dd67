using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Gives a living slot a new template key: the surviving and the new templates are sealed again, the old key is destroyed like any other.</summary>
/// <param name="session">The open vault.</param>
/// <param name="slot">The slot.</param>
/// <param name="trigger"><see cref="DeletionTrigger.Replaced"/> or <see cref="DeletionTrigger.Removed"/>.</param>
/// <param name="survives">Which ordinals go on.</param>
/// <param name="model">The model of the new templates.</param>
/// <param name="added">New encoded templates one after another, or null.</param>
internal sealed class Rekey(VaultSession session, uint slot, DeletionTrigger trigger, Predicate<ushort> survives, TemplateModel model, SecretBuffer? added) : Removal(slot)
{
    public override bool EndsSlot => false;

    public override void Apply(CommitDraft draft, EngineOptions options)
    {
        KeyEntry entry = draft.Edit(Slot);
        RefusedException.ThrowIfAny(
            [.. SlotUse.Check(session, Slot, entry, PurposeKind.None), .. SlotUse.CheckHold(entry), .. added is null ? [] : SlotUse.CheckModel(session, entry, model), .. added is null ? [] : SlotUse.CheckFiling(session, entry)]);
        byte[] vaultId = draft.Crown.VaultId;
        byte[] sealedRecord = ReadRecord(draft, Slot);
        ConsentRecord record = SealedConsentRecord.Open(entry.EvidenceKey, vaultId, Slot, entry.RecordVersion, sealedRecord);
        if (!SealedConsentRecord.HasRoom(sealedRecord))
            throw Error.ConsentRecordFull();
        (PurposeEntry purpose, PurposeVersion version) = session.Purposes.OfVersion(entry.PurposeVersion);
        using var kept = OpenedTemplates.Read(session.Engine.Templates, version, entry, vaultId, Slot, survives);
        if (trigger == DeletionTrigger.Removed && kept.Count == kept.Digests.Count)
            throw Error.NoSuchTemplate("ordinal"); // within the range, and never counted
        Digests = kept.Digests;
        Remove(draft, options, entry, options.Evidence.Read(entry, Slot, sealedRecord), trigger, session.NowMinutes, consentGoesOn: true);

        SecureRandom.Fill(entry.DangerousTemplateKey);
        int size = Templates.TemplateCodec.EncodedSize(model), fresh = (added?.Length ?? 0) / size;
        entry.FirstOrdinal = Enrolling.SkipOrphans(session.Engine.Templates, Slot, entry, kept.Count + fresh);
        entry.Live = 0;
        kept.AddTo(draft, entry, Slot);
        draft.Count(entry.PurposeVersion, Activity.Enrolments, session.Now, fresh);
        for (int i = 0; added is not null && i < fresh; i++)
            Enrolling.Add(draft, entry, Slot, model, added.DangerousBytes.Slice(i * size, size));
        long created = Granting.AppendKeyCreated(session, draft, entry, purpose, record.Grant.Subject, record.Grant.Id, record.Salt.Span, KeyCause.Replaced, Granting.IsSynthetic(session, draft, record));
        entry.CountRecord();
        draft.Writes.Add(new KeyWrite(KeyTable.Record, Slot, SealedConsentRecord.Seal(entry.EvidenceKey, vaultId, Slot, entry.RecordVersion, record with { CreatedIndex = created })));
    }
}

/// <summary>Moves a consent's templates to a new slot under a renewed consent and destroys the old slot's key.</summary>
internal sealed class Renew(VaultSession session, uint slot, ConsentGrant renewed) : Removal(slot)
{
    private readonly FilingChange filing = new(session);

    public ConsentReceipt? Receipt { get; private set; }

    public uint NewSlot { get; private set; }

    public override IReadOnlyList<uint> Changed => NewSlot == 0 ? [Slot] : [Slot, NewSlot];

    public override void Apply(CommitDraft draft, EngineOptions options)
    {
        KeyEntry old = draft.Edit(Slot);
        byte[] vaultId = draft.Crown.VaultId;
        ConsentRecord record = SealedConsentRecord.Open(old.EvidenceKey, vaultId, Slot, old.RecordVersion, ReadRecord(draft, Slot));
        RefusedException.ThrowIfAny(
        [
            .. SlotUse.CheckRenewal(session, Slot, old), .. SlotUse.CheckHold(old), .. Mismatches(record.Grant), .. CheckRebinding(old),
            .. Granting.Violations(session, draft, renewed, idIsTaken: false, subjectIsActive: false, except: Slot),
        ]);
        IReadOnlyList<FilingDuty> crossed = session.Filing.Plan(draft, [renewed]); // the new version may count who was not counted
        PurposeVersion definition = session.Purposes.OfVersion(old.PurposeVersion).Version;
        bool synthetic = Granting.IsSynthetic(session, draft, record);
        using var kept = OpenedTemplates.Read(session.Engine.Templates, definition, old, vaultId, Slot, static _ => true);
        Digests = kept.Digests;
        filing.Write(draft, crossed, []);
        (Receipt, NewSlot) = Granting.Grant(session, draft, renewed, synthetic, KeyCause.Superseded);
        old = draft.Edit(Slot);
        Remove(draft, options, old, options.Evidence.Read(old, Slot, ReadRecord(draft, Slot)), DeletionTrigger.Superseded, session.NowMinutes, consentGoesOn: false);
        kept.AddTo(draft, draft.Edit(NewSlot), NewSlot, session.Purposes.Get(renewed.Purpose).Newest);
        old.Shred();
        old.EvidenceEnds = options.Evidence.EvidenceEnds(old.PurposeVersion, session.Now);
        draft.CountLiving(old.PurposeVersion, -1);
    }

    public override void Ended() => filing.Settle();

    /// <summary>P4 (PIPL 26; CAC 13): what may be used for public security alone is not bound to a version that is for something else.</summary>
    private IReadOnlyList<Violation> CheckRebinding(KeyEntry old) =>
        session.Purposes.TryOfVersion(old.PurposeVersion) is { } found
        && session.RulesOf(found.Version.Registered).ForbidsDisclosure(found.Version.Registered) && !session.RulesOf(found.Entry.Current).ForbidsDisclosure(found.Entry.Current) ? [Error.RebindingForbidden()] : [];

    private List<Violation> Mismatches(ConsentGrant former)
    {
        var found = new List<Violation>();
        if (former.Subject != renewed.Subject)
            found.Add(Error.ConsentOfAnotherSubject());
        if (former.Purpose != renewed.Purpose)
            found.Add(Error.ConsentOfAnotherPurpose());
        return found;
    }
}

/// <summary>The templates of a slot, opened into locked memory, with the digests of their ciphertexts.</summary>
internal sealed class OpenedTemplates : IDisposable
{
    private readonly List<(TemplateModel Model, SecretBuffer Encoded)> templates = [];

    public List<byte[]> Digests { get; } = [];

    public int Count => templates.Count;

    /// <summary>Digests every counted row and opens those that survive.</summary>
    public static OpenedTemplates Read(ITemplateReader reader, PurposeVersion purpose, KeyEntry entry, byte[] vaultId, uint slot, Predicate<ushort> survives)
    {
        var opened = new OpenedTemplates();
        var rows = new List<(ushort Ordinal, byte[] Blob)>();
        ushort first = entry.FirstOrdinal, next = entry.NextOrdinal;
        reader.Scan(slot, slot, (_, ordinal, blob) =>
        {
            if (ordinal >= first && ordinal < next)
                rows.Add((ordinal, blob.ToArray()));
            return true;
        });
        try
        {
            if (rows.Count < entry.Live)
                throw Error.TemplatesMissing();
            using var encoded = new SecretBuffer(TemplateModels.MostEncodedBytes);
            foreach ((ushort ordinal, byte[] blob) in rows)
            {
                opened.Digests.Add(System.Security.Cryptography.SHA256.HashData(blob));
                if (!survives(ordinal))
                    continue;
                (TemplateModel model, int length) = TemplateModels.Open(purpose, entry, vaultId, slot, ordinal, blob, encoded.DangerousBytes);
                var copy = new SecretBuffer(length);
                encoded.DangerousBytes[..length].CopyTo(copy.DangerousBytes);
                opened.templates.Add((model, copy));
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Seals them again in a slot. Templates of a model that the slot's purpose version does not know are left behind: nothing could open them.</summary>
    public void AddTo(CommitDraft draft, KeyEntry entry, uint slot, PurposeVersion? knowing = null)
    {
        foreach ((TemplateModel model, SecretBuffer encoded) in templates.Where(t => knowing is null || knowing.Known.Contains(t.Model)))
            Enrolling.Add(draft, entry, slot, model, encoded.DangerousBytes);
    }

    public void Dispose()
    {
        foreach ((_, SecretBuffer encoded) in templates)
            encoded.Dispose();
    }
}

/// <summary>Runs a re-key: pauses the slot, lets uses end, runs the destroying commit, refreshes open galleries.</summary>
internal static class Rekeying
{
    public static async Task<CompletedDestruction> RunAsync(VaultSession session, uint slot, Removal removal, CancellationToken cancellationToken)
    {
        SlotLeases leases = session.Engine.Leases;
        while (!leases.TryPause(slot))
            await leases.WhenResumed(slot).WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await leases.DrainAsync(slot).WaitAsync(session.Engine.Options.DrainTimeout, session.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            await session.Engine.Enqueue(new DestroyingItem([removal]) { CancellationToken = cancellationToken }).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            throw Error.UsesDidNotEnd(late);
        }
        catch (VaultException failure) when (session.Engine.Work.Any(w => w.Slot == slot && w.IsRemoved && w.RemovedIndex == removal.RemovedIndex))
        {
            throw Error.RekeyIncomplete(failure);
        }
        finally
        {
            try
            {
                foreach (uint changed in removal.Changed)
                    GalleryLoader.Reload(session, changed);
            }
            finally
            {
                leases.Resume(slot);
            }
        }

        return removal.Completed ?? throw Error.CertificateOwed(session.Engine.DamageOf(slot)!);
    }
}
