using System.Buffers.Binary;
using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Telemetry;

namespace FaceVault.Operations;

/// <summary>From identifiers to slots to certificates.</summary>
internal static class Withdrawing
{
    /// <summary>The slots of consents; all are known or none is answered.</summary>
    public static List<uint> SlotsOf(VaultSession session, IReadOnlyList<ConsentId> consents)
    {
        var slots = new uint[consents.Count];
        var candidates = new List<(uint Slot, int Consent, UInt128 Tag)>(consents.Count);
        Span<byte> tag = stackalloc byte[Tags.Size];
        using ReadScope view = session.Engine.Read();
        for (int i = 0; i < slots.Length; i++)
        {
            Granting.Tag(view.Crown.TagKey, consents[i], tag);
            foreach (uint slot in view.State.Consents.Find(tag))
                candidates.Add((slot, i, BinaryPrimitives.ReadUInt128LittleEndian(tag)));
        }

        candidates.Sort(static (a, b) => a.Slot.CompareTo(b.Slot)); // so that each leaf is opened once
        foreach ((uint slot, int consent, UInt128 wanted) in candidates)
            if (view.Tree.TryGet(slot, out KeyEntry entry) && BinaryPrimitives.ReadUInt128LittleEndian(entry.ConsentTag) == wanted)
                slots[consent] = slot;
        return slots.Contains(0u) ? throw Error.NoSuchConsent() : [.. slots];
    }

    /// <summary>The slots of a subject whose keys live or are stopped, of all purposes or of some (D1: Civil Code 1037; SPC 12).</summary>
    /// <exception cref="RefusedException">A purpose is not known, or the subject never consented to any of them.</exception>
    public static List<uint> SlotsOf(VaultSession session, SubjectId subject, IReadOnlyList<PurposeId>? purposes)
    {
        HashSet<ushort>? numbers = purposes is null ? null : NumbersOf(session, purposes);
        Span<byte> utf8 = stackalloc byte[256];
        using ReadScope view = session.Engine.Read();
        List<uint> all = view.FindSubject(utf8[..subject.CopyUtf8To(utf8)]);
        if (all.Count == 0)
            throw Error.NoSuchSubject();
        var living = new List<uint>(all.Count);
        bool isKnown = numbers is null;
        foreach (uint slot in all)
        {
            if (!view.Tree.TryGet(slot, out KeyEntry entry) || numbers?.Contains((ushort)(entry.PurposeVersion >> 16)) == false)
                continue;
            isKnown = true;
            if (entry.IsLiving || view.Crown.Work.ContainsKey(slot))
                living.Add(slot);
        }

        return isKnown ? living : throw new RefusedException([Error.ScopeEmpty()]);
    }

    /// <exception cref="LegalHoldException">Some are stopped and kept; it carries the certificates of the others.</exception>
    public static Task<IReadOnlyList<DeletionCertificate>> RunAsync(VaultSession session, IReadOnlyList<StopRequest> requests, IProgress<long>? progress) =>
        session.TraceAsync("facevault.withdraw", requests.Count, () => StopAsync(session, requests, progress));

    private static async Task<IReadOnlyList<DeletionCertificate>> StopAsync(VaultSession session, IReadOnlyList<StopRequest> requests, IProgress<long>? progress)
    {
        Task log = session.Engine.IsLogRead ? Task.CompletedTask : Task.Run(session.Engine.ReadLogAhead, CancellationToken.None); // the proofs will need it
        IReadOnlyList<StopResult> done = await session.Withdrawals.RunAsync(requests, progress).ConfigureAwait(false);
        var completed = new List<CompletedDestruction>(done.Count);
        for (int i = 0; i < done.Count; i++)
            if (!done[i].IsKept)
                completed.Add(done[i].Completed ?? Certificates.LastOf(session, requests[i].Slot));
        await log.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a damaged ledger is said when the proofs are made
        IReadOnlyList<DeletionCertificate> certificates = await AssembleAsync(session, completed).ConfigureAwait(false);
        return completed.Count == done.Count ? certificates : throw Error.UnderLegalHold(done.Count - completed.Count, certificates);
    }

    public static async Task<DeletionCertificate> RekeyAsync(VaultSession session, uint slot, DeletionTrigger trigger, Removal removal, CancellationToken cancellationToken)
    {
        MeasuredTime time = MeasuredTime.Start(Instruments.DeletionDuration, session.Options.TimeProvider);
        CompletedDestruction done = await session.TraceAsync("facevault.rekey", 0, () => Rekeying.RunAsync(session, slot, removal, cancellationToken)).ConfigureAwait(false);
        session.Meter.DeletedAfter(LedgerNames.Of(trigger), time);
        return (await AssembleAsync(session, [done]).ConfigureAwait(false))[0];
    }

    /// <summary>The keys are destroyed by now: where the ledger is damaged, only the proofs are missing.</summary>
    private static async Task<IReadOnlyList<DeletionCertificate>> AssembleAsync(VaultSession session, IReadOnlyList<CompletedDestruction> completed)
    {
        try
        {
            return await Certificates.AssembleAsync(session, completed).ConfigureAwait(false);
        }
        catch (VaultException damaged) when (damaged.Code == VaultErrorCode.StoreDamaged)
        {
            throw Error.CertificateOwed(damaged);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The consent has no template of that number.</exception>
    public static uint SlotOf(VaultSession session, ConsentId consent, int ordinal)
    {
        uint slot = SlotsOf(session, [consent])[0];
        using ReadScope view = session.Engine.Read();
        view.Tree.TryGet(slot, out KeyEntry entry);
        return ordinal >= entry.FirstOrdinal && ordinal < entry.NextOrdinal ? slot : throw Error.NoSuchTemplate(nameof(ordinal));
    }

    /// <exception cref="RefusedException">A purpose is not known.</exception>
    private static HashSet<ushort> NumbersOf(VaultSession session, IReadOnlyList<PurposeId> purposes)
    {
        RefusedException.ThrowIfAny([.. Enumerable.Range(0, purposes.Count).Where(i => !session.Purposes.Knows(purposes[i])).Select(Error.ScopeUnknown)]);
        return [.. purposes.Select(session.Purposes.NumberOf)];
    }
}
