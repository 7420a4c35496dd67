using FaceVault.Storage;
using FaceVault.Tests.Attack;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Histories;

/// <summary>The same histories over SQLite files: the thief's copies are made by another process and read page by page, logs and frames of failed commits too.</summary>
[Collection(Alone.Name)]
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class SqliteHistoryTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Whatever_happens_over_files_promises_are_kept(int roots, int mirrors) =>
        Prop.ForAll(Move.Histories(20).ToArbitrary(), moves =>
        {
            using var folder = new TemporaryFolder();
            HistoryTests.RunAsync(SqliteBed.Make(folder.Path, roots, mirrors), moves).GetAwaiter().GetResult();
        }).Check(Deep.Config(4));

    [Fact]
    public async Task Frames_of_a_commit_that_failed_lie_in_the_thiefs_log_and_open_nobody_who_is_destroyed_later()
    {
        using var folder = new TemporaryFolder();
        await using SqliteBed bed = SqliteBed.Make(folder.Path, 2, 1);
        await bed.BeginAsync();
        await bed.Test.EnrollAsync(3);
        bed.Steal();
        int crowns = bed.Test.Thief.Loot.Of(BlobKind.Crown).Count;
        bed.Test.Faults.FailAt(StoreStep.Commit, 3, StoreFaultMoment.During); // the stop in primary and mirror, then the destroying commit
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => bed.Vault.WithdrawConsentAsync(Scenario.Id("c-0")));
        Assert.True(bed.Test.Thief.Loot.Of(BlobKind.Crown).Count > crowns); // nobody has stolen since, but from that log
        bed.Steal();
        Assert.Contains(bed.Test.Thief.Attack().TemplatesOf("c-1"), t => Faces.Is(t, 1));

        await bed.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));

        bed.Steal();
        Attacker attacker = bed.Test.Thief.Attack();
        Assert.Equal(2, attacker.Certified.Count);
        Assert.Empty(attacker.Certified.Intersect(attacker.Commitments));
        Assert.DoesNotContain(attacker.Templates, t => Faces.Is(t, 0) || Faces.Is(t, 1));
        Assert.Contains(attacker.TemplatesOf("c-2"), t => Faces.Is(t, 2));
    }
}
