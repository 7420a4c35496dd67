namespace FaceVault.Tests.Commits;

/// <summary>Deliberate mistakes. The search has to find each of them.</summary>
internal enum Flaw
{
    None,

    // in committing and destroying
    ReuseStagedKey, PromoteBeforeMirror, PromoteOneLocation, NoDurableStop, SignEarly, HeadBeforeDurable, DestroyWhileAway,

    // in opening
    DiscardWithoutFence, DiscardOnClearNumber, FenceWithoutName, DiscardWhileAway, PromoteWhileAway, CompleteWhileAway, IgnoreHead, CloseWhileAway,
}

/// <summary>What may happen in a search.</summary>
/// <param name="Solo">No mirror and one root location.</param>
/// <param name="LyingDisk">Once, a flush of the primary says yes and a crash shows that it was not done.</param>
/// <param name="OldCopies">Somebody keeps a copy of the primary and puts it back.</param>
internal sealed record ModelOptions(bool Solo = false, bool LyingDisk = false, bool OldCopies = false, Flaw Flaw = Flaw.None);

/// <summary>
/// The protocol as a finite machine: one primary, one mirror, two root locations, two consents X and Y, the commits that stop and destroy them,
/// ordinary commits, and openings that ask the library's own <c>Recovery.Decide</c>.
/// </summary>
/// <remarks>
/// <para>Each of these costs one fault: a crash between any two steps; a commit that fails, and one that fails and appears later; a flush that lies; an old copy
/// put back. One of the absences is used up when the mirror or the second root location goes away; it comes back at any time.</para>
/// <para>This file is the running process, <c>ProtocolModel.Opening.cs</c> what opening does, <c>ProtocolModel.Rules.cs</c> what must hold in every state.</para>
/// </remarks>
internal sealed partial class ProtocolModel(ModelOptions options)
{
    public const byte X = 1, Y = 2;
    private const byte MostGranted = 1;

    private bool Solo => options.Solo;

    private Flaw Flaw => options.Flaw;

    public ModelState Initial(int faults, int absences)
    {
        var crown = new Crown { Commit = 1, Key = 1, Alive = X | Y };
        var root = new RootAreas(RootAreas.Record(0, 1), 0, crown);
        return new ModelState
        {
            P = crown,
            M = Solo ? default : crown,
            R1 = root,
            R2 = Solo ? default : root,
            MirrorUp = !Solo,
            R2Up = !Solo,
            At = At.Idle,
            MirrorCurrent = true,
            Keys = 2,
            Faults = (byte)faults,
            Absences = (byte)absences,
        }.Remember(crown);
    }

    /// <summary>All next states.</summary>
    public void Steps(in ModelState s, List<ModelState> next)
    {
        if (s.Faults > 0)
        {
            ModelState fault = s with { Faults = (byte)(s.Faults - 1) };
            if (s.At != At.Down)
                Crash(fault, next);
            if (s.At == At.Down && s.Copy.Exists && s.P.Commit > s.Copy.Commit)
                next.Add(fault with { P = s.Copy, PFailed = default, PBefore = default, Newest = s.P, Copy = default, LossAccepted = true });
        }

        if (!Solo)
        {
            if (!s.MirrorUp)
                next.Add(s with { MirrorUp = true });
            else if (s.Absences > 0)
                next.Add(s with { MirrorUp = false, Absences = (byte)(s.Absences - 1) });
            if (!s.R2Up)
                next.Add(s with { R2Up = true });
            else if (s.Absences > 0)
                next.Add(s with { R2Up = false, Absences = (byte)(s.Absences - 1) });
        }

        switch (s.At)
        {
            case At.Down: WhenDown(s, next); break;
            case At.Open: WhenOpening(s, next); break;
            case At.Recover: WhenRecovering(s, next); break;
            case At.Idle: WhenIdle(s, next); break;
            case At.Ordinary: CommitPrimary(s, s.P.Next() with { Granted = (byte)(s.P.Granted + 1) }, At.Acknowledge, next); break;
            case At.Stop: WhenStopping(s, next); break;
            case At.Stage: WhenStaging(s, next); break;
            case At.StageSecond: WhenStagingSecond(s, next); break;
            case At.Destroy: WhenDestroying(s, next); break;
            case At.DestroyMirror: WhenDestroyingOnMirror(s, next); break;
            case At.Promote: WhenPromoting(s, next); break;
            case At.PromoteSecond: WhenPromotingSecond(s, next); break;
            case At.Complete: CommitPrimary(s, s.P.Next() with { Done = (byte)(s.P.Done | s.P.Owed) }, At.Acknowledge, next); break;
            case At.Mirror: WhenMirroring(s, next); break;
            case At.Head: WhenRecordingHead(s, next); break;
            case At.Acknowledge: next.Add(Acknowledge(s)); break;
        }
    }

