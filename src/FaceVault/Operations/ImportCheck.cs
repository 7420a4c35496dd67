using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Templates;

namespace FaceVault.Operations;

/// <summary>Looks through an import as if it were done now, and writes nothing: batches are durable one by one, so what is refused late would leave the earlier ones behind.</summary>
internal sealed class ImportCheck(VaultSession session, PurposeId purpose, TemplateModel model)
{
    private const int Most = 1000;

    private readonly PurposeEntry wanted = session.Purposes.Get(purpose);
    private readonly Dictionary<ConsentId, SubjectId> consents = [];
    private readonly HashSet<ConsentGrant> nameless = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<SubjectId> subjects = [];
    private readonly List<Violation> all = [];

    /// <exception cref="RefusedException">Something would be refused; up to about a thousand violations are listed.</exception>
    public async Task RunAsync(IAsyncEnumerable<Enrollment> items, CancellationToken cancellationToken)
    {
        long index = 0;
        await foreach (Enrollment item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Check(item, index++);
            if (all.Count >= Most)
                break;
        }

        RefusedException.ThrowIfAny(all);
        RefusedException.ThrowIfAny(session.Filing.CheckCrossing(wanted, subjects));
    }

    private void Check(in Enrollment item, long index)
    {
        ArgumentNullException.ThrowIfNull(item.Grant);
        foreach (Violation violation in TemplateRules.Check(model, item.Embedding.Span))
            all.Add(violation with { Field = $"items[{index}].embedding" });
        bool isFirst = item.Grant.Id.IsDefault ? nameless.Add(item.Grant) : consents.TryAdd(item.Grant.Id, item.Grant.Subject);
        if ((ConsentRules.CheckCapture(item.CapturedAt, item.Grant.GivenAt, session.Now) ?? (item.CapturedAt is null ? null : CheckKnownCapture(item))) is { } capture)
            all.Add(capture with { Field = $"items[{index}].{capture.Field}" });
        if (isFirst)
            all.AddRange(GrantViolations(item.Grant).Select(v => v with { Field = $"items[{index}].{v.Field}" }));
        else if (item.Grant.Purpose != purpose)
            all.Add(Error.ConsentOfAnotherPurpose() with { Field = $"items[{index}].purpose" });
        if (!isFirst && !item.Grant.Id.IsDefault && consents[item.Grant.Id] != item.Grant.Subject)
            all.Add(Error.ConsentOfAnotherSubject() with { Field = $"items[{index}].subject" });
    }

    private IReadOnlyList<Violation> GrantViolations(ConsentGrant grant)
    {
        if (grant.Purpose != purpose)
            return [Error.ConsentOfAnotherPurpose() with { Field = "purpose" }];
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        if (!grant.Id.IsDefault && view.FindConsent(utf8[..grant.Id.CopyUtf8To(utf8)]) is not 0 and var slot)
            return ExistingViolations(view, slot, grant);
        bool isActive = !grant.Subject.IsDefault && (!subjects.Add(grant.Subject) || IsActive(view, grant.Subject));
        return ConsentRules.CheckGrant(grant, new GrantContext(wanted.Current, session.Now, SubjectIsActive: isActive, Interaction: FindInteraction(view, grant)) { ClockIsBack = session.Engine.ClockIsBack, OldestConsent = wanted.OldestConsent, Demands = session.DemandsOf(wanted.Current), Forbidden = [.. session.CheckRules(wanted.Current), .. session.Filing.CheckOverdue(wanted.Current)] });
    }

    private InteractionFinding FindInteraction(ReadScope view, ConsentGrant grant)
    {
        UInt128 act = InteractionIndex.TagOf(view.Crown, grant.InteractionId);
        if (act == 0)
            return InteractionFinding.Free;
        Span<byte> utf8 = stackalloc byte[256];
        List<uint> ofSubject = grant.Subject.IsDefault ? [] : view.FindSubject(utf8[..grant.Subject.CopyUtf8To(utf8)]);
        return session.Interactions.Find(view.Store, view.Crown, act, wanted.Number, ofSubject);
    }

    /// <summary>A consent that is there was judged when it was recorded; now it is only a question whether it is the same one and still in force.</summary>
    private IReadOnlyList<Violation> ExistingViolations(ReadScope view, uint slot, ConsentGrant grant)
    {
        if (grant.Subject.IsDefault)
            return [Error.ConsentMemberMissing("subject")];
        view.Tree.TryGet(slot, out KeyEntry entry);
        Span<byte> utf8 = stackalloc byte[256], tag = stackalloc byte[Tags.Size];
        Tags.Subject(view.Crown.TagKey, utf8[..grant.Subject.CopyUtf8To(utf8)], tag);
        if (!entry.SubjectTag.SequenceEqual(tag))
            return [Error.ConsentIdTaken()];
        return wanted.Number != entry.PurposeVersion >> 16 ? [Error.ConsentOfAnotherPurpose()] : [.. SlotUse.Check(session, slot, entry, PurposeKind.None), .. SlotUse.CheckFiling(session, entry)];
    }

    /// <summary>C7: a consent that is there was given when the vault knows it was, whatever is told again.</summary>
    private Violation? CheckKnownCapture(in Enrollment item)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        return !item.Grant.Id.IsDefault && view.FindConsent(utf8[..item.Grant.Id.CopyUtf8To(utf8)]) is not 0 and var slot && view.Tree.TryGet(slot, out KeyEntry entry)
            ? ConsentRules.CheckCapture(item.CapturedAt, Retention.FromMinutes(entry.Given), session.Now) : null;
    }

    private bool IsActive(ReadScope view, SubjectId subject)
    {
        Span<byte> utf8 = stackalloc byte[256];
        foreach (uint slot in view.FindSubject(utf8[..subject.CopyUtf8To(utf8)]))
        {
            if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.PurposeVersion == wanted.CurrentVersion && entry.State == SlotState.Active && session.UseEnds(entry) > session.NowMinutes
                && !view.Crown.Work.ContainsKey(slot) && !session.Engine.Leases.IsStopped(slot))
                return true;
        }

        return false;
    }
}
