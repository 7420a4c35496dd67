using FaceVault.Commits;

namespace FaceVault.Tests.Commits;

internal sealed partial class ProtocolModel
{
    /// <summary>Slots that an acceptance passes over: more than can be answered before their head is recorded.</summary>
    private const byte SlotGap = 3;

    /// <summary>Somebody ends the process and puts a copy of the primary in its place: the one that was kept, or the store that was given up for it.</summary>
    private void PutBack(in ModelState fault, List<ModelState> next)
    {
        if (!options.OldCopies || fault.At is not (At.Down or At.Idle))
            return;
        foreach (Crown copy in new[] { fault.Copy, fault.Lost })
        {
            if (copy.Exists && copy != fault.P)
                next.Add(Forget(fault) with { P = copy, PFailed = default, PBefore = default, Newest = fault.Newest.Exists ? fault.Newest : fault.P, LossAccepted = true });
        }
    }

    /// <summary>A loss is accepted when every place is there and no mirror reaches the head; one that is ahead of the primary is taken first.</summary>
    private void AcceptLoss(in ModelState s, List<ModelState> next)
    {
        Crown head = Head(s);
        bool isAway = (s.P.HasSecond && !s.R2Up) || (s.P.HasMirror && !s.MirrorUp);
        if (HeadOf(s.P, head) != HeadState.StoreOlder || (isAway && Flaw != Flaw.AcceptWhileAway))
            return;
        bool isAhead = s.P.HasMirror && s.MirrorUp && Opens(s, s.M, true, s.R2Up) && s.M.Commit > s.P.Commit && (s.M.Line & ~s.P.Line) == 0;
        if (!isAhead)
            next.Add(s with { At = At.Accept });
        else if (HeadOf(s.M, head) != HeadState.Ok)
            next.Add(s with { P = s.M });
    }

    /// <summary>First the name, then the one commit.</summary>
    private void WhenAccepting(in ModelState s, List<ModelState> next)
    {
        Crown head = Head(s);
        bool signsAnew = SignsAnew(s.P, head);
        byte name = NameAfter(s.P, head);
        if (signsAnew && s.Name != name && Flaw != Flaw.RenameAfterwards)
        {
            next.Add(s with { Name = name });
            return;
        }

        if (s.P.HasMirror && Opens(s, s.M, true, true) && HeadOf(s.M, head) == HeadState.Ok)
            throw new ModelViolationException("NEEDLESS");
        byte line = s.P.Line;
        Ledgers ledgers = Parts ? s.Ledgers.GoOn(s.P, true, out line) : default;
        if (signsAnew && Parts)
            ledgers = ledgers.SignAnew(line, name);
        // What was lost is counted and told; the callers ask again for the stops among it.
        byte stops = (byte)(s.Stops & (s.P.Pending | s.P.Kept | ~s.P.Alive));
        byte slot = Flaw switch
        {
            Flaw.SlotsFromStore => s.P.Slot,
            Flaw.SlotsFromHead => Math.Max(s.P.Slot, head.Slot),
            _ => (byte)(Math.Max(s.P.Slot, head.Slot) + SlotGap),
        };
        CommitPrimary(s with
        {
            Ledgers = ledgers,
            MirrorCurrent = s.P.HasMirror && s.MirrorUp && s.M == s.P,
            Newest = default,
            Lost = s.Newest.Exists ? s.Newest : s.Lost,
            LossAccepted = true,
            Accepted = true,
            Stops = stops,
            StopsOnMirror = (byte)(s.StopsOnMirror & stops),
        }, s.P with { Commit = (byte)(head.Commit + 1), Slot = slot, Size = (byte)(s.P.Size + (signsAnew ? 2 : 1)), Line = line, Forgiven = (byte)(s.P.Forgiven | head.Line) }, At.Look, next);
    }

    private bool SignsAnew(in Crown store, in Crown head) => Flaw switch
    {
        Flaw.KeepSigningKey => false,
        Flaw.KeepSigningKeyWhenLonger => head.Size > store.Size,
        Flaw.KeepSigningKeyWhenEqual => head.Size != store.Size,
        _ => true,
    };

    private byte NameAfter(in Crown store, in Crown head) => Flaw == Flaw.NameBySize ? store.Size : (byte)(head.Commit + 1);

    /// <summary>Whether vault.json has a name that the ledger gives, or a longer one beside a store that is behind its head: a loss was about to be accepted, or is about to be accepted once more.</summary>
    private bool Fits(in ModelState s) =>
        s.Ledgers.Says(s.P.Line, s.Name) || (Flaw == Flaw.NameBySize ? s.Name == s.P.Size : HeadOf(s.P, Head(s)) == HeadState.StoreOlder);
}
