using System.Numerics;

namespace FaceVault.Tests.Commits;

/// <summary>
/// The protocol as a finite machine: one primary, one mirror, two root locations, two consents X and Y, the commits that stop and destroy them,
/// ordinary commits, changes of places, holds, accepted losses, and openings that ask the library's own <c>Recovery.Decide</c>.
/// </summary>
/// <remarks>
/// <para>Each of these costs one fault: a crash between any two steps; a commit that fails, and one that fails and appears later; a flush that lies; an old copy
/// put back. One of the absences is used up when the mirror or the second root location goes away; it comes back at any time. One of the changes is used up by a change of places and by a hold.</para>
/// <para>This file is the running process, <c>ProtocolModel.Opening.cs</c> what opening does, <c>.Places</c>, <c>.Loss</c> and <c>.Holds</c> what their names say, <c>ProtocolModel.Rules.cs</c> what must hold in every state.</para>
/// </remarks>
internal sealed partial class ProtocolModel(ModelOptions options)
{
    public const byte X = 1, Y = 2;
    private const byte MostGranted = 1;

    private bool Solo => options.Solo;

    private Flaw Flaw => options.Flaw;

    /// <summary>Whether branches of the ledger can part.</summary>
    private bool Parts => options.OldCopies;

    public ModelState Initial(int faults, int absences, int changes)
    {
        bool alone = Solo || options.Bare;
        var crown = new Crown
        {
            Commit = 1,
            Key = 1,
            Alive = options.Places ? X : (byte)(X | Y),
            Slot = (byte)(options.Places ? 2 : 3),
            Places = alone ? (byte)0 : (byte)(Crown.Second | Crown.Mirror),
            Size = 1,
            Line = 1,
        };
        var root = new RootAreas(RootAreas.Record(0, 1), 0, crown);
        return new ModelState
        {
            P = crown,
            M = alone ? default : crown,
            R1 = root,
            R2 = alone ? default : root,
            MirrorUp = !Solo,
            R2Up = !Solo,
            At = At.Idle,
            MirrorCurrent = !alone,
            Keys = 2,
            Faults = (byte)faults,
            Absences = (byte)absences,
            Changes = (byte)changes,
            Ledgers = Parts ? Ledgers.Start(crown) : default,
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
            PutBack(fault, next);
        }

        if (!s.MirrorUp && !Solo)
            next.Add(s with { MirrorUp = true });
        else if (s.Absences > 0 && s.P.HasMirror)
            next.Add(s with { MirrorUp = false, Absences = (byte)(s.Absences - 1) });
        if (!s.R2Up && !Solo)
            next.Add(s with { R2Up = true });
        else if (s.Absences > 0 && s.P.HasSecond)
            next.Add(s with { R2Up = false, Absences = (byte)(s.Absences - 1) });

        switch (s.At)
        {
            case At.Down: WhenDown(s, next); break;
            case At.Open: WhenOpening(s, next); break;
            case At.Recover: WhenRecovering(s, next); break;
            case At.Idle: WhenIdle(s, next); break;
            case At.Ordinary: WhenGranting(s, next); break;
            case At.Stop: WhenStopping(s, next); break;
            case At.Stage: WhenStaging(s, next); break;
            case At.StageSecond: WhenStagingSecond(s, next); break;
            case At.Destroy: WhenDestroying(s, next); break;
            case At.DestroyMirror: WhenDestroyingOnMirror(s, next); break;
            case At.Promote: WhenPromoting(s, next); break;
            case At.PromoteSecond: WhenPromotingSecond(s, next); break;
            case At.Complete: WhenCompleting(s, next); break;
            case At.Mirror: WhenMirroring(s, next); break;
            case At.Head: WhenRecordingHead(s, next); break;
            case At.Acknowledge: next.Add(Acknowledge(s)); break;
            case At.ListMirror: WhenListingMirror(s, next); break;
            case At.Wipe: WhenWiping(s, next); break;
            case At.WipeRest: WhenWipingTheRest(s, next); break;
            case At.Unlist: WhenUnlisting(s, next); break;
            case At.Look: next.Add(LookAgain(Acknowledge(s))); break;
            case At.Hold: WhenHolding(s, next); break;
            case At.Accept: WhenAccepting(s, next); break;
        }
    }