    /// <summary>Every state the disks can be in after the process died.</summary>
    public static void Crash(in ModelState s, List<ModelState> next)
    {
        foreach (Crown p in Survivors(s.P, s.PFailed, s.PBefore))
            foreach (Crown m in Survivors(s.M, s.MFailed, default))
                next.Add(Forget(s) with { P = p, PFailed = default, PBefore = default, M = m, MFailed = default });
    }

    private static IEnumerable<Crown> Survivors(Crown seen, Crown failed, Crown before)
    {
        yield return seen;
        if (failed.Exists && failed != seen)
            yield return failed;
        if (before.Exists && before != seen && before != failed)
            yield return before;
    }

    private static ModelState Forget(in ModelState s) => s with
    {
        At = At.Down,
        Then = At.Down,
        Todo = default,
        Who = 0,
        Staged = 0,
        Degraded = false,
        MirrorCurrent = false,
        StepFailed = false,
    };

    /// <summary>The connection is closed, the vault decides again in place: what failed may have been in the page cache all along.</summary>
    private static ModelState Fault(in ModelState s, bool stepFailed = false) => Forget(s) with { StepFailed = stepFailed };

    // A commit of any kind: primary, mirror where it is current, head, answer.

    private void CommitPrimary(in ModelState s, Crown crown, At then, List<ModelState> next, bool mirror = true)
    {
        ModelState t = s.Remember(crown);
        if (Flaw == Flaw.HeadBeforeDurable)
            t = t with { R1 = s.R1 with { Head = crown }, R2 = s.R2Up ? s.R2 with { Head = crown } : s.R2 };
        next.Add(t with { P = crown, PFailed = default, PBefore = default, At = mirror ? At.Mirror : then, Then = then });
        if (s.Faults == 0)
            return;
        ModelState fault = t with { Faults = (byte)(s.Faults - 1) };
        if (options.LyingDisk && !s.Lied && s.MirrorCurrent)
            next.Add(fault with { P = crown, PFailed = default, PBefore = s.P, At = mirror ? At.Mirror : then, Then = then, Lied = true });
        if (Flaw == Flaw.ReuseStagedKey && s.At == At.Destroy)
        {
            next.Add(Idle(fault) with { PFailed = crown });
            next.Add(Idle(fault));
            return;
        }

        bool tried = s.At == At.Recover;
        next.Add(Fault(fault, tried) with { PFailed = crown });
        next.Add(Fault(fault, tried));
    }

    private void CommitMirror(in ModelState s, in ModelState done, in ModelState failed, List<ModelState> next)
    {
        next.Add(done.Remember(s.P) with { M = s.P, MFailed = default });
        if (s.Faults == 0)
            return;
        byte left = (byte)(s.Faults - 1);
        next.Add(failed.Remember(s.P) with { MFailed = s.P, Faults = left });
        next.Add(failed with { Faults = left });
    }

    private void WhenMirroring(in ModelState s, List<ModelState> next)
    {
        ModelState alone = s with { At = At.Head, MirrorCurrent = false, Degraded = true };
        int from = next.Count;
        if (Solo)
            next.Add(s with { At = At.Head });
        else if (!s.MirrorCurrent || !s.MirrorUp)
            next.Add(alone);
        else
            CommitMirror(s, s with { At = At.Head }, alone, next);

        // A stop and a certificate wait for the head; the answer to a grant may go before it, unless flushes are known to lie.
        if (options.LyingDisk || s.Then != At.Acknowledge || (s.P.Pending & ~s.Stops) != 0 || (s.P.Done & ~s.Certified) != 0)
            return;
        for (int to = next.Count; from < to; from++)
            next.Add(next[from] with { At = At.Acknowledge });
    }

    private void WhenRecordingHead(in ModelState s, List<ModelState> next)
    {
        ModelState first = s with { R1 = s.R1 with { Head = s.P } };
        if (s.Faults > 0)
            Crash(first with { Faults = (byte)(s.Faults - 1) }, next);
        next.Add(Solo ? first with { At = s.Then }
            : s.R2Up ? first with { R2 = s.R2 with { Head = s.P }, At = s.Then }
            : first with { At = s.Then, Degraded = true });
    }

    /// <summary>What the callers were promised when they had an answer.</summary>
    private static ModelState Acknowledge(in ModelState s)
    {
        byte stops = (byte)(s.Stops | s.P.Pending);
        return Idle(s) with
        {
            Stops = stops,
            StopsOnMirror = s.MirrorCurrent ? stops : s.StopsOnMirror,
            Certified = (byte)(s.Certified | s.P.Done),
            Granted = s.P.Granted,
            GrantedOnMirror = s.MirrorCurrent ? s.P.Granted : s.GrantedOnMirror,
        };
    }

    private static ModelState Idle(in ModelState s) => s with { At = At.Idle, Then = At.Down, Who = 0, Staged = 0, Todo = default, StepFailed = false };

