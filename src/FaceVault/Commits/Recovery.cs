namespace FaceVault.Commits;

/// <summary>How an opening begins, from what was observed and nothing else.</summary>
/// <remarks>
/// <para>The first row that fits. C is the key of the lowest epoch at any reachable location, S one of a higher epoch.</para>
/// <code>
///  #  primary opens with   head                    mirrors and locations            do
///  1  no root record                                                                refuse: RootKeyMissing
///  2  no crown             all 0                   no crown at any mirror           not initialised
///  3  no crown, or neither                                                          refuse: StoreMissing, StoreDamaged, StoreRolledBack
///  4  C or S               older, forked, missing                                   refuse: StoreRolledBack, StoreForked, HeadMissing
///  5  C, no S              ok                      whole, mirrors equal             open
///  6  C, no S              ok                      whole, a mirror behind           bring up, open
///  7  C, no S              ok                      not whole                        open degraded
///  8  C or S               ok                      one ahead and not fenced         refuse: StoreRolledBack, StoreForked where it is a branch
///  9  C, S exists          ok                      whole                            fence, bring mirrors up, discard S, open
/// 10  C, S exists          ok                      not whole                        fence if possible and not yet done, keep S, open degraded
/// 11  S                    ok                      whole                            stage, read back, bring up, promote, complete, open
/// 12  S                    ok                      not whole                        open degraded under S
/// 13  C, no S, owed        ok                                                       whole: promote again, complete, open; else as row 7
/// </code>
/// <para>"Whole": every listed location gave a record, every listed mirror opens, and no step of this opening has failed. Row 13 stands before 5, 6 and 7 where a completion is owed, row 8 before all rows after 4.</para>
/// <para>After row 9 the places are observed again: a completion may be owed. At row 10 the fence stays undone where one already stands.</para>
/// <para>A mirror that is no prefix of the primary is never written to, also when the primary opens with S: that is row 8. Where the head
/// shows that it is another branch, or the primary went on without it, restoring from it is no remedy: one of the two is taken away.</para>
/// <para>A loss is accepted only when every place is there: what is away may hold what seems lost.</para>
/// </remarks>
internal static class Recovery
{
    /// <summary>Decides. Total, without I/O, time or state.</summary>
    /// <param name="o">What was observed.</param>
    public static RecoveryDecision Decide(in Observations o)
    {
        if (!o.HasRootRecord)
            return Refuse(1, VaultErrorCode.RootKeyMissing, RecoveryRemedy.None);

        bool mirrorHoldsNothing = true, mirrorOpens = false, mirrorUnreachable = false, mirrorLost = false, mirrorAhead = false, mirrorBranch = false, mirrorBehind = false;
        bool stagedExists = o.HasStaged || o.Primary == PrimaryState.OpensWithStaged;
        foreach (MirrorObservation mirror in o.Mirrors ?? [])
        {
            mirrorHoldsNothing &= mirror.State == MirrorState.Empty;
            mirrorOpens |= mirror is { Opens: true, Position: not MirrorPosition.Branch };
            mirrorUnreachable |= mirror.State == MirrorState.Unreachable;
            mirrorLost |= mirror.State is MirrorState.Empty or MirrorState.Dead;
            stagedExists |= mirror.State == MirrorState.OpensWithStaged;
            if (mirror.Opens && !IsPrefix(o, mirror))
                (mirrorAhead, mirrorBranch) = (mirrorAhead || mirror.Position != MirrorPosition.Branch, mirrorBranch || mirror.Position == MirrorPosition.Branch);
            else if (mirror.Opens)
                mirrorBehind |= mirror.Position != MirrorPosition.Equal || mirror.State != SameKey(o.Primary);
        }

        if (o.Primary is not (PrimaryState.OpensWithCurrent or PrimaryState.OpensWithStaged))
        {
            if (o.Primary != PrimaryState.OpensWithNeither && o.Head == HeadState.AllZero && mirrorHoldsNothing)
                return new RecoveryDecision(2, RecoveryAction.NotInitialized, VaultErrorCode.VaultNotFound, RecoverySteps.None, false, RecoveryRemedy.None);
            VaultErrorCode code = o.Primary != PrimaryState.OpensWithNeither ? VaultErrorCode.StoreMissing
                : o.ClearCommitIsLower ? VaultErrorCode.StoreRolledBack : VaultErrorCode.StoreDamaged;
            return Refuse(3, code, mirrorOpens ? RecoveryRemedy.RestoreKeys
                : mirrorUnreachable || !o.AllLocationsReached ? RecoveryRemedy.ReachPlaces : RecoveryRemedy.None);
        }

        bool away = mirrorUnreachable || !o.AllLocationsReached;
        RecoveryRemedy loss = away ? RecoveryRemedy.ReachPlaces : RecoveryRemedy.AcceptLoss;
        switch (o.Head)
        {
            case HeadState.Missing:
                return Refuse(4, VaultErrorCode.HeadMissing, loss);
            case HeadState.StoreOlder:
                return Refuse(4, VaultErrorCode.StoreRolledBack, mirrorAhead ? RecoveryRemedy.RestoreKeys : loss);
            case HeadState.Forked:
                return Refuse(4, VaultErrorCode.StoreForked, mirrorAhead ? RecoveryRemedy.RestoreKeys : RecoveryRemedy.None);
        }

        if (mirrorAhead)
            return Refuse(8, VaultErrorCode.StoreRolledBack, RecoveryRemedy.RestoreKeys);
        if (mirrorBranch)
            return Refuse(8, VaultErrorCode.StoreForked, RecoveryRemedy.ChooseBranch);

        bool whole = !away && !mirrorLost && !o.StepFailed;
        RecoveryRemedy mend = away ? RecoveryRemedy.ReachPlaces
            : mirrorLost ? RecoveryRemedy.RefillMirror : RecoveryRemedy.None;
        RecoverySteps bringUp = mirrorBehind && !o.StepFailed ? RecoverySteps.BringMirrorsUp : RecoverySteps.None;

        if (o.Primary == PrimaryState.OpensWithStaged)
        {
            return whole
                ? Open(11, RecoverySteps.StageWhereMissing | RecoverySteps.ReadBack | bringUp | RecoverySteps.Promote | RecoverySteps.Complete)
                : OpenDegraded(12, RecoverySteps.None, mend);
        }

        if (stagedExists)
        {
            return whole
                ? Open(9, RecoverySteps.Fence | RecoverySteps.StageWhereMissing | RecoverySteps.BringMirrorsUp | RecoverySteps.Discard)
                : OpenDegraded(10, o.StepFailed || o.StagedIsFenced ? RecoverySteps.None : RecoverySteps.Fence, mend);
        }

        if (o.CompletionOwed)
        {
            return whole
                ? Open(13, bringUp | RecoverySteps.Promote | RecoverySteps.Complete)
                : OpenDegraded(13, bringUp, mend);
        }

        return !whole ? OpenDegraded(7, bringUp, mend) : mirrorBehind ? Open(6, bringUp) : Open(5, RecoverySteps.None);
    }

