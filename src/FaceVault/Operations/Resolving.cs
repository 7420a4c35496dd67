using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Matching;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Names the living subjects behind candidates; leaves out the withdrawn, restricted and expired. Callers who were found together are named together, in shares for the vault's threads.</summary>
internal static class Resolving
{
    /// <summary>Names that a share reads under one view, unless one caller asks for more: about 4 ms, for which a commit may wait.</summary>
    private const int MostInShare = 256;

    /// <summary>Names below which waking another thread costs more than it brings.</summary>
    private const int WorthAThread = 32;

    /// <param name="session">The open vault.</param>
    /// <param name="purpose">The number of the gallery's purpose: who consented to something else is nobody here.</param>
    /// <param name="questions">Who wants what named; each is answered once, whatever happens.</param>
    /// <param name="mayBeBusy">Whether the callers may be told that too many wait; false where the gallery counts them.</param>
    public static void Name(VaultSession session, ushort purpose, IReadOnlyList<NameQuestion> questions, bool mayBeBusy)
    {
        int names = questions.Sum(question => question.Candidates.Count);
        int most = Math.Clamp((names + session.Options.MatchingThreads - 1) / session.Options.MatchingThreads, WorthAThread, MostInShare);
        var share = new List<NameQuestion>();
        int taken = 0;
        foreach (NameQuestion question in questions)
        {
            if (taken > 0 && taken + question.Candidates.Count > most)
            {
                _ = RunAsync(session, purpose, share, mayBeBusy);
                (share, taken) = ([], 0);
            }

            share.Add(question);
            taken += question.Candidates.Count;
        }

        _ = RunAsync(session, purpose, share, mayBeBusy);
    }

    /// <summary>Opens the consent record of a slot whose evidence key lives.</summary>
    public static ConsentRecord ReadRecord(ReadScope view, uint slot, KeyEntry entry) =>
        SealedConsentRecord.Open(entry.EvidenceKey, view.Crown.VaultId, slot, entry.RecordVersion, ReadSealed(view, slot));

    /// <summary>The sealed consent record of a slot.</summary>
    public static byte[] ReadSealed(ReadScope view, uint slot) => view.Store.Read(KeyTable.Record, slot) ?? throw Error.StoreDamaged("a consent record that is missing");

    private static async Task RunAsync(VaultSession session, ushort purpose, List<NameQuestion> questions, bool mayBeBusy)
    {
        try
        {
            List<NameQuestion> held = await session.RunAsync(() => new NameShare(session, purpose, questions).Answer(), mayBeBusy, CancellationToken.None).ConfigureAwait(false);
            foreach (NameQuestion question in held)
                _ = RunAgainAsync(session, purpose, question);
        }
        catch (Exception failure)
        {
            foreach (NameQuestion question in questions)
                question.Fail(failure);
        }
    }

    /// <summary>For a caller who met a paused slot: when nothing is paused any more, on its own. Nothing is held meanwhile but its place.</summary>
    private static async Task RunAgainAsync(VaultSession session, ushort purpose, NameQuestion question)
    {
        foreach (Candidate candidate in question.Candidates)
            await session.Engine.Leases.WhenResumed(candidate.Slot).ConfigureAwait(false);
        await RunAsync(session, purpose, [question], mayBeBusy: false).ConfigureAwait(false);
    }
}
