using FaceVault.Commits;

namespace FaceVault.Tests.Commits;

[Trait("Claim", "E4")]
public sealed class RecoveryTests
{
    private const RecoverySteps Destroying = RecoverySteps.Promote | RecoverySteps.Discard;

    [Fact]
    public void Every_combination_of_observations_is_decided_as_the_table_says()
    {
        int[] rows = new int[14];
        foreach (Observations o in EveryObservation.All())
        {
            RecoveryDecision decision = Recovery.Decide(o);
            rows[decision.Row]++;
            if (decision with { Remedy = RecoveryRemedy.None } != RecoveryTable.Expect(o))
                Assert.Fail($"{EveryObservation.Describe(o)}\n  decided  {decision}\n  expected {RecoveryTable.Expect(o)}");
        }

        Assert.Equal(0, rows[0]);
        Assert.All(rows[1..], count => Assert.NotEqual(0, count));
    }

    [Fact]
    public void Nothing_is_ever_left_undecided() =>
        Always((o, d) => d.Action != RecoveryAction.None && d.Row is >= 1 and <= 13);

    [Fact]
    public void A_refusal_has_a_code_and_writes_nothing_and_an_opening_has_none() =>
        Always((o, d) => d.Action == RecoveryAction.Open
            ? d.Code == VaultErrorCode.None
            : d.Code != VaultErrorCode.None && d.Steps == RecoverySteps.None && !d.IsDegraded);

    [Fact]
    public void The_vault_opens_only_when_a_key_opened_the_primary_and_the_head_agrees() =>
        Always((o, d) => d.Action != RecoveryAction.Open
            || (o.HasRootRecord && o.Primary is PrimaryState.OpensWithCurrent or PrimaryState.OpensWithStaged && o.Head is HeadState.Ok or HeadState.AllZero));

    [Fact]
    public void Neither_key_is_destroyed_while_any_listed_place_is_away_or_does_not_open() =>
        Always((o, d) => (d.Steps & Destroying) == RecoverySteps.None
            || (o.AllLocationsReached && o.Mirrors.All(m => m.Opens) && !o.StepFailed));

    [Fact]
    public void The_staged_key_is_discarded_only_when_the_primary_opened_with_the_other_and_was_fenced() =>
        Always((o, d) => !d.Steps.HasFlag(RecoverySteps.Discard)
            || (o.Primary == PrimaryState.OpensWithCurrent && d.Steps.HasFlag(RecoverySteps.Fence | RecoverySteps.StageWhereMissing | RecoverySteps.BringMirrorsUp)
                && (o.StagedIsFenced || o.Mirrors.All(m => m.State == MirrorState.OpensWithCurrent))));

    [Fact]
    public void A_key_is_promoted_only_when_it_opened_the_primary_and_no_other_completion_could_want_the_old_one() =>
        Always((o, d) => !d.Steps.HasFlag(RecoverySteps.Promote)
            || (o.Primary == PrimaryState.OpensWithStaged && d.Steps.HasFlag(RecoverySteps.StageWhereMissing | RecoverySteps.ReadBack))
            || (o.Primary == PrimaryState.OpensWithCurrent && o.CompletionOwed && !o.HasStaged));

    [Fact]
    public void One_opening_never_promotes_and_discards() =>
        Always((o, d) => (d.Steps & Destroying) != Destroying);

    [Fact]
    public void A_completion_is_written_only_after_a_promotion_in_the_same_opening() =>
        Always((o, d) => !d.Steps.HasFlag(RecoverySteps.Complete) || d.Steps.HasFlag(RecoverySteps.Promote));

    [Fact]
    public void A_degraded_vault_destroys_nothing_and_completes_nothing() =>
        Always((o, d) => !d.IsDegraded || (d.Steps & (Destroying | RecoverySteps.Complete | RecoverySteps.StageWhereMissing)) == RecoverySteps.None);

    [Fact]
    public void A_place_that_is_away_degrades_the_vault_and_never_closes_it() =>
        Always((o, d) => d.Action != RecoveryAction.Open
            || d.IsDegraded == (!o.AllLocationsReached || o.StepFailed || o.Mirrors.Any(m => !m.Opens)));

