using FaceVault.Commits;

namespace FaceVault.Operations;

/// <summary>Sets and lifts legal holds, a batch of slots a commit.</summary>
internal static class Holding
{
    private const int Batch = 4096;

    public static async Task<int> SetAsync(VaultSession session, HoldScope scope, string? reference, CancellationToken cancellationToken)
    {
        int changed = 0;
        foreach (uint[] batch in (await session.AskAsync(() => SlotsOf(session, scope), mayBeBusy: false, cancellationToken).ConfigureAwait(false)).Chunk(Batch))
        {
            var item = new HoldItem(session.Engine, batch, set: true, reference) { CancellationToken = cancellationToken };
            await session.Engine.Enqueue(item).ConfigureAwait(false);
            changed += item.Changed;
        }

        return changed;
    }

    /// <summary>Lifts, and destroys what was stopped under the hold, before the next batch is lifted: the work list has room for so many.</summary>
    public static async Task<IReadOnlyList<DeletionCertificate>> LiftAsync(
        VaultSession session, HoldScope scope, string? reference, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var certificates = new List<DeletionCertificate>();
        long done = 0;
        foreach (uint[] batch in (await session.AskAsync(() => SlotsOf(session, scope), mayBeBusy: false, cancellationToken).ConfigureAwait(false)).Chunk(Batch))
        {
            var item = new HoldItem(session.Engine, batch, set: false, reference) { CancellationToken = cancellationToken };
            await session.Engine.Enqueue(item).ConfigureAwait(false);
            if (item.Resumed.Count > 0)
                certificates.AddRange(await Withdrawing.RunAsync(session, item.Resumed, null).ConfigureAwait(false));
            progress?.Report(done += batch.Length);
        }

        return certificates;
    }

    private static IReadOnlyList<uint> SlotsOf(VaultSession session, HoldScope scope)
    {
        if (scope.Consents is { } consents)
            return Withdrawing.SlotsOf(session, consents);
        if (scope.Subject is { } subject)
        {
            Span<byte> utf8 = stackalloc byte[256];
            using ReadScope view = session.Engine.Read();
            List<uint> found = view.FindSubject(utf8[..subject.CopyUtf8To(utf8)]);
            return found.Count > 0 ? found : throw Error.NoSuchSubject();
        }

        return OfPurpose(session, session.Purposes.NumberOf(scope.Purpose!.Value));
    }

    private static List<uint> OfPurpose(VaultSession session, ushort number)
    {
        var slots = new List<uint>();
        session.Engine.VisitEntries((_, slot, entry) =>
        {
            if (entry.HasEvidence && entry.PurposeVersion >> 16 == number)
                slots.Add(slot);
        });
        return slots;
    }
}