    /// <summary>Whether the mirror's commits are the primary's first ones, or only a commit that the primary has fenced off.</summary>
    private static bool IsPrefix(in Observations o, MirrorObservation mirror)
    {
        if (o.Primary == PrimaryState.OpensWithCurrent && mirror.State == MirrorState.OpensWithStaged)
            return o.StagedIsFenced;
        return mirror.Position switch
        {
            MirrorPosition.Behind => true,
            MirrorPosition.Equal => mirror.State == SameKey(o.Primary),
            _ => false,
        };
    }

    private static MirrorState SameKey(PrimaryState primary) =>
        primary == PrimaryState.OpensWithStaged ? MirrorState.OpensWithStaged : MirrorState.OpensWithCurrent;

    private static RecoveryDecision Refuse(int row, VaultErrorCode code, RecoveryRemedy remedy) =>
        new(row, RecoveryAction.Refuse, code, RecoverySteps.None, false, remedy);

    private static RecoveryDecision Open(int row, RecoverySteps steps) =>
        new(row, RecoveryAction.Open, VaultErrorCode.None, steps, false, RecoveryRemedy.None);

    private static RecoveryDecision OpenDegraded(int row, RecoverySteps steps, RecoveryRemedy remedy) =>
        new(row, RecoveryAction.Open, VaultErrorCode.None, steps, true, remedy);
}
