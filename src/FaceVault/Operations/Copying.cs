using System.Runtime.InteropServices;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Whom a copy is for, and who asked.</summary>
/// <param name="Recipient">A recipient that the consent names; null for the subject.</param>
/// <param name="Reference">The request's reference.</param>
/// <param name="Role">Who asked, by name.</param>
internal readonly record struct CopyRequest(string? Recipient, string? Reference, string? Role);

/// <summary>Hands the templates of one consent out (D7: PIPL 45; GDPR 15, 20), decrypted into memory that is wiped, after the disclosure is durable in the consent's record and counted in the ledger.</summary>
internal sealed class Copying : IDisposable
{
    private readonly List<(TemplateModel Model, SecretBuffer Values)> templates = [];
    private SlotLease lease;

    public static async Task<int> RunAsync(VaultSession session, ConsentId id, CopyRequest request, Action<TemplateModel, ReadOnlySpan<float>> receive, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            uint slot;
            using (var copy = new Copying())
            {
                if (copy.TryOpen(session, id, request, out slot))
                {
                    await session.Engine.Enqueue(new CopyItem(session, slot, copy.templates.Count, request) { CancellationToken = cancellationToken }).ConfigureAwait(false);
                    copy.HandOut(session, receive);
                    return copy.templates.Count;
                }
            }

            await session.Engine.Leases.WhenResumed(slot).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>All reasons not to hand out so many templates of a slot now; slot 0 is an unknown consent. A restricted consent can still be copied for its subject (PIPL 45; GDPR 15), and for nobody else.</summary>
    public static List<Violation> Check(VaultSession session, uint slot, KeyEntry entry, ConsentRecord? record, in CopyRequest request)
    {
        List<Violation> found = [.. slot != 0 && entry.IsLiving && request.Recipient is null ? CheckSubject(session, slot, entry) : SlotUse.Check(session, slot, entry, PurposeKind.None)];
        if (request.Recipient is { } recipient && record?.Grant.Recipients.Contains(recipient, StringComparer.Ordinal) == false)
            found.Add(Error.RecipientNotConsented()); // P5 (PIPL 23; BIPA 15(c), (d))
        if (slot != 0 && session.Purposes.TryOfVersion(entry.PurposeVersion) is { } purpose && session.RulesOf(purpose.Version.Registered).ForbidsDisclosure(purpose.Version.Registered))
            found.Add(Error.DisclosureForbidden()); // P4 (PIPL 26; CAC 13): to nobody
        return found;
    }

    public void Dispose()
    {
        foreach ((_, SecretBuffer values) in templates)
            values.Dispose();
        lease.Dispose();
    }

    private static IReadOnlyList<Violation> CheckSubject(VaultSession session, uint slot, KeyEntry entry)
    {
        ConsentStanding standing = SlotUse.Standing(session, slot, entry);
        DateTimeOffset ends = Retention.FromMinutes(entry.UseEnds), allowed = session.DemandsOf(session.Purposes.OfVersion(entry.PurposeVersion).Version.Registered).RetentionEnds(Retention.FromMinutes(entry.Given));
        return ConsentRules.CheckUse(new ConsentUse
        {
            Standing = standing == ConsentStanding.Restricted && entry.IsSetAside ? ConsentStanding.Active : standing,
            ConsentedVersion = entry.PurposeVersion,
            UsedVersion = entry.PurposeVersion, // what was consented to formerly is the subject's too
            UseEndsAt = allowed < ends ? allowed : ends,
            Now = session.Now,
            ClockIsBack = session.Engine.ClockIsBack,
        });
    }

    /// <summary>False when the slot is being re-keyed: nothing is held any more, wait and start again.</summary>
    private bool TryOpen(VaultSession session, ConsentId id, in CopyRequest request, out uint slot)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
        KeyEntry entry = default;
        if (slot != 0)
            view.Tree.TryGet(slot, out entry);
        List<Violation> found = Check(session, slot, entry, slot != 0 && entry.HasEvidence ? Resolving.ReadRecord(view, slot, entry) : null, request);
        int most = session.Options.MaxTemplateCopiesPerDay;
        if (slot != 0 && entry.Live > most - session.Copies.On(session.Now, session.Engine.State, view.Store))
            found.Add(Error.TooManyCopies(most));
        RefusedException.ThrowIfAny(found);
        if (!session.Engine.Leases.TryAcquire(slot, out lease))
            return session.Engine.Leases.IsStopped(slot) ? throw new RefusedException([Error.ConsentWithdrawn()]) : false;
        Analyzing.Decrypt(session, view, slot, static _ => true, (model, values) => templates.Add((model, values)));
        return templates.Count > 0 ? true : throw new RefusedException([Error.NothingEnrolled()]);
    }

    private void HandOut(VaultSession session, Action<TemplateModel, ReadOnlySpan<float>> receive)
    {
        using IDisposable call = Analyzing.Enter(session);
        foreach ((TemplateModel model, SecretBuffer values) in templates)
            receive(model, MemoryMarshal.Cast<byte, float>(values.DangerousBytes));
    }
}

/// <summary>Notes a disclosure before it happens: an event in the consent's record, and a line of the ledger that counts and names nobody.</summary>
internal sealed class CopyItem(VaultSession session, uint slot, int count, CopyRequest request) : OrdinaryItem
{
    private bool isCounted;
    private bool isDurable;
    private PurposeId purpose;

    public override bool NeedsHead => true;

    public override void Apply(CommitDraft draft)
    {
        draft.TryPeek(slot, out KeyEntry entry);
        byte[]? sealedRecord = entry.HasEvidence ? draft.Reader.Read(KeyTable.Record, slot) ?? throw Error.ConsentRecordDamaged() : null;
        ConsentRecord? record = sealedRecord is null ? null : SealedConsentRecord.Open(entry.EvidenceKey, draft.Crown.VaultId, slot, entry.RecordVersion, sealedRecord);
        List<Violation> found = Copying.Check(session, slot, entry, record, request);
        int most = session.Options.MaxTemplateCopiesPerDay;
        if (count > most - session.Copies.On(session.Now, session.Engine.State, draft.Reader))
            found.Add(Error.TooManyCopies(most));
        RefusedException.ThrowIfAny(found);
        if (!SealedConsentRecord.HasRoom(sealedRecord))
            throw Error.ConsentRecordFull();
        draft.IsChanging = true;
        purpose = record!.Grant.Purpose;
        session.Copies.Add(count);
        isCounted = true;
        var copied = new ConsentEvent(ConsentEventKind.Copied, session.Now, null, request.Reference, request.Role, request.Recipient);
        draft.Writes.Add(new KeyWrite(KeyTable.Record, slot, StopItem.Sealed(draft, slot, sealedRecord!, (at, _) => SealedConsentRecord.Seal(at.EvidenceKey, draft.Crown.VaultId, slot, at.NextRecordVersion, record!.Append(copied)))));
        draft.Count(entry.PurposeVersion, Activity.Copies, draft.Time, count);
        draft.AppendLine(LedgerEntry.TemplatesCopied(draft.Time, count));
    }

    public override void Committed()
    {
        isDurable = true;
        session.Meter.Copied(purpose.Value, count);
    }

    public override void Ended()
    {
        if (isCounted && !isDurable)
            session.Copies.Add(-count);
    }
}
