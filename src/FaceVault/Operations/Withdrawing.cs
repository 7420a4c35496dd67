using FaceVault.Commits;
using FaceVault.Keys;

namespace FaceVault.Operations;

/// <summary>From identifiers to slots to certificates.</summary>
internal static class Withdrawing
{
    /// <summary>The slots of consents; all are known or none is answered.</summary>
    public static List<uint> SlotsOf(VaultSession session, IReadOnlyList<ConsentId> consents)
    {
        var slots = new List<uint>(consents.Count);
        Span<byte> utf8 = stackalloc byte[256];
        using ReadScope view = session.Engine.Read();
        foreach (ConsentId consent in consents)
        {
            uint slot = view.FindConsent(utf8[..consent.CopyUtf8To(utf8)]);
            slots.Add(slot != 0 ? slot : throw Error.NoSuchConsent());
        }

        return slots;
    }

    /// <summary>The slots of a subject whose keys live or are stopped.</summary>
    public static List<uint> SlotsOf(VaultSession session, SubjectId subject)
    {
        Span<byte> utf8 = stackalloc byte[256];
        using ReadScope view = session.Engine.Read();
        List<uint> all = view.FindSubject(utf8[..subject.CopyUtf8To(utf8)]);
        if (all.Count == 0)
            throw Error.NoSuchSubject();
        var living = new List<uint>(all.Count);
        foreach (uint slot in all)
            if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.IsLiving)
                living.Add(slot);
        return living;
    }

    public static async Task<IReadOnlyList<DeletionCertificate>> RunAsync(
        VaultSession session, List<uint> slots, DeletionTrigger trigger, string? reference, IProgress<long>? progress)
    {
        IReadOnlyList<CompletedDestruction?> done = await session.Withdrawals.RunAsync([.. slots.Select(s => new StopRequest(s, trigger, reference))], progress).ConfigureAwait(false);
        var completed = new CompletedDestruction[done.Count];
        for (int i = 0; i < completed.Length; i++)
            completed[i] = done[i] ?? Certificates.LastOf(session, slots[i]);
        return await Certificates.AssembleAsync(session, completed).ConfigureAwait(false);
    }

    public static async Task<DeletionCertificate> RekeyAsync(VaultSession session, uint slot, Removal removal, CancellationToken cancellationToken)
    {
        CompletedDestruction done = await Rekeying.RunAsync(session, slot, removal, cancellationToken).ConfigureAwait(false);
        return (await Certificates.AssembleAsync(session, [done]).ConfigureAwait(false))[0];
    }

    public static void CheckOrdinal(VaultSession session, uint slot, int ordinal)
    {
        using ReadScope view = session.Engine.Read();
        view.Tree.TryGet(slot, out KeyEntry entry);
        if (ordinal < entry.FirstOrdinal || ordinal >= entry.NextOrdinal)
            throw new ArgumentOutOfRangeException(nameof(ordinal), "The consent has no template of that number.");
    }
}
