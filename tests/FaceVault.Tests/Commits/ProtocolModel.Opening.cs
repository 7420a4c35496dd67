using FaceVault.Commits;

namespace FaceVault.Tests.Commits;

internal sealed partial class ProtocolModel
{
    private void WhenDown(in ModelState s, List<ModelState> next)
    {
        next.Add(s with { At = At.Open });
        if (s.PFailed.Exists)
            next.Add(s.Remember(s.PFailed) with { At = At.Open, P = s.PFailed, PFailed = default });   // it was in the page cache, and the checkpoint made it durable
    }

    /// <summary>What an opening sees, with the keys of the locations it reaches.</summary>
    private Observations Observe(in ModelState s)
    {
        Span<byte> all = [s.R1.First, s.R1.Second, s.R2Up ? s.R2.First : (byte)0, s.R2Up ? s.R2.Second : (byte)0];
        int primary = OpensAt(s.P, all);
        bool follows = primary >= 0; // the crown that opens says which places count
        Span<byte> records = follows && !s.P.HasSecond ? all[..2] : all;
        int lowest = 15, highest = 0, oldest = s.P.Epoch, fenced = 0, staged = 0;
        foreach (byte record in records)
        {
            if (record == 0)
                continue;
            lowest = Math.Min(lowest, RootAreas.EpochOf(record));
            highest = Math.Max(highest, RootAreas.EpochOf(record));
            oldest = Math.Min(oldest, RootAreas.EpochOf(record));
        }

        foreach (byte record in records)
        {
            if (record == 0 || RootAreas.EpochOf(record) == lowest)
                continue;
            staged++;
            if (RootAreas.KeyOf(record) == s.P.Fenced)
                fenced++;
        }

        Crown head = Head(s);
        MirrorObservation[] mirrors = follows ? (s.P.HasMirror ? [ObserveMirror(s, all, lowest)] : []) : s.M.Exists ? [ObserveMirror(s, all, lowest)] : [];
        if (Flaw == Flaw.FenceWithoutName && mirrors is [{ State: MirrorState.OpensWithStaged }])
            fenced = 0;
        return new Observations
        {
            HasRootRecord = true,
            HasStaged = highest > lowest,
            StagedIsFenced = staged > 0 && fenced == staged,
            AllLocationsReached = s.R2Up || (follows ? !s.P.HasSecond : Solo),
            Primary = primary < 0 ? PrimaryState.OpensWithNeither : primary == lowest ? PrimaryState.OpensWithCurrent : PrimaryState.OpensWithStaged,
            ClearCommitIsLower = s.P.Commit < head.Commit,
            Head = Flaw == Flaw.IgnoreHead ? HeadState.Ok : HeadOf(s.P, head),
            Mirrors = mirrors,
            CompletionOwed = s.P.Owed != 0 || oldest < s.P.Epoch,
            StepFailed = s.StepFailed,
        };
    }

    private static Crown Head(in ModelState s) => s.R2Up && s.R2.Head.Commit > s.R1.Head.Commit ? s.R2.Head : s.R1.Head;

    private static MirrorObservation ObserveMirror(in ModelState s, ReadOnlySpan<byte> records, int lowest)
    {
        if (!s.MirrorUp)
            return new MirrorObservation(MirrorState.Unreachable);
        if (!s.M.Exists)
            return new MirrorObservation(MirrorState.Empty);
        int epoch = OpensAt(s.M, records);
        if (epoch < 0)
            return new MirrorObservation(MirrorState.Dead);
        MirrorPosition position = s.M == s.P ? MirrorPosition.Equal
            : (s.M.Line & ~s.P.Line) != 0 && s.M.Commit <= s.P.Commit ? MirrorPosition.Branch
            : s.M.Commit >= s.P.Commit || s.M.Fenced == s.P.Key ? MirrorPosition.Ahead : MirrorPosition.Behind;
        return new MirrorObservation(epoch == lowest ? MirrorState.OpensWithCurrent : MirrorState.OpensWithStaged, position);
    }

    private static int OpensAt(Crown crown, ReadOnlySpan<byte> records)
    {
        foreach (byte record in records)
        {
            if (record != 0 && RootAreas.KeyOf(record) == crown.Key)
                return RootAreas.EpochOf(record);
        }

        return -1;
    }

    /// <summary>A crown names the heads it went on from, so that another branch with more commits is known.</summary>
    private static HeadState HeadOf(Crown crown, Crown head) =>
        crown.Commit < head.Commit ? HeadState.StoreOlder
        : crown.Commit == head.Commit ? (crown == head ? HeadState.Ok : HeadState.Forked)
        : (head.Line & ~(crown.Line | crown.Forgiven)) != 0 ? HeadState.Forked : HeadState.Ok;

    private void WhenOpening(in ModelState s, List<ModelState> next)
    {
        // This flaw believes the number that stands in the clear in the mirror's file.
        if (Flaw == Flaw.DiscardOnClearNumber && Math.Max(s.R1.Above(s.M.Epoch), s.R2.Above(s.M.Epoch)) != 0)
        {
            next.Add(s with { R1 = KeepUpTo(s.R1, s.M.Epoch), R2 = KeepUpTo(s.R2, s.M.Epoch) });
            return;
        }

        Observations seen = Observe(s);
        if (Parts && seen.Primary != PrimaryState.OpensWithNeither && !Fits(s))
        {
            next.Add(s with { Name = s.Ledgers.NameOn(s.P.Line), At = At.Down });   // a person puts vault.json right
            return;
        }

        RecoveryDecision decision = Twist(Recovery.Decide(seen), seen);
        rows.Add(decision.Row);
        switch (decision.Action)
        {
            case RecoveryAction.Refuse:
                Operate(s, decision, next);
                break;
            case RecoveryAction.Open:
                next.Add(s with
                {
                    At = At.Recover,
                    Todo = decision.Steps,
                    Degraded = decision.IsDegraded,
                    Newest = default,
                    Lost = s.Newest.Exists ? s.Newest : s.Lost,
                    MirrorCurrent = s.P.HasMirror && s.MirrorUp && s.M == s.P,
                });
                break;
            default:
                throw new ModelViolationException("UNDECIDED");
        }
    }