    /// <summary>Every state the disks can be in after the process died.</summary>
    public static void Crash(in ModelState s, List<ModelState> next)
    {
        foreach (Crown p in Survivors(s.P, s.PFailed, s.PBefore))
            foreach (Crown m in Survivors(s.M, s.MFailed, default))
                next.Add(Forget(s).Remember(p) with { P = p, PFailed = default, PBefore = default, M = m, MFailed = default });
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
        Change = Change.None,
        Batch = 0,
    };

    /// <summary>The connection is closed, the vault decides again in place: what failed may have been in the page cache all along.</summary>
    private static ModelState Fault(in ModelState s, bool stepFailed = false) => Forget(s) with { StepFailed = stepFailed };

    // A commit of any kind: primary, mirror where it is current, head, answer.

    private void CommitPrimary(in ModelState s, Crown crown, At then, List<ModelState> next, bool mirror = true)
    {
        Ledgers ledgers = s.Ledgers;
        if (Parts && s.At != At.Accept)
        {
            ledgers = ledgers.GoOn(s.P, false, out byte line);
            crown = crown with { Line = line };
        }

        ModelState t = s.Remember(crown) with { Ledgers = Parts ? ledgers.Made(crown) : default };
        if (Flaw == Flaw.HeadBeforeDurable)
            t = t with { R1 = s.R1 with { Head = crown }, R2 = s.R2Up ? s.R2 with { Head = crown } : s.R2 };
        next.Add(t with { P = crown, PFailed = default, PBefore = default, At = mirror ? At.Mirror : then, Then = then });
        if (s.Faults == 0)
            return;
        ModelState fault = t with { Faults = (byte)(s.Faults - 1) };
        // A grant that is made again has another key: its consent is another one than that of an attempt which never appeared.
        ModelState failed = fault with { Ledgers = ledgers, History = s.At == At.Ordinary ? s.History : fault.History };
        if (options.LyingDisk && !s.Lied && s.MirrorCurrent)
            next.Add(fault with { P = crown, PFailed = default, PBefore = s.P, At = mirror ? At.Mirror : then, Then = then, Lied = true });
        if (Flaw == Flaw.ReuseStagedKey && s.At == At.Destroy)
        {
            next.Add(Idle(failed) with { PFailed = crown });
            next.Add(Idle(failed));
            return;
        }

        bool tried = s.At == At.Recover;
        next.Add(Fault(failed, tried) with { PFailed = crown });
        next.Add(Fault(failed, tried));
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
        ModelState alone = s with { At = At.Head, MirrorCurrent = false, Degraded = s.Degraded || s.P.HasMirror };
        int from = next.Count;
        if (!s.P.HasMirror && !s.MirrorCurrent)
            next.Add(s with { At = At.Head });
        else if (!s.MirrorCurrent || !s.MirrorUp)
            next.Add(alone);
        else
            CommitMirror(s, s with { At = At.Head }, alone, next);

        // A stop and a certificate wait for the head; the answer to a grant may go before it, unless flushes are known to lie.
        if (options.LyingDisk || s.Then != At.Acknowledge || s.Change != Change.None || (s.P.Pending & ~s.Stops) != 0 || (s.P.Done & ~s.Certified) != 0)
            return;
        for (int to = next.Count; from < to; from++)
            next.Add(next[from] with { At = At.Acknowledge });
    }

