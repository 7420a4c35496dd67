using System.Globalization;

namespace FaceVault.Tests.Commits;

/// <summary>FACEVAULT_MODEL_FAULTS sets the faults of every search (3 takes minutes and gigabytes); FACEVAULT_PROPERTY_RUNS of 1000 and more adds one.</summary>
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class ProtocolModelTests
{
    [Fact]
    public void With_a_mirror_and_two_root_locations_every_rule_holds() => Holds(new ModelOptions(), 2, 1, 5, 6, 7, 9, 10, 11, 12, 13);

    [Fact]
    public void With_one_root_location_and_no_mirror_every_rule_holds() => Holds(new ModelOptions(Solo: true), 2, 0, 5, 9, 11, 13);

    [Fact]
    public void When_a_flush_of_the_primary_was_a_lie_every_rule_holds_and_the_mirror_is_the_remedy() =>
        Holds(new ModelOptions(LyingDisk: true), 2, 1, 3, 4, 8);

    [Fact]
    public void When_an_old_copy_is_put_back_beside_a_mirror_every_rule_holds() => Holds(new ModelOptions(OldCopies: true), 2, 0, 3, 4, 8);

    [Fact]
    public void When_an_old_copy_is_put_back_and_there_is_no_mirror_every_rule_holds() => Holds(new ModelOptions(Solo: true, OldCopies: true), 2, 0, 3, 4);

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

    private static void Holds(ModelOptions options, int faults, int absences, params int[] rows)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_MODEL_FAULTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked))
            faults = asked;
        else if (int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_PROPERTY_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int runs) && runs >= 1000)
            faults++;
        ModelSearch.Finding finding = ModelSearch.Run(options, faults, absences);
        Assert.True(finding.Rule == null, finding.ToString());
        Assert.Subset((ISet<int>)finding.Rows, new HashSet<int>(rows));
    }

    private static void Breaks(ModelOptions options, string rule)
    {
        ModelSearch.Finding finding = ModelSearch.Run(options, 2, 1);
        Assert.True(finding.Rule == rule, finding.ToString());
    }
}
