using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>A batch of an import: grants what is not granted, adds what is not there, skips what is. All of it or nothing.</summary>
/// <param name="session">The open vault.</param>
/// <param name="model">The model of all templates.</param>
/// <param name="grants">One for each template, in its order; the same consent may occur again.</param>
/// <param name="captured">When each face was captured, where that is known.</param>
/// <param name="encoded">Encoded templates one after another; wiped when the item ends.</param>
/// <param name="synthetic">Whether the consents are declared synthetic.</param>
/// <param name="first">The number of the first item within its import, for violations.</param>
internal sealed class ImportItem(VaultSession session, TemplateModel model, IReadOnlyList<ConsentGrant> grants, IReadOnlyList<DateTimeOffset?> captured, SecretBuffer encoded, bool synthetic, long first) : OrdinaryItem
{
    private readonly int size = Templates.TemplateCodec.EncodedSize(model);
    private readonly FilingChange filing = new(session);
    private readonly List<SlotLease> leases = [];
    private readonly List<(int Row, uint Slot, ushort Ordinal, uint Version, uint UseEnds)> added = [];
    private readonly List<ConsentReceipt> receipts = [];
    private readonly List<(uint Slot, string? Interaction)> granted = [];

    public IReadOnlyList<ConsentReceipt> Receipts => receipts;

    public int Enrolled => added.Count;

    public int Skipped => grants.Count - added.Count;

    public override void Apply(CommitDraft draft)
    {
        // Rows of each consent, in the order of their first appearance.
        var rows = new Dictionary<ConsentId, List<int>>();
        for (int row = 0; row < grants.Count; row++)
        {
            if (!rows.TryGetValue(grants[row].Id, out List<int>? list))
                rows.Add(grants[row].Id, list = new List<int>(1));
            list.Add(row);
        }

        int[][] groups = [.. rows.Values.Select(list => list.ToArray())];
        RefusedException.ThrowIfAny(Violations(draft, groups));
        IReadOnlyList<FilingDuty> crossed = session.Filing.Plan(draft, [.. groups.Select(group => grants[group[0]]).Where(grant => Find(draft, grant.Id) == 0)]);
        draft.IsChanging = true;
        filing.Write(draft, crossed, []);
        SecureRandom.Shuffle<int[]>(groups);
        foreach (int[] group in groups)
            Import(draft, group);
        if (added.Count > 0)
            draft.Count(added[0].Version, Activity.Enrolments, session.Now, added.Count);
    }

    public override void Committed()
    {
        filing.Committed();
        foreach ((uint slot, string? interaction) in granted)
            session.Interactions.Note(slot, InteractionIndex.TagOf(session.Engine.State.Crown, interaction));
        foreach ((int row, uint slot, ushort ordinal, uint version, uint useEnds) in added)
            session.Galleries.Add(version, model, slot, ordinal, Row(row), useEnds, CommitNumber);
        session.Meter.Granted(grants[0].Purpose.Value, receipts.Count);
        session.Meter.Enrolled(grants[0].Purpose.Value, added.Count);
    }

    public override void Ended()
    {
        filing.Ended();
        encoded.Dispose();
        foreach (SlotLease lease in leases)
            lease.Dispose();
    }

    private Span<byte> Row(int row) => encoded.DangerousBytes.Slice(row * size, size);

    private List<Violation> Violations(CommitDraft draft, int[][] groups)
    {
        var all = new List<Violation>(TemplateModels.Check(session.Purposes.Get(grants[0].Purpose).Newest, model)); // it may have been retired since it was chosen
        var subjects = new HashSet<SubjectId>();
        foreach (int[] group in groups)
        {
            ConsentGrant grant = grants[group[0]];
            uint slot = Find(draft, grant.Id);
            bool repeated = slot == 0 && !grant.Subject.IsDefault && !subjects.Add(grant.Subject);
            IReadOnlyList<Violation> found = slot == 0
                ? Granting.Violations(session, draft, grant, idIsTaken: false, subjectIsActive: repeated)
                : ExistingViolations(draft, slot, grant);
            all.AddRange(found.Select(v => v with { Field = $"items[{first + group[0]}].{v.Field}" }));
            DateTimeOffset given = slot != 0 && draft.TryPeek(slot, out KeyEntry known) ? Retention.FromMinutes(known.Given) : grant.GivenAt;
            foreach (int row in group)
            {
                // Of a consent that is there the page knows the minute, and its grant, told again, the second.
                if ((ConsentRules.CheckCapture(captured[row], given, session.Now) ?? ConsentRules.CheckCapture(captured[row], grants[row].GivenAt, session.Now)) is { } capture)
                    all.Add(capture with { Field = $"items[{first + row}].{capture.Field}" });
                if (grants[row].Subject != grant.Subject)
                    all.Add(Error.ConsentOfAnotherSubject() with { Field = $"items[{first + row}].subject" });
            }

            if (all.Count > 1000)
                break;
        }

        return all;
    }

