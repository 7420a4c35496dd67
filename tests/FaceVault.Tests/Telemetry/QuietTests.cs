using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Telemetry;

/// <summary>While nobody listens to measurements, and somebody to messages; alone, since another test's listener would be somebody.</summary>
[Collection(Alone.Name)]
public sealed class QuietTests
{
    [Fact]
    public async Task A_search_of_a_vault_allocates_nothing_while_nobody_listens()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(20);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        using var probes = new ProbeBatch(TestVault.Model, 600);
        for (int i = 0; i < 600; i++)
            probes.Add(TestVault.Face(i));
        var found = new MatchBuffer(600, 5);
        int logged = test.Log.All.Count;
        Assert.Equal(0, Allocated(gallery, probes, found));
        Assert.Equal(600, found.Count);
        await gallery.IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly);
        Assert.Equal(logged, test.Log.All.Count); // no message belongs to a search
    }

    private static long Allocated(Gallery gallery, ProbeBatch probes, MatchBuffer found)
    {
        for (int i = 0; i < 40; i++)
            gallery.Identify(probes, Threshold.RankOnly, found);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            gallery.Identify(probes, Threshold.RankOnly, found);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
