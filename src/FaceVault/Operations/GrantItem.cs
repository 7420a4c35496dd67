using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Records consents: a slot, two keys, a record and a <c>key created</c> line each. All of the item's grants or none.</summary>
internal sealed class GrantItem(VaultSession session, IReadOnlyList<ConsentGrant> grants, bool synthetic = false) : OrdinaryItem
{
    private readonly FilingChange filing = new(session);
    private readonly ConsentReceipt[] receipts = new ConsentReceipt[grants.Count];
    private readonly uint[] slots = new uint[grants.Count];

    /// <summary>In the order of the grants.</summary>
    public IReadOnlyList<ConsentReceipt> Receipts => receipts;

    public override void Apply(CommitDraft draft)
    {
        RefusedException.ThrowIfAny(Granting.Violations(session, draft, grants));
        IReadOnlyList<FilingDuty> crossed = session.Filing.Plan(draft, grants);
        draft.IsChanging = true;
        filing.Write(draft, crossed, []);
        int[] order = [.. Enumerable.Range(0, grants.Count)];
        SecureRandom.Shuffle<int>(order);
        foreach (int i in order)
            (receipts[i], slots[i]) = Granting.Grant(session, draft, grants[i], synthetic);
    }

    public override void Ended() => filing.Ended();

    public override void Committed()
    {
        filing.Committed();
        for (int i = 0; i < slots.Length; i++)
            session.Interactions.Note(slots[i], InteractionIndex.TagOf(session.Engine.State.Crown, grants[i].InteractionId));
        foreach (IGrouping<PurposeId, ConsentGrant> granted in grants.GroupBy(grant => grant.Purpose))
            session.Meter.Granted(granted.Key.Value, granted.Count());
    }
}

/// <summary>Judges and records one grant within a draft.</summary>
internal static class Granting
{
    /// <summary>All violations of all grants; with several grants each field names its grant by number.</summary>
    public static IReadOnlyList<Violation> Violations(VaultSession session, CommitDraft draft, IReadOnlyList<ConsentGrant> grants)
    {
        var all = new List<Violation>();
        var ids = new HashSet<ConsentId>();
        var subjects = new HashSet<(SubjectId, PurposeId)>();
        var acts = new Dictionary<string, PurposeId>();
        for (int i = 0; i < grants.Count; i++)
        {
            bool repeated = !grants[i].Id.IsDefault && !ids.Add(grants[i].Id);
            bool repeatedSubject = !grants[i].Subject.IsDefault && !subjects.Add((grants[i].Subject, grants[i].Purpose));
            bool repeatedAct = grants[i] is { InteractionId: { } act, Purpose.IsDefault: false } grant && !acts.TryAdd(act, grant.Purpose) && acts[act] != grant.Purpose;
            IReadOnlyList<Violation> found = Violations(session, draft, grants[i], repeated, repeatedSubject, repeatedAct);
            all.AddRange(grants.Count == 1 ? found : found.Select(v => v with { Field = $"grants[{i}].{v.Field}" }));
        }

        return all;
    }

    public static IReadOnlyList<Violation> Violations(VaultSession session, CommitDraft draft, ConsentGrant grant, bool idIsTaken, bool subjectIsActive, bool actIsUsed = false, uint except = 0)
    {
        PurposeEntry? purpose = grant.Purpose.IsDefault ? null : session.Purposes.GetForConsent(grant.Purpose);
        Span<byte> tag = stackalloc byte[Tags.Size];
        if (!grant.Id.IsDefault)
        {
            Tag(draft.Crown.TagKey, grant.Id, tag);
            idIsTaken |= draft.FindConsent(tag) != 0;
        }

        if (!grant.Subject.IsDefault && purpose is not null)
        {
            Tag(draft.Crown.TagKey, grant.Subject, tag);
            subjectIsActive |= IsActive(session, draft, tag, purpose.CurrentVersion, except);
        }

        InteractionFinding act = actIsUsed ? InteractionFinding.Used : purpose is null ? InteractionFinding.Free : FindInteraction(session, draft, grant, purpose);
        return ConsentRules.CheckGrant(grant, new GrantContext(purpose?.Current, session.Now, idIsTaken, subjectIsActive, act)
        {
            ClockIsBack = session.Engine.ClockIsBack,
            OldestConsent = purpose?.OldestConsent,
            Demands = purpose is null ? ConsentDemands.None : session.DemandsOf(purpose.Current),
            Forbidden = purpose is null ? [] : [.. session.CheckRules(purpose.Current), .. session.Filing.CheckOverdue(purpose.Current)],
        });
    }

    /// <summary>C2 (SPC 4(2)): whether the act stands for another purpose, in this draft or in the records.</summary>
    private static InteractionFinding FindInteraction(VaultSession session, CommitDraft draft, ConsentGrant grant, PurposeEntry purpose)
    {
        UInt128 act = InteractionIndex.TagOf(draft.Crown, grant.InteractionId);
        if (act == 0)
            return InteractionFinding.Free;
        if (draft.Interactions.TryGetValue(act, out uint number) && number != purpose.Number)
            return InteractionFinding.Used;
        List<uint> ofSubject = [];
        if (!grant.Subject.IsDefault)
        {
            Span<byte> tag = stackalloc byte[Tags.Size];
            Tag(draft.Crown.TagKey, grant.Subject, tag);
            ofSubject = draft.FindSubject(tag);
        }

        return session.Interactions.Find(draft.Reader, session.Engine.State.Crown, act, purpose.Number, ofSubject);
    }