    private IReadOnlyList<Violation> ExistingViolations(CommitDraft draft, uint slot, ConsentGrant grant)
    {
        if (grant.Subject.IsDefault)
            return [Error.ConsentMemberMissing("subject")];
        draft.TryPeek(slot, out KeyEntry entry);
        Span<byte> tag = stackalloc byte[Tags.Size];
        Granting.Tag(draft.Crown.TagKey, grant.Subject, tag);
        PurposeEntry purpose = session.Purposes.Get(grant.Purpose);
        if (!entry.SubjectTag.SequenceEqual(tag))
            return [Error.ConsentIdTaken()];
        if (purpose.Number != entry.PurposeVersion >> 16)
            return [Error.ConsentOfAnotherPurpose()];
        IReadOnlyList<Violation> found = [.. SlotUse.Check(session, slot, entry, PurposeKind.None), .. SlotUse.CheckFiling(session, entry)];
        if (found.Count > 0)
            return found;
        if (!session.Engine.Leases.TryAcquire(slot, out SlotLease lease, isWriter: true))
            return [Error.ConsentWithdrawn()];
        leases.Add(lease);
        return found;
    }

    private void Import(CommitDraft draft, int[] group)
    {
        ConsentGrant grant = grants[group[0]];
        uint slot = Find(draft, grant.Id);
        bool isNew = slot == 0;
        if (isNew)
        {
            (ConsentReceipt receipt, slot) = Granting.Grant(session, draft, grant, synthetic);
            receipts.Add(receipt);
            granted.Add((slot, grant.InteractionId));
        }

        using KnownTemplates? known = isNew ? null : Known(draft, slot);
        KeyEntry entry = default;
        bool edited = false;
        foreach (int row in group)
        {
            if (known?.Contains(Row(row)) == true)
                continue;
            if (!edited)
            {
                entry = draft.Edit(slot);
                if (!isNew)
                    Enrolling.SkipOrphans(session.Engine.Templates, slot, entry, 1);
                edited = true;
            }

            if (entry.NextOrdinal == ushort.MaxValue)
                throw Error.CapacityExceeded();
            added.Add((row, slot, entry.NextOrdinal, entry.PurposeVersion, session.UseStops(entry)));
            AddLater(draft, entry, slot, row);
        }
    }

    /// <summary>Counts a template and has it sealed when the batch is complete.</summary>
    private void AddLater(CommitDraft draft, KeyEntry entry, uint slot, int row)
    {
        ushort ordinal = entry.NextOrdinal;
        draft.SealLater(slot, ordinal, () =>
        {
            draft.TryPeek(slot, out KeyEntry counted);
            return TemplateModels.Seal(model, counted, draft.Crown.VaultId, slot, ordinal, Row(row));
        });
        entry.NextOrdinal = (ushort)(ordinal + 1);
        entry.Live++;
    }

    /// <summary>The consent's templates of this model, opened, to see which ones are there already.</summary>
    private KnownTemplates Known(CommitDraft draft, uint slot)
    {
        var known = new KnownTemplates(size);
        draft.TryPeek(slot, out KeyEntry entry);
        ushort lowest = entry.FirstOrdinal, next = entry.NextOrdinal;
        PurposeVersion definition = session.Purposes.OfVersion(entry.PurposeVersion).Version;
        try
        {
            using var plain = new SecretBuffer(TemplateModels.MostEncodedBytes);
            session.Engine.Templates.Scan(slot, slot, (_, ordinal, blob) =>
            {
                if (ordinal < lowest || ordinal >= next || blob.Length != Templates.TemplateCodec.SealedSize(model))
                    return true;
                draft.TryPeek(slot, out KeyEntry current);
                (TemplateModel found, int length) = TemplateModels.Open(definition, current, draft.Crown.VaultId, slot, ordinal, blob, plain.DangerousBytes);
                if (found == model)
                    known.Add(plain.DangerousBytes[..length]);
                return true;
            });
            return known;
        }
        catch
        {
            known.Dispose();
            throw;
        }
    }

    private static uint Find(CommitDraft draft, ConsentId id)
    {
        if (id.IsDefault)
            return 0;
        Span<byte> tag = stackalloc byte[Tags.Size];
        Granting.Tag(draft.Crown.TagKey, id, tag);
        return draft.FindConsent(tag);
    }

    /// <summary>Opened templates in locked memory, wiped on dispose.</summary>
    private sealed class KnownTemplates(int size) : IDisposable
    {
        private readonly List<SecretBuffer> templates = [];

        public void Add(ReadOnlySpan<byte> encoded)
        {
            var copy = new SecretBuffer(size);
            templates.Add(copy);
            encoded.CopyTo(copy.DangerousBytes);
        }

        public bool Contains(ReadOnlySpan<byte> encoded)
        {
            foreach (SecretBuffer template in templates)
            {
                if (encoded.SequenceEqual(template.DangerousBytes))
                    return true;
            }

            return false;
        }

        public void Dispose() => templates.ForEach(template => template.Dispose());
    }
}