    private void WhenRecordingHead(in ModelState s, List<ModelState> next)
    {
        ModelState first = s with { R1 = s.R1 with { Head = s.P } };
        if (s.Faults > 0)
            Crash(first with { Faults = (byte)(s.Faults - 1) }, next);
        if (Parts)
            first = first with { Ledgers = s.Ledgers.Sign(s.P, s.Name) };
        next.Add(!s.P.HasSecond ? first with { At = s.Then }
            : s.R2Up ? first with { R2 = s.R2 with { Head = s.P }, At = s.Then }
            : first with { At = s.Then, Degraded = true });
    }

    /// <summary>What the callers were promised when they had an answer.</summary>
    private ModelState Acknowledge(in ModelState s)
    {
        byte stops = (byte)(s.Stops | s.P.Pending | s.P.Kept);
        return Idle(s) with
        {
            Stops = stops,
            StopsOnMirror = s.MirrorCurrent ? stops : s.StopsOnMirror,
            Certified = (byte)(s.Certified | s.P.Done),
            Granted = s.P.Granted,
            Given = Parts ? s.Given | 1U << (s.P.Slot - 1) : 0,
            Holds = s.Change == Change.Hold ? (byte)(s.Holds | s.Who) : s.Holds,
            GrantedOnMirror = s.MirrorCurrent ? s.P.Granted : s.GrantedOnMirror,
        };
    }

    private static ModelState Idle(in ModelState s) => s with { At = At.Idle, Then = At.Down, Who = 0, Staged = 0, Todo = default, StepFailed = false, Change = Change.None };

    /// <summary>The vault looks again at its places, in place: at every withdrawal and sweep of a degraded vault, and when a destroying commit meets a missing place.</summary>
    private static ModelState LookAgain(in ModelState s, bool stepFailed = false) => Forget(s) with { At = At.Open, StepFailed = stepFailed };

    // The process at work.

    private void WhenIdle(in ModelState s, List<ModelState> next)
    {
        for (byte who = X; who <= Y; who++)
        {
            if ((s.P.Alive & ~s.P.Pending & ~s.P.Kept & ~s.Stops & who) != 0)
                next.Add(s with { At = At.Stop, Who = who, Asked = (byte)(s.Asked | who) });
        }

        if (s.P.Granted < MostGranted)
            next.Add(s with { At = At.Ordinary });
        if (s.P.Pending != 0 && !s.Degraded && !options.Holds)
            next.Add(s with { At = At.Stage, Who = s.P.Pending });
        if (s.Degraded)
            next.Add(LookAgain(s));
        if (s.Degraded && s.MirrorUp && s.P.HasMirror && !s.M.Exists)
            CommitMirror(s, LookAgain(s), s, next);   // mirror refill
        if ((s.P.Done & ~s.Certified) != 0)
            next.Add(s with { At = At.Head, Then = At.Acknowledge });
        if (options.OldCopies && !s.Copy.Exists && !s.LossAccepted)
            next.Add(s with { Copy = s.P });
        if (options.Places)
            ChangePlaces(s, next);
        if (options.Holds)
            HoldOrDestroy(s, next);
    }

    private void WhenGranting(in ModelState s, List<ModelState> next)
    {
        if (s.Accepted && (s.Given >> s.P.Slot & 1) != 0)
            throw new ModelViolationException("SLOTS");
        CommitPrimary(s, s.P.Next() with
        {
            Granted = (byte)(s.P.Granted + 1),
            Alive = (byte)(s.P.Alive | (s.P.Slot == 2 ? Y : 0)),
            Slot = (byte)(s.P.Slot + 1),
            Size = (byte)(s.P.Size + 1),
        }, At.Acknowledge, next);
    }

    private void WhenStopping(in ModelState s, List<ModelState> next)
    {
        if (Flaw == Flaw.NoDurableStop)
            next.Add(s with { At = At.Stage, Stops = (byte)(s.Stops | s.Who), StopsOnMirror = (byte)(s.StopsOnMirror | s.Who) });
        else
            CommitPrimary(s, Stopped(s.P, s.Who), At.Acknowledge, next);
    }

