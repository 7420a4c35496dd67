using System.Buffers.Binary;
using FaceVault.Storage;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Attack;

/// <summary>In which order the steps of a destroying commit reach the disks, watched from outside: the root locations and stores are looked at before every step of a store.</summary>
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class DestroyingOrderTests
{
    private static readonly StoreStep[] Kinds =
        [StoreStep.Create, StoreStep.Open, StoreStep.OpenReader, StoreStep.Commit, StoreStep.Checkpoint, StoreStep.Copy, StoreStep.Append, StoreStep.Delete];

    [Fact]
    public async Task Both_root_keys_stand_until_the_primary_and_then_the_mirror_were_moved_and_read_back()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.EnrollAsync(2);

        List<Sight> seen = await WatchAsync(test, () => test.Vault.WithdrawConsentAsync(Scenario.Id("c-0")));

        StoreStep[] one = [StoreStep.Commit, StoreStep.Checkpoint, StoreStep.OpenReader];
        Assert.Equal([.. one, .. one], seen.Where(s => s.Keys.Contains(2)).Select(s => s.Kind));
        Assert.All(seen, s => Assert.Equal(s.Keys[0], s.Keys[1]));
        Assert.Equal([1, 1], seen[^1].Keys);
    }

    [Fact]
    public async Task The_rows_of_a_new_key_stand_before_the_commit_that_counts_them()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.EnrollAsync(2);

        List<Sight> seen = await WatchAsync(test, () => test.Vault.ReplaceTemplatesAsync(Scenario.Id("c-0"), null, [TestVault.Face(10), TestVault.Face(11)]));

        Assert.Equal(StoreStep.Commit, seen.First(s => s.Keys.Contains(2) && s.Kind != StoreStep.Append).Kind);
        Assert.Equal(4, seen.First(s => s.Keys.Contains(2) && s.Kind == StoreStep.Commit).Rows);
    }

    [Fact]
    public async Task A_head_never_says_more_than_every_store_holds()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.EnrollAsync(3);

        List<Sight> seen = await WatchAsync(test, async () =>
        {
            await test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"));
            await test.Vault.ReplaceTemplatesAsync(Scenario.Id("c-1"), null, [TestVault.Face(10)]);
            await test.Vault.RenewConsentAsync(Scenario.Id("c-2"), test.Grant("c-9", "subject of c-2"));
        });

        Assert.All(seen, s => Assert.InRange(s.Head, 1, s.Commit));
        Assert.True(seen[^1].Head > seen[0].Head);
    }

    [Fact]
    public async Task After_a_failed_attempt_a_fence_stands_in_every_store_before_the_staged_key_is_discarded()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.EnrollAsync(2);
        test.Faults.FailAt(StoreStep.Commit, 3, StoreFaultMoment.Zombie); // the stop in primary and mirror, then the destroying commit

        List<Sight> seen = await WatchAsync(test, () => Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"))));

        List<Sight> staged = [.. seen.Where(s => s.Keys.Contains(2))];
        Assert.Equal(3, staged.Count(s => s.Kind == StoreStep.Commit)); // the one that failed, the fence, the fence in the mirror
        Assert.Equal([StoreStep.Commit, StoreStep.Checkpoint, StoreStep.Commit, StoreStep.Checkpoint], staged.Select(s => s.Kind).Where(k => k is StoreStep.Commit or StoreStep.Checkpoint).TakeLast(4));
        Assert.All(test.Media, m => Assert.Single(StolenRoot.Keys(m.Cached())));
        test.Crash();
        await test.Vault.OpenAsync();
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Scenario.Id("c-1")))!.Status);
    }

    private static async Task<List<Sight>> WatchAsync(TestVault test, Func<Task> act)
    {
        var seen = new List<Sight>();
        int[] taken = [.. Kinds.Select(test.Faults.Taken)];
        for (int step = 1; step <= 100; step++)
            test.Faults.CallAt(step, () =>
            {
                StoreStep kind = Kinds[Array.FindIndex(Kinds, k => test.Faults.Taken(k) > taken[Array.IndexOf(Kinds, k)])];
                taken[Array.IndexOf(Kinds, kind)]++;
                seen.Add(new Sight(
                    kind,
                    [.. test.Media.Select(m => StolenRoot.Keys(m.Cached()).Count())],
                    test.Media.Max(m => Math.Max(HeadAt(m.Cached(), 0), HeadAt(m.Cached(), 4_096))),
                    Math.Min(test.Store.Snapshot()!.Numbers.Commit, test.MirrorStores[0].Snapshot()!.Numbers.Commit),
                    test.Templates.Snapshot()!.Count));
            });
        await act();
        return seen;
    }

    /// <summary>The commit number of a head sector (docs/formats.md).</summary>
    private static long HeadAt(byte[] root, int sector) =>
        root.AsSpan(sector, 16).SequenceEqual("facevault/head01"u8) ? BinaryPrimitives.ReadInt64LittleEndian(root.AsSpan(sector + 40)) : 0;

    /// <param name="Kind">The step that is about to be taken.</param>
    /// <param name="Keys">Root keys in each location.</param>
    /// <param name="Head">The newest head's commit number.</param>
    /// <param name="Commit">The commit number that primary and mirror both hold.</param>
    /// <param name="Rows">Rows of the template store.</param>
    private sealed record Sight(StoreStep Kind, int[] Keys, long Head, long Commit, int Rows);
}
