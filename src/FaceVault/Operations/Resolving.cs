using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Names the living subjects behind candidates; leaves out the withdrawn, restricted and expired.</summary>
internal static class Resolving
{
    /// <param name="session">The open vault.</param>
    /// <param name="candidates">Whom to name.</param>
    /// <param name="mayBeBusy">Whether the caller may be told that too many wait; false where the gallery counts it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<IReadOnlyList<Match>> ResolveAsync(VaultSession session, IReadOnlyList<Candidate> candidates, bool mayBeBusy, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (candidates.Count == 0)
            return [];
        while (true)
        {
            foreach (Candidate candidate in candidates)
                await session.Engine.Leases.WhenResumed(candidate.Slot).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (await session.RunAsync(() => TryResolve(session, candidates, cancellationToken), mayBeBusy, cancellationToken).ConfigureAwait(false) is { } matches)
                return matches;
        }
    }

    /// <summary>Null when a slot was found paused: nothing is held any more, wait and start again.</summary>
    private static List<Match>? TryResolve(VaultSession session, IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        var matches = new List<Match>(candidates.Count);
        using ReadScope view = session.Engine.Read();
        foreach (Candidate candidate in candidates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!session.Engine.Leases.TryAcquire(candidate.Slot, out SlotLease lease))
            {
                if (!session.Engine.Leases.IsStopped(candidate.Slot))
                    return null;
                continue;
            }

            using (lease)
            {
                if (!view.Tree.TryGet(candidate.Slot, out KeyEntry entry) || SlotUse.Check(session, candidate.Slot, entry, PurposeKind.Identification).Count > 0)
                    continue;
                ConsentRecord record = ReadRecord(view, candidate.Slot, entry);
                matches.Add(new Match(record.Grant.Subject, record.Grant.Id, candidate.Score));
            }
        }

        return matches;
    }

    /// <summary>Opens the consent record of a slot whose evidence key lives.</summary>
    public static ConsentRecord ReadRecord(ReadScope view, uint slot, KeyEntry entry)
    {
        byte[] blob = view.Store.Read(KeyTable.Record, slot) ?? throw Error.StoreDamaged("a consent record that is missing");
        return SealedConsentRecord.Open(entry.EvidenceKey, view.Crown.VaultId, slot, entry.RecordVersion, blob);
    }
}
