using System.Globalization;
using FaceVault.Tests.Matching;
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
        using var probes = new ProbeBatch(gallery, 600);
        for (int i = 0; i < 600; i++)
            probes.Add(TestVault.Face(i));
        var found = new MatchBuffer(600, 5);
        int logged = test.Log.All.Count;
        Assert.Equal(0, Allocated(gallery, probes, found));
        Assert.Equal(600, found.Count);
        await gallery.IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly);
        Assert.Equal(logged, test.Log.All.Count); // no message belongs to a search
    }

    [Fact]
    public async Task A_search_with_the_measured_threshold_allocates_nothing_either()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        LabelledScores scores = LabelledScores.ForIdentification(TestVault.Model, 3, 3, 3);
        scores.AddMated(1, 0.9f);
        for (int i = 0; i < 30; i++)
            scores.AddNonMated(i, i + 100, i / 100f);
        await test.Vault.SetCalibrationAsync(new PurposeId(TestVault.Door), scores.Calibrate(0.1, test.Clock.GetUtcNow()));
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        using var probes = new ProbeBatch(gallery, 1);
        probes.Add(TestVault.Face(1));
        var found = new MatchBuffer(1, 1);
        Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => // a method that has become busy may be compiled anew once
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
                gallery.Identify(probes, Threshold.Calibrated, found);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32, 1)]
    [InlineData(TemplateEncoding.Float32, 2)]
    [InlineData(TemplateEncoding.Int8, 1)]
    [InlineData(TemplateEncoding.Int8, 2)]
    public void A_thousand_batches_allocate_no_byte_on_any_thread(TemplateEncoding encoding, int threads)
    {
        ChildResult counted = Child.Run([], "allocations", encoding.ToString(), threads.ToString(CultureInfo.InvariantCulture)); // a test host allocates now and then
        Assert.Equal("1: 0, 64: 0, 256: 0", counted.Output.Trim());
    }

    /// <summary>What a thousand batches of 1, 64 and 256 probes allocate on all threads of a process that does nothing else; the least of two attempts, since a method that has become busy may be compiled anew during the first.</summary>
    internal static int AllocationsChild(string[] arguments)
    {
        const int dimensions = 256;
        TemplateModel model = MatchingData.Model(dimensions, Enum.Parse<TemplateEncoding>(arguments[0]));
        float[][] vectors = MatchingData.Vectors(1100, dimensions, 1);
        int perMegabyte = (1 << 20) / (model.Encoding == TemplateEncoding.Int8 ? dimensions : dimensions * sizeof(float));
        var counted = new List<string>();
        foreach ((int count, int megabytes) in (ReadOnlySpan<(int, int)>)[(1, 9), (64, 1), (256, 1)]) // one probe alone is worth a second thread from 8 MB on
        {
            float[][] templates = [.. Enumerable.Range(0, megabytes * perMegabyte + 100).Select(i => vectors[i % vectors.Length])];
            using Gallery gallery = MatchingData.Gallery(model, templates, MatchingData.Options(int.Parse(arguments[1], CultureInfo.InvariantCulture)));
            using ProbeBatch probes = MatchingData.Batch(model, vectors[..count]);
            var found = new MatchBuffer(count, 10);
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 2 && least > 0; attempt++)
            {
                Search(100);
                long before = GC.GetTotalAllocatedBytes(precise: true);
                Search(1000);
                least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            }

            counted.Add($"{count}: {least}");

            void Search(int batches)
            {
                for (int i = 0; i < batches; i++)
                    gallery.Identify(probes, Threshold.RankOnly, found);
            }
        }

        Console.WriteLine(string.Join(", ", counted));
        return 0;
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