    /// <summary>Gives out a slot with fresh keys and writes record and ledger line.</summary>
    public static (ConsentReceipt Receipt, uint Slot) Grant(VaultSession session, CommitDraft draft, ConsentGrant grant, bool synthetic, KeyCause cause = KeyCause.Granted)
    {
        PurposeEntry purpose = session.Purposes.Get(grant.Purpose);
        DateTimeOffset useEnds = Retention.UseEnds(grant.GivenAt, grant.ExpiresAt, purpose.Current.MaxRetention!, session.DemandsOf(purpose.Current));
        Span<byte> consentTag = stackalloc byte[Tags.Size], subjectTag = stackalloc byte[Tags.Size];
        Tag(draft.Crown.TagKey, grant.Id, consentTag);
        Tag(draft.Crown.TagKey, grant.Subject, subjectTag);
        KeyEntry entry = draft.Allocate(consentTag, subjectTag, purpose.CurrentVersion, out uint slot);
        SecureRandom.Fill(entry.DangerousTemplateKey);
        SecureRandom.Fill(entry.DangerousEvidenceKey);
        entry.State = SlotState.Active;
        entry.Given = Retention.ToMinutes(grant.GivenAt);
        entry.UseEnds = Retention.ToMinutes(useEnds);
        if (ConsentRules.AgeBandEnds(grant, session.DemandsOf(purpose.Current)) is { } ageBandEnds)
            entry.AgeBandEnds = Retention.ToMinutes(ageBandEnds);

        if (InteractionIndex.TagOf(draft.Crown, grant.InteractionId) is var act && act != 0)
            draft.Interactions[act] = purpose.Number;
        byte[] salt = SecureRandom.Bytes(Commitments.SaltSize);
        long created = AppendKeyCreated(session, draft, entry, purpose, grant.Subject, grant.Id, salt, cause, synthetic);
        var record = new ConsentRecord { Grant = grant, PurposeVersion = purpose.CurrentVersion, Salt = salt, CreatedIndex = created, UseEndsAt = useEnds };
        record = record.Append(new ConsentEvent(ConsentEventKind.Given, session.Now));
        uint given = slot;
        draft.SealLater(KeyTable.Record, slot, () =>
        {
            draft.TryPeek(given, out KeyEntry granted);
            return SealedConsentRecord.Seal(granted.EvidenceKey, draft.Crown.VaultId, given, granted.RecordVersion, record);
        });
        var receipt = new ConsentReceipt
        {
            Vault = session.Origin,
            Consent = grant.Id,
            Subject = grant.Subject,
            Purpose = grant.Purpose,
            Version = purpose.Versions.Count,
            GivenAt = grant.GivenAt,
            ExpiresAt = grant.ExpiresAt,
            UseEndsAt = useEnds,
            LedgerIndex = created,
            Salt = salt,
        };
        return (receipt, slot);
    }

    /// <summary>Commits to the entry's new template key in the ledger.</summary>
    public static long AppendKeyCreated(
        VaultSession session, CommitDraft draft, KeyEntry entry, PurposeEntry purpose, SubjectId subject, ConsentId consent, ReadOnlySpan<byte> salt, KeyCause cause, bool synthetic)
    {
        Span<byte> key = stackalloc byte[32], commitment = stackalloc byte[32];
        Commitments.Key(entry.TemplateKey, key);
        Span<byte> subjectUtf8 = stackalloc byte[256], consentUtf8 = stackalloc byte[256];
        Commitments.Consent(salt, subjectUtf8[..subject.CopyUtf8To(subjectUtf8)], consentUtf8[..consent.CopyUtf8To(consentUtf8)], default, commitment);
        Span<byte> line = stackalloc byte[LedgerEntry.MaxLength];
        DateTimeOffset now = draft.Time;
        if (cause != KeyCause.Replaced)
            draft.Count(entry.PurposeVersion, Activity.ConsentsGranted, now);
        int length = LedgerEntry.WriteKeyCreated(line, now, purpose.Current.Id.Value, purpose.Versions.Count, key, commitment, cause, synthetic);
        return draft.AppendLine(line[..length]);
    }

    /// <summary>Whether the consent was declared synthetic when its key was created: the ledger says so.</summary>
    public static bool IsSynthetic(VaultSession session, CommitDraft draft, ConsentRecord record) =>
        LedgerEntry.Parse(new LineReader(session.Engine.State, draft.Reader).Bytes(record.CreatedIndex)).Synthetic == true;

    public static void Tag(TagKey key, ConsentId id, Span<byte> tag)
    {
        Span<byte> utf8 = stackalloc byte[256];
        Tags.Consent(key, utf8[..id.CopyUtf8To(utf8)], tag);
    }

    public static void Tag(TagKey key, SubjectId id, Span<byte> tag)
    {
        Span<byte> utf8 = stackalloc byte[256];
        Tags.Subject(key, utf8[..id.CopyUtf8To(utf8)], tag);
    }

    /// <summary>Whether the subject has a consent in force to this purpose version.</summary>
    private static bool IsActive(VaultSession session, CommitDraft draft, ReadOnlySpan<byte> subjectTag, uint version, uint except)
    {
        foreach (uint slot in draft.FindSubject(subjectTag))
            if (slot != except && draft.TryPeek(slot, out KeyEntry entry) && entry.PurposeVersion == version && entry.State == SlotState.Active && session.UseEnds(entry) > session.NowMinutes
                && !draft.Crown.Work.ContainsKey(slot) && !session.Engine.Leases.IsStopped(slot))
                return true;
        return false;
    }
}
