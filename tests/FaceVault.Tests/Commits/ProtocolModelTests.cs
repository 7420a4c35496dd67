using System.Globalization;

namespace FaceVault.Tests.Commits;

/// <summary>FACEVAULT_MODEL_FAULTS sets the faults of every search (3 takes minutes and gigabytes); FACEVAULT_PROPERTY_RUNS of 1000 and more adds one, or a change of places.</summary>
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class ProtocolModelTests
{
    [Fact]
    public void With_a_mirror_and_two_root_locations_every_rule_holds() => Holds(new ModelOptions(), 2, 1, 0, 5, 6, 7, 9, 10, 11, 12, 13);

    [Fact]
    public void With_one_root_location_and_no_mirror_every_rule_holds() => Holds(new ModelOptions(Solo: true), 2, 0, 0, 5, 9, 11, 13);

    [Fact]
    public void When_a_flush_of_the_primary_was_a_lie_every_rule_holds_and_the_mirror_is_the_remedy() =>
        Holds(new ModelOptions(LyingDisk: true), 2, 1, 0, 3, 4, 8);

    [Fact]
    public void When_an_old_copy_is_put_back_beside_a_mirror_every_rule_holds() => Holds(new ModelOptions(OldCopies: true), 2, 0, 0, 3, 4, 8);

    [Fact]
    public void When_an_old_copy_is_put_back_and_there_is_no_mirror_every_rule_holds() => Holds(new ModelOptions(Solo: true, OldCopies: true), 2, 0, 0, 3, 4);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void While_a_mirror_and_a_root_location_come_and_go_every_rule_holds(bool bare) =>
        Holds(new ModelOptions(Places: true, Bare: bare), 1, 1, bare || Deep.Runs(1) >= 1000 ? 2 : 1, 5, 7, 9, 10, 11, 12);

    [Fact]
    public void While_consents_are_put_on_hold_every_rule_holds() => Holds(new ModelOptions(Solo: true, Holds: true), 2, 0, 2, 5, 9, 11, 13);

    [Theory]
    [InlineData(Flaw.ListBeforeCopy, "ONELOST")]
    [InlineData(Flaw.AddWithLivingKey, "EARLY")]
    [InlineData(Flaw.AddWithStagedKey, "EARLY")]
    [InlineData(Flaw.UnlistBeforeWipe, "EARLY")]
    [InlineData(Flaw.ForgetStray, "EARLY")]
    [InlineData(Flaw.CloseStrayAtOnce, "EARLY")]
    [InlineData(Flaw.NameStrayByEpoch, "EARLY")]
    public void A_flaw_in_changing_places_breaks_the_rule_that_forbids_it(Enum flaw, string rule) => Breaks(new ModelOptions(Places: true, Flaw: (Flaw)flaw), rule, faults: 1, changes: 2);

    [Theory]
    [InlineData(Flaw.SlotsFromStore, "SLOTS")]
    [InlineData(Flaw.SlotsFromHead, "SLOTS")]
    [InlineData(Flaw.KeepSigningKey, "SIGNED")]
    [InlineData(Flaw.KeepSigningKeyWhenLonger, "SIGNED")]
    [InlineData(Flaw.KeepSigningKeyWhenEqual, "SIGNED")]
    [InlineData(Flaw.RenameAfterwards, "NAMED")]
    [InlineData(Flaw.NameBySize, "NAMED")]
    public void A_flaw_in_accepting_a_loss_breaks_the_rule_that_forbids_it(Enum flaw, string rule) => Breaks(new ModelOptions(Solo: true, OldCopies: true, Flaw: (Flaw)flaw), rule);

    [Fact]
    public void A_loss_accepted_while_the_mirror_is_away_loses_what_the_mirror_has() =>
        Breaks(new ModelOptions(OldCopies: true, Flaw: Flaw.AcceptWhileAway), "NEEDLESS");

    [Theory]
    [InlineData(Flaw.ForgetHoldsAtStaging, "HELD")]
    [InlineData(Flaw.ForgetStopAtLifting, "STOPPED")]
    public void A_flaw_in_holding_breaks_the_rule_that_forbids_it(Enum flaw, string rule) => Breaks(new ModelOptions(Solo: true, Holds: true, Flaw: (Flaw)flaw), rule, changes: 2);

    [Theory]
    [InlineData(Flaw.ReuseStagedKey, "EARLY")]
    [InlineData(Flaw.PromoteBeforeMirror, "ONELOST")]
    [InlineData(Flaw.PromoteOneLocation, "EARLY")]
    [InlineData(Flaw.NoDurableStop, "STOPPED")]
    [InlineData(Flaw.SignEarly, "ERASED")]
    [InlineData(Flaw.HeadBeforeDurable, "REFUSED")]
    [InlineData(Flaw.DiscardOnClearNumber, "ONELOST")]
    [InlineData(Flaw.DestroyWhileAway, "ONELOST")]
    [InlineData(Flaw.DiscardWhileAway, "ONELOST")]
    [InlineData(Flaw.PromoteWhileAway, "ONELOST")]
    [InlineData(Flaw.CompleteWhileAway, "EARLY")]
    [InlineData(Flaw.CloseWhileAway, "REFUSED")]
    public void A_planted_flaw_breaks_the_rule_that_forbids_it(Enum flaw, string rule) => Breaks(new ModelOptions(Flaw: (Flaw)flaw), rule);

    [Fact]
    public void Discarding_a_staged_key_without_a_fence_loses_the_living_when_there_is_no_mirror() =>
        Breaks(new ModelOptions(Solo: true, Flaw: Flaw.DiscardWithoutFence), "NOLOSS");

    [Fact]
    public void Without_the_head_an_old_copy_is_opened() =>
        Breaks(new ModelOptions(Solo: true, OldCopies: true, Flaw: Flaw.IgnoreHead), "ROLLBACK");

    [Fact]
    public void Without_the_name_in_the_fence_a_mirror_that_comes_back_closes_the_vault() =>
        Breaks(new ModelOptions(LyingDisk: true, Flaw: Flaw.FenceWithoutName), "REFUSED");

    private static void Holds(ModelOptions options, int faults, int absences, int changes, params int[] rows)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_MODEL_FAULTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked))
            faults = asked;
        else if (int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_PROPERTY_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int runs) && runs >= 1000 && !options.Places)
            faults++;
        ModelSearch.Finding finding = ModelSearch.Run(options, faults, absences, changes);
        Assert.True(finding.Rule == null, finding.ToString());
        Assert.Subset((ISet<int>)finding.Rows, new HashSet<int>(rows));
    }

    private static void Breaks(ModelOptions options, string rule, int faults = 2, int changes = 0)
    {
        ModelSearch.Finding finding = ModelSearch.Run(options, faults, 1, changes);
        Assert.True(finding.Rule == rule, finding.ToString());
    }
}
