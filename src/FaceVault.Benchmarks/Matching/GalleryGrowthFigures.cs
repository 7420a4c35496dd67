using FaceVault.Matching;
using static FaceVault.Benchmarks.AlternatingRounds;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary><c>figures --only gallery-growth [--to N]</c>: a comparison in galleries of 10,000 to 2,000,000 templates, one thread, top 10; memory of a template.</summary>
/// <remarks>One probe alternates with the fastest of four streaming reads of as many bytes as the panels have, 256 probes with the same search over 100,000 templates.</remarks>
internal sealed class GalleryGrowthFigures(FigureTable table, int most)
{
    private const int Dimensions = 512;
    private const int Batch = 256;
    private const int Base = 100_000;
    private static readonly int[] Sizes = [10_000, Base, 500_000, 1_000_000, 2_000_000];

    public void Measure()
    {
        foreach (TemplateEncoding encoding in (TemplateEncoding[])[TemplateEncoding.Int8, TemplateEncoding.Float32])
        {
            var model = new TemplateModel("synthetic", Dimensions, encoding);
            int compared = Math.Min(Base, most);
            using Gallery small = SyntheticGallery.Create(model, compared, threads: 1);
            using ProbeBatch probes = SyntheticGallery.Probes(model, Batch, compared);
            foreach (int size in Sizes.Where(size => size <= most))
            {
                long needed = 2 * PanelBytes(model, size) + PanelBytes(model, Base);
                if (needed > 0.8 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
                    table.Row(Name(model, size), Text($"not measured: needs {needed / 1e9:N1} GB of memory"));
                else
                    Measure(model, size, small, probes);
            }
        }
    }

    private static string Name(TemplateModel model, int size) => Text($"{model.Encoding}, {size:N0} templates of {model.Dimensions}");

    private static long PanelBytes(TemplateModel model, int size) => (long)size * model.Dimensions * (model.Encoding == TemplateEncoding.Int8 ? 1 : 4);

    private void Measure(TemplateModel model, int size, Gallery small, ProbeBatch ofSmall)
    {
        Note(Name(model, size));
        using Gallery gallery = SyntheticGallery.Create(model, size, threads: 1);
        using ProbeBatch one = SyntheticGallery.Probes(model, 1, size), many = SyntheticGallery.Probes(model, Batch, size);
        var found = new MatchBuffer(Batch, 10);
        foreach ((Gallery searched, ProbeBatch probes) in ((Gallery, ProbeBatch)[])[(gallery, one), (gallery, many), (small, ofSmall)])
        {
            searched.Identify(probes, Threshold.RankOnly, found);
            SyntheticGallery.Check(found, searched.Count);
        }

        AlternatingRounds single;
        int streams;
        double share;
        using (var read = new StreamingRead(PanelBytes(model, size)))
        {
            streams = read.FastestStreams(threads: 1);
            single = AlternatingRounds.Measure(() => gallery.Identify(one, Threshold.RankOnly, found), () => read.Read(streams, 1), rounds: 15);
            share = (double)PanelBytes(model, size) / read.Bytes;
        }

        AlternatingRounds batch = AlternatingRounds.Measure(
            () => gallery.Identify(many, Threshold.RankOnly, found), () => small.Identify(ofSmall, Threshold.RankOnly, found), rounds: size > 1_000_000 ? 5 : 9);
        (long locked, long unlocked) = gallery.Memory;
        double growth = (double)small.Count / size;
        table.Row(
            Name(model, size),
            Text($"1 probe {Median(single.First) / size * 1e9:N1} ns, {Percent(single.Ratios.Select(ratio => ratio * share))} of {streams} read stream(s); ")
                + Text($"256 probes {Median(batch.First) / size / Batch * 1e9:N2} ns, {Percent(batch.Ratios.Select(ratio => 1 / (ratio / growth)))} of what {small.Count:N0} take; ")
                + Text($"{(double)(locked + unlocked) / size:N1} bytes each"));
    }
}
