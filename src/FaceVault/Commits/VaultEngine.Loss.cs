using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;

namespace FaceVault.Commits;

// A store that is older than its head, or has none, is accepted as it is: what was lost since is counted, and nothing that was given out or signed since is given out or signed again.
internal sealed partial class VaultEngine
{
    /// <summary>Slots that are passed over: lost commits may have given out more than the last head says, for a second at the most.</summary>
    private const long SlotGap = 1 << 20;

    /// <summary>Makes the one commit after which the store is the newest again, and records it. The vault is opened afterwards as ever. A crash before the commit leaves a store that is refused, a crash after it one that opens.</summary>
    /// <param name="rename">Keeps the name under which the ledger is signed from here on, before the commit: alone it changes no claim.</param>
    /// <exception cref="VaultException">Why a loss is not accepted: the vault opens, a place is away, a mirror has what seems lost, or nothing opens.</exception>
    public AcceptedLoss AcceptLoss(Action<string> rename)
    {
        roots.Lock(Options.LockTimeout, Options.Clock);
        while (true)
        {
            CloseStores();
            using Sighting seen = Sighting.Of(Options, roots, mirrors);
            CheckAcceptable(seen);
            if (seen.NewestAhead is { } ahead)
            {
                // It lacks commits too, but fewer of them: the loss that is accepted is the smallest one.
                Options.Store.CopyFrom(ahead.Mirror.Location, seen.Crown!.Places.First(p => p.Kind == PlaceKind.Store).Id);
                continue;
            }

            if (Adopt(seen))
                return WriteLoss(roots.Head, rename);
        }
    }

    private static void CheckAcceptable(Sighting seen)
    {
        RecoveryDecision decision = Recovery.Decide(seen.Observations);
        if (decision.Action == RecoveryAction.Open)
            throw Error.NothingLost();
        if (decision.Row != 4 || seen.Observations.Head is not (HeadState.StoreOlder or HeadState.Missing))
            throw Error.CannotOpen(decision);
        if (seen.NewestAhead is { ReachesHead: true })
            throw Error.CannotOpen(decision with { Remedy = RecoveryRemedy.RestoreKeys }); // also a mirror that the older store does not list
        if (!seen.Observations.AllLocationsReached || seen.Observations.Mirrors!.Any(m => m.State == MirrorState.Unreachable))
            throw Error.CannotOpen(decision with { Remedy = RecoveryRemedy.ReachPlaces });
    }

    private AcceptedLoss WriteLoss(RootHead? head, Action<string> rename)
    {
        (long epoch, long commit, long nextSlot, long size) = (State.Crown.Epoch, State.Crown.Commit, State.Crown.NextSlot, State.Crown.LedgerSize);
        long accepted = Math.Max(commit, head?.Commit ?? 0) + 1;
        string origin = RecoveredOrigin.After(Options.Origin, accepted);
        if (origin != Options.Origin)
            rename(origin);
        using CommitDraft draft = NewDraft();
        Crown crown = draft.Crown;
        long next = Math.Max(nextSlot, head?.NextSlot ?? 0) + SlotGap;
        if (next >= uint.MaxValue - 1)
            throw Error.CapacityExceeded();
        crown.NextSlot = (uint)next;
        crown.Commit = accepted - 1;
        DateTimeOffset now = draft.Time;
        draft.AppendLine(LedgerEntry.RolledBack(now, epoch, commit));
        SecureRandom.Fill(crown.DangerousSigningSeed); // also where the head's ledger is no longer than ours: it may be another one
        VerifierKey verifier = VerifierKey.FromSeed(origin, crown.DangerousSigningSeed);
        draft.AppendLine(LedgerEntry.SigningKeyChanged(now, verifier));
        if (head is { Commit: > 0 })
            NoteHead(new CrownMark(head.Commit, head.CrownHash.ToArray())); // so that this crown is no other branch beside that head
        Commit(draft, rootKey!, checkpoint: true);
        RecordHead();
        return new AcceptedLoss(head?.Commit - commit, head is null ? null : Math.Max(0, head.NextSlot - nextSlot), head is null ? null : Math.Max(0, head.LedgerSize - size), verifier);
    }
}