    private void WhenStaging(in ModelState s, List<ModelState> next)
    {
        bool whole = (!s.P.HasSecond || s.R2Up) && (!s.P.HasMirror || (s.MirrorUp && s.MirrorCurrent));
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
        ModelState t = s with { Keys = keys, Staged = staged, At = At.StageSecond };
        if (s.Change == Change.AddRoot)
            AddRoot(t, next);
        else
            next.Add(t with { R1 = s.R1.Stage(staged), At = s.P.HasSecond ? At.StageSecond : At.Destroy });
    }

    private void WhenStagingSecond(in ModelState s, List<ModelState> next)
    {
        if (s.Change == Change.AddRoot)
            next.Add(s with { R1 = s.R1.Stage(s.Staged), At = At.Destroy });
        else if (s.R2Up)
            next.Add(s with { R2 = s.R2.Stage(s.Staged), At = At.Destroy });
        else
            next.Add(Flaw == Flaw.DestroyWhileAway ? s with { At = At.Destroy } : LookAgain(s));
    }

    private void WhenDestroying(in ModelState s, List<ModelState> next)
    {
        int lines = BitOperations.PopCount(s.Who) + (s.Change == Change.AddRoot ? 1 : 0);
        Crown crown = s.P.CloseStray().Next() with
        {
            Epoch = (byte)RootAreas.EpochOf(s.Staged),
            Key = (byte)RootAreas.KeyOf(s.Staged),
            Alive = (byte)(s.P.Alive & ~s.Who),
            Pending = (byte)(s.P.Pending & ~s.Who),
            Fenced = 0,
            Size = (byte)(s.P.Size + lines),
        };
        if (s.Change == Change.AddRoot)
            crown = crown with { Places = (byte)(crown.Places | Crown.Second) };
        CommitPrimary(s, crown, Flaw == Flaw.PromoteBeforeMirror ? At.Promote : At.DestroyMirror, next, mirror: false);
    }

    private void WhenDestroyingOnMirror(in ModelState s, List<ModelState> next)
    {
        if (!s.P.HasMirror)
            next.Add(s with { At = At.Promote });
        else if (!s.MirrorUp)
            next.Add(Flaw == Flaw.DestroyWhileAway ? s with { At = At.Promote } : LookAgain(s));
        else
            CommitMirror(s, s with { At = At.Promote }, LookAgain(s), next);
    }

    private void WhenPromoting(in ModelState s, List<ModelState> next)
    {
        if (s.Change == Change.AddRoot && !s.R2.HoldsKey(s.P.Key))
        {
            next.Add(s.R2Up ? s with { R2 = s.R2.Stage(RootAreas.Record(s.P.Epoch, s.P.Key)), Wiped = false } : LookAgain(s));
            return;
        }

        ModelState t = s with { R1 = s.R1.Keep(s.P.Key) };
        if (Flaw == Flaw.SignEarly)
            t = t with { Certified = (byte)(t.Certified | s.Who) };
        next.Add(t with { At = !s.P.HasSecond || Flaw == Flaw.PromoteOneLocation ? At.Complete : At.PromoteSecond });
    }

    private void WhenPromotingSecond(in ModelState s, List<ModelState> next)
    {
        if (s.R2Up)
            next.Add(s with { R2 = s.R2.Keep(s.P.Key), At = At.Complete });
        else
            next.Add(Flaw == Flaw.CompleteWhileAway ? s with { At = At.Complete } : LookAgain(s));
    }

    private void WhenCompleting(in ModelState s, List<ModelState> next)
    {
        byte owed = s.P.Owed;
        if (owed == 0)
            next.Add(s with { At = At.Head, Then = At.Acknowledge });
        else
            CommitPrimary(s, s.P.Next() with { Done = (byte)(s.P.Done | owed), Named = (byte)(s.P.Named | (owed & NamedBy(s.P))), Size = (byte)(s.P.Size + BitOperations.PopCount(owed)) }, At.Acknowledge, next);
    }
}
