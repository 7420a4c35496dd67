using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;

namespace FaceVault.Operations;

/// <summary>Answers what the vault knows of consents.</summary>
internal static class Reading
{
    public static ConsentInfo? Find(VaultSession session, ConsentId id)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        uint slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
        return slot == 0 ? null : Describe(session, view, slot);
    }

    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>.</exception>
    public static uint SlotOf(VaultSession session, ConsentId id)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        return view.FindConsent(utf8[..id.CopyUtf8To(utf8)]) is not 0 and var slot ? slot : throw Error.NoSuchConsent();
    }

    public static List<ConsentInfo> Find(VaultSession session, SubjectId id)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        return [.. view.FindSubject(utf8[..id.CopyUtf8To(utf8)]).Select(slot => Describe(session, view, slot))];
    }

    /// <summary>The receipt of a consent, made again from its sealed record; null when the vault knows none.</summary>
    public static ConsentReceipt? Receipt(VaultSession session, ConsentId id)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        uint slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
        if (slot == 0 || !view.Tree.TryGet(slot, out KeyEntry entry))
            return null;
        ConsentRecord record = Resolving.ReadRecord(view, slot, entry);
        return new ConsentReceipt
        {
            Vault = session.Origin,
            Consent = record.Grant.Id,
            Subject = record.Grant.Subject,
            Purpose = record.Grant.Purpose,
            Version = (int)(entry.PurposeVersion & 0xffff),
            GivenAt = record.Grant.GivenAt,
            ExpiresAt = record.Grant.ExpiresAt,
            UseEndsAt = record.UseEndsAt,
            LedgerIndex = record.CreatedIndex,
            Salt = record.Salt,
        };
    }

    /// <summary>Up to <paramref name="most"/> consents from a slot on, with the slot to go on from; 0 at the end.</summary>
    public static (List<ConsentInfo> Consents, uint Next) List(VaultSession session, PurposeId? purpose, uint from, int most)
    {
        var found = new List<ConsentInfo>();
        using ReadScope view = session.Engine.Read();
        ushort? number = purpose is { } id ? session.Purposes.NumberOf(id) : null;
        uint slot = Math.Max(1, from);
        for (int looked = 0; slot < view.Crown.NextSlot && found.Count < most && looked < 64 * most; slot++, looked++)
            if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.HasEvidence && (number is null || entry.PurposeVersion >> 16 == number))
                found.Add(Describe(session, view, slot));
        return (found, slot < view.Crown.NextSlot ? slot : 0);
    }

    /// <summary>Up to <paramref name="most"/> consents in force that have no template of a model, with the slot to go on from; 0 at the end.</summary>
    public static (List<ConsentInfo> Consents, uint Next) ListWithout(VaultSession session, PurposeEntry purpose, TemplateModel model, uint from, int most)
    {
        var found = new List<ConsentInfo>();
        using var templates = new ModelTemplates(session, model);
        using ReadScope view = session.Engine.Read();
        uint slot = Math.Max(1, from);
        for (int looked = 0; slot < view.Crown.NextSlot && looked < 2 * most; slot++, looked++)
            if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.PurposeVersion == purpose.CurrentVersion
                && ModelTemplates.IsInForce(session, view, slot, entry) && templates.In(view, slot, purpose.Newest) == 0)
                found.Add(Describe(session, view, slot));
        return (found, slot < view.Crown.NextSlot ? slot : 0);
    }

    public static ConsentInfo Describe(VaultSession session, ReadScope view, uint slot, KeyEntry entry, ConsentRecord record) => new()
    {
        Consent = record.Grant.Id,
        Subject = record.Grant.Subject,
        Purpose = record.Grant.Purpose,
        Version = (int)(entry.PurposeVersion & 0xffff),
        Status = StatusOf(session, view, slot, entry),
        State = ConsentExport.StateOf(session, view, slot, entry, record),
        GivenAt = record.Grant.GivenAt,
        ExpiresAt = record.Grant.ExpiresAt,
        UseEndsAt = entry.IsLiving && session.UseEnds(entry) is var ends && ends < entry.UseEnds ? Retention.FromMinutes(ends) : record.UseEndsAt,
        AgeBandEndsAt = entry.AgeBandEnds == 0 ? null : Retention.FromMinutes(entry.AgeBandEnds),
        IsHeld = entry.IsHeld,
        IsKept = entry.IsKept,
        Templates = entry.Live,
        LedgerIndex = record.CreatedIndex,
        Certificates = record.Certificates,
        RecipientsToNotify = [.. record.Informed],
    };

    private static ConsentInfo Describe(VaultSession session, ReadScope view, uint slot)
    {
        view.Tree.TryGet(slot, out KeyEntry entry);
        return Describe(session, view, slot, entry, Resolving.ReadRecord(view, slot, entry));
    }

    private static ConsentStatus StatusOf(VaultSession session, ReadScope view, uint slot, KeyEntry entry) =>
        view.Crown.Work.TryGetValue(slot, out WorkItem work) && (work.IsStopped || !entry.IsLiving) ? ConsentStatus.Stopped
        : !entry.IsLiving ? ConsentStatus.Destroyed
        : entry.IsKept ? ConsentStatus.Restricted
        : session.Engine.Leases.IsStopped(slot) ? ConsentStatus.Stopped
        : entry.IsSetAside ? ConsentStatus.Restricted
        : session.UseStops(entry) <= session.NowMinutes ? ConsentStatus.Expired
        : ConsentStatus.Active;
}