    /// <summary>The vault looks again at its places, in place: at every withdrawal and sweep of a degraded vault, and when a destroying commit meets a missing place.</summary>
    private static ModelState LookAgain(in ModelState s, bool stepFailed = false) => Forget(s) with { At = At.Open, StepFailed = stepFailed };

    // The process at work.

    private void WhenIdle(in ModelState s, List<ModelState> next)
    {
        for (byte who = X; who <= Y; who++)
        {
            if ((s.P.Alive & who) != 0 && (s.P.Pending & who) == 0 && (s.Stops & who) == 0)
                next.Add(s with { At = At.Stop, Who = who, Asked = (byte)(s.Asked | who) });
        }

        if (s.P.Granted < MostGranted)
            next.Add(s with { At = At.Ordinary });
        if (s.P.Pending != 0 && !s.Degraded)
            next.Add(s with { At = At.Stage, Who = s.P.Pending });
        if (s.Degraded)
            next.Add(LookAgain(s));
        if (s.Degraded && s.MirrorUp && !s.M.Exists)
            CommitMirror(s, LookAgain(s), s, next);   // mirror refill
        if ((s.P.Done & ~s.Certified) != 0)
            next.Add(s with { At = At.Head, Then = At.Acknowledge });
        if (options.OldCopies && !s.Copy.Exists && !s.LossAccepted)
            next.Add(s with { Copy = s.P });
    }

    private void WhenStopping(in ModelState s, List<ModelState> next)
    {
        if (Flaw == Flaw.NoDurableStop)
            next.Add(s with { At = At.Stage, Stops = (byte)(s.Stops | s.Who), StopsOnMirror = (byte)(s.StopsOnMirror | s.Who) });
        else
            CommitPrimary(s, s.P.Next() with { Pending = (byte)(s.P.Pending | s.Who) }, At.Acknowledge, next);
    }

    private void WhenStaging(in ModelState s, List<ModelState> next)
    {
        bool whole = Solo || (s.R2Up && s.MirrorUp && s.MirrorCurrent);
        if (!whole && Flaw != Flaw.DestroyWhileAway)
        {
            next.Add(Idle(s) with { Degraded = true });
            return;
        }

        byte staged = s.R1.Above(s.P.Epoch);
        if (staged != 0 && Flaw != Flaw.ReuseStagedKey)
        {
            next.Add(LookAgain(s));
            return;
        }

        byte keys = s.Keys;
        if (staged == 0)
            staged = RootAreas.Record(s.P.Epoch + 1, keys++);
        next.Add(s with { R1 = s.R1.Stage(staged), Keys = keys, Staged = staged, At = Solo ? At.Destroy : At.StageSecond });
    }

    private void WhenStagingSecond(in ModelState s, List<ModelState> next)
    {
        if (s.R2Up)
            next.Add(s with { R2 = s.R2.Stage(s.Staged), At = At.Destroy });
        else
            next.Add(Flaw == Flaw.DestroyWhileAway ? s with { At = At.Destroy } : LookAgain(s));
    }

    private void WhenDestroying(in ModelState s, List<ModelState> next)
    {
        Crown crown = s.P.Next() with
        {
            Epoch = (byte)RootAreas.EpochOf(s.Staged),
            Key = (byte)RootAreas.KeyOf(s.Staged),
            Alive = (byte)(s.P.Alive & ~s.Who),
            Pending = (byte)(s.P.Pending & ~s.Who),
            Fenced = 0,
        };
        if (Solo)
            CommitPrimary(s, crown, At.Promote, next);
        else
            CommitPrimary(s, crown, Flaw == Flaw.PromoteBeforeMirror ? At.Promote : At.DestroyMirror, next, mirror: false);
    }

    private void WhenDestroyingOnMirror(in ModelState s, List<ModelState> next)
    {
        if (!s.MirrorUp)
            next.Add(Flaw == Flaw.DestroyWhileAway ? s with { At = At.Head, Then = At.Promote } : LookAgain(s));
        else
            CommitMirror(s, s with { At = At.Head, Then = At.Promote }, LookAgain(s), next);
    }

    private void WhenPromoting(in ModelState s, List<ModelState> next)
    {
        ModelState t = s with { R1 = s.R1.Keep(s.P.Key) };
        if (Flaw == Flaw.SignEarly)
            t = t with { Certified = (byte)(t.Certified | s.Who) };
        next.Add(t with { At = Solo || Flaw == Flaw.PromoteOneLocation ? At.Complete : At.PromoteSecond });
    }

    private void WhenPromotingSecond(in ModelState s, List<ModelState> next)
    {
        if (s.R2Up)
            next.Add(s with { R2 = s.R2.Keep(s.P.Key), At = At.Complete });
        else
            next.Add(Flaw == Flaw.CompleteWhileAway ? s with { At = At.Complete } : LookAgain(s));
    }
}