    [Fact]
    public void A_mirror_that_is_no_prefix_of_the_primary_is_never_written_to() =>
        Always((o, d) => d.Action != RecoveryAction.Open
            || !o.Mirrors.Any(m => m.Opens && m.Position is MirrorPosition.Ahead or MirrorPosition.Branch
                && !(o.StagedIsFenced && o.Primary == PrimaryState.OpensWithCurrent && m.State == MirrorState.OpensWithStaged)));

    [Fact]
    public void A_step_that_failed_is_not_asked_for_again_in_the_same_opening() =>
        Always((o, d) => !o.StepFailed || d.Steps == RecoverySteps.None);

    [Fact]
    public void A_restore_is_proposed_only_when_a_mirror_opens_and_a_lossy_opening_only_when_the_head_is_the_trouble() =>
        Always((o, d) => d.Remedy switch
        {
            RecoveryRemedy.RestoreKeys => o.Mirrors.Any(m => m.Opens && m.Position != MirrorPosition.Branch) && d.Action == RecoveryAction.Refuse,
            RecoveryRemedy.AcceptLoss => o.Head is HeadState.StoreOlder or HeadState.Missing && d.Row == 4
                && o.AllLocationsReached && !o.Mirrors.Any(m => m.State == MirrorState.Unreachable),
            RecoveryRemedy.ReachPlaces => !o.AllLocationsReached || o.Mirrors.Any(m => m.State == MirrorState.Unreachable),
            RecoveryRemedy.RefillMirror => d.IsDegraded && o.Mirrors.Any(m => m.State is MirrorState.Dead or MirrorState.Empty),
            _ => true,
        });

    [Fact]
    public void When_no_key_opens_the_primary_a_mirror_that_opens_is_named_as_the_remedy() =>
        Always((o, d) => d.Row != 3 || (d.Remedy == RecoveryRemedy.RestoreKeys) == o.Mirrors.Any(m => m.Opens && m.Position != MirrorPosition.Branch));

    [Fact]
    public void Initialising_over_something_is_possible_only_where_no_crown_was_seen_and_no_mirror_is_away() =>
        Always((o, d) => d.Action != RecoveryAction.NotInitialized
            || (o.Primary is PrimaryState.FileMissing or PrimaryState.NoCrown && o.Head == HeadState.AllZero && o.Mirrors.All(m => m.State == MirrorState.Empty)));

    [Fact]
    public void Epoch_and_commit_number_in_the_clear_choose_words_and_nothing_else() =>
        Always((o, d) =>
        {
            RecoveryDecision other = Recovery.Decide(o with { ClearCommitIsLower = !o.ClearCommitIsLower });
            return other with { Code = d.Code } == d && (other.Code == d.Code || d.Row == 3);
        });

    [Fact]
    public void The_order_of_the_mirrors_does_not_matter() =>
        Always((o, d) => o.Mirrors.Count < 2 || Recovery.Decide(o with { Mirrors = [o.Mirrors[1], o.Mirrors[0]] }) == d);

    [Fact]
    public void Every_refusal_has_a_sentence_that_names_its_remedy() =>
        Always((o, d) =>
        {
            if (d.Action == RecoveryAction.Open)
                return true;
            VaultException error = Error.CannotOpen(d);
            return error.Code == d.Code
                && error.Message.Contains("restore --keys", StringComparison.Ordinal) == (d.Remedy == RecoveryRemedy.RestoreKeys)
                && error.Message.Contains("--accept-loss", StringComparison.Ordinal) == (d.Remedy == RecoveryRemedy.AcceptLoss);
        });

    [Fact]
    public void Nothing_observed_opens_nothing()
    {
        Assert.Equal(RecoveryAction.Refuse, Recovery.Decide(default).Action);
        Assert.Equal(RecoveryAction.Refuse, Recovery.Decide(default(Observations) with { HasRootRecord = true }).Action);
        Assert.Equal(RecoveryAction.None, default(RecoveryDecision).Action);
    }

    private static void Always(Func<Observations, RecoveryDecision, bool> holds)
    {
        foreach (Observations o in EveryObservation.All())
        {
            RecoveryDecision decision = Recovery.Decide(o);
            if (!holds(o, decision))
                Assert.Fail($"{EveryObservation.Describe(o)}\n  decided {decision}");
        }
    }
}