    /// <summary>The planted mistakes of an opening, on top of what the library decided.</summary>
    private RecoveryDecision Twist(RecoveryDecision d, in Observations seen) => Flaw switch
    {
        Flaw.DiscardWithoutFence when d.Row == 9 => d with { Steps = d.Steps & ~RecoverySteps.Fence },
        Flaw.DiscardWhileAway when d.Row == 10 => d with { Steps = d.Steps | RecoverySteps.Discard },
        Flaw.PromoteWhileAway when d.Row == 12 && seen.AllLocationsReached => d with { Steps = RecoverySteps.StageWhereMissing | RecoverySteps.Promote },
        Flaw.CompleteWhileAway when d.Row == 13 => d with { Steps = d.Steps | RecoverySteps.Promote | RecoverySteps.Complete },
        Flaw.CloseWhileAway when d.IsDegraded => new RecoveryDecision(d.Row, RecoveryAction.Refuse, VaultErrorCode.PlaceUnreachable, RecoverySteps.None, false, d.Remedy),
        _ => d,
    };

    private static RootAreas KeepUpTo(RootAreas root, int epoch)
    {
        byte[] kept = [.. new[] { root.First, root.Second }.Where(r => r != 0 && RootAreas.EpochOf(r) <= epoch), 0, 0];
        return root with { First = kept[0], Second = kept[1] };
    }

    /// <summary>What the operator does about a refusal: put the newest store back, restore from a mirror,
    /// take a mirror away that the head shows to be another branch (it is refilled later), or accept the loss. Nothing happens by itself.</summary>
    private void Operate(in ModelState s, RecoveryDecision decision, List<ModelState> next)
    {
        if (s.Newest.Exists)
            next.Add(s with { P = s.Newest, Newest = default, Name = Parts ? s.Ledgers.NameOn(s.Newest.Line) : (byte)0, At = At.Down });
        Crown head = Head(s);
        if (decision.Remedy == RecoveryRemedy.RestoreKeys && s.MirrorUp && HeadOf(s.M, head) == HeadState.Ok)
            next.Add(s with { P = s.M, PFailed = default, PBefore = default, Newest = default, At = At.Down });
        if (decision.Row == 8 && s.MirrorUp && (decision.Remedy == RecoveryRemedy.ChooseBranch || HeadOf(s.M, head) != HeadState.Ok))
            next.Add(s with { M = default, MFailed = default, StopsOnMirror = 0, GrantedOnMirror = 0, TakenAway = true, At = At.Down });
        if (decision.Row == 4 && (s.Lied || s.LossAccepted))
            AcceptLoss(s, next);
    }

    private void WhenRecovering(in ModelState s, List<ModelState> next)
    {
        RecoverySteps step = s.Todo & (RecoverySteps)(-(int)s.Todo);
        ModelState t = s with { Todo = s.Todo & ~step };
        switch (step)
        {
            case RecoverySteps.None:
                next.Add(Head(s).Commit < s.P.Commit ? s with { At = At.Head, Then = At.Recover } : Idle(s));
                break;
            case RecoverySteps.Fence:
                byte staged = Math.Max(s.R1.Above(s.P.Epoch), s.R2.Above(s.P.Epoch));
                CommitPrimary(t, s.P.Next() with { Fenced = (byte)RootAreas.KeyOf(staged) }, At.Recover, next);
                break;
            case RecoverySteps.StageWhereMissing:
                byte record = RootAreas.Record(s.P.Epoch, s.P.Key);
                next.Add(!s.P.HasSecond ? t with { R1 = s.R1.Stage(record) }
                    : s.R2Up ? t with { R1 = s.R1.Stage(record), R2 = s.R2.Stage(record), Wiped = false } : LookAgain(s, true));
                break;
            case RecoverySteps.ReadBack:
                next.Add(t);
                break;
            case RecoverySteps.BringMirrorsUp:
                if (!s.P.HasMirror || s.M == s.P)
                    next.Add(t);
                else if (!s.MirrorUp)
                    next.Add(LookAgain(s, true));
                else
                    CommitMirror(s, t with { MirrorCurrent = true }, LookAgain(s, true), next);
                break;
            case RecoverySteps.Discard:
            case RecoverySteps.Promote:
                Keep(s, t, step, next);
                break;
            case RecoverySteps.Complete:
                next.Add(s.P.Owed != 0 ? t with { At = At.Complete } : t);
                break;
        }
    }

    /// <summary>Destroys every record but the one that opened the crown, location by location: the bit stays set until the second is done.</summary>
    private void Keep(in ModelState s, in ModelState t, RecoverySteps step, List<ModelState> next)
    {
        ModelState after = step == RecoverySteps.Discard ? LookAgain(t) : t;
        RootAreas kept = s.R1.Keep(s.P.Key);
        if (!s.P.HasSecond)
            next.Add(after with { R1 = kept });
        else if (kept != s.R1)
            next.Add(s with { R1 = kept });
        else if (s.R2Up)
            next.Add(after with { R2 = s.R2.Keep(s.P.Key) });
        else
            next.Add(Flaw == Flaw.CompleteWhileAway ? t : LookAgain(s, true));
    }
}
