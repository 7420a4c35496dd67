using FaceVault.Matching;
using static FaceVault.Benchmarks.AlternatingRounds;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary><c>figures --only matching</c>: what selection costs, what a second thread brings, memory of a template, bytes allocated by searches. Every pair of works alternates, and every answer is checked first.</summary>
internal sealed class MatchingFigures(FigureTable table, double scale)
{
    private const int Dimensions = 512;
    private const int Batch = 256;
    private const int StatedRounds = 3; // for what is slow and only stated
    private readonly int rounds = scale < 0.1 ? StatedRounds : 15;
    private readonly int templates = Math.Max(4096, (int)(200_000 * scale) / 2048 * 2048); // whole blocks, and so is half of it

    public void Measure()
    {
        foreach (TemplateEncoding encoding in (TemplateEncoding[])[TemplateEncoding.Int8, TemplateEncoding.Float32])
        {
            var model = new TemplateModel("synthetic", Dimensions, encoding);
            foreach (int probes in (int[])[1, Batch])
            {
                Note(Text($"selection and second thread, {encoding}, {probes} probe(s) against {templates:N0}"));
                Selection(model, probes);
                SecondThread(model, probes);
            }

            Memory(model);
            Allocations(model);
        }
    }

    private static string Name(TemplateModel model, int probes) => Text($"{model.Encoding}, {probes} probe{(probes == 1 ? "" : "s")}");

    private static void Search(Gallery gallery, ProbeBatch probes, MatchBuffer found) => gallery.Identify(probes, Threshold.RankOnly, found);

    private void Selection(TemplateModel model, int count)
    {
        using ProbeBatch probes = SyntheticGallery.Probes(model, count, templates), same = new(model, count);
        using var bare = new BareLoop(model, templates, probes);
        var ten = new MatchBuffer(count, 10);
        var thousand = new MatchBuffer(count, MatchBuffer.MaxTop);
        using (Gallery gallery = SyntheticGallery.Create(model, templates, threads: 1))
        {
            foreach (MatchBuffer found in (MatchBuffer[])[ten, thousand])
            {
                Search(gallery, probes, found);
                SyntheticGallery.Check(found, templates);
                Row(Text($"top {found.Top:N0}, random order"), gallery, probes, found, found == ten ? rounds : StatedRounds);
            }
        }

        float[] probe = new float[Dimensions];
        SyntheticGallery.Vector(templates, probe);
        for (int i = 0; i < count; i++)
            same.Add(probe);
        foreach (bool byQuarters in (bool[])(count == 1 ? [false, true] : [false])) // which of them one probe meets in order is its processor's choice
        {
            using Gallery ascending = AscendingGallery.Create(model, templates, probe, byQuarters);
            Search(ascending, same, ten);
            BenchmarkCheck.That(ten[0].Length == 10 && ten[0][0].Slot == templates && ten[count - 1].SequenceEqual(ten[0]));
            Row(byQuarters ? "top 10, ascending across four streams" : "top 10, ascending by lane", ascending, same, ten, StatedRounds);
        }

        void Row(string what, Gallery gallery, ProbeBatch batch, MatchBuffer found, int times)
        {
            AlternatingRounds measured = AlternatingRounds.Measure(() => Search(gallery, batch, found), bare.Run, times);
            table.Row(
                $"{Name(model, count)}: selection and barrier, {what}",
                Text($"{Percent(measured.Ratios.Select(loop => 1 - loop))} of {Median(measured.First) / templates / count * 1e9:N2} ns a comparison"));
        }
    }

    /// <summary>A search with two threads against two bare loops that run at once, over half of the templates each.</summary>
    private void SecondThread(TemplateModel model, int count)
    {
        int repeats = count == 1 ? 10 : 1; // a thread that starts is nothing beside its work then
        using ProbeBatch probes = SyntheticGallery.Probes(model, count, templates), ofHalf = SyntheticGallery.Probes(model, count, templates / 2);
        using Gallery one = SyntheticGallery.Create(model, templates, threads: 1), two = SyntheticGallery.Create(model, templates, threads: 2);
        using BareLoop first = new(model, templates / 2, ofHalf), second = new(model, templates / 2, ofHalf);
        var found = new MatchBuffer(count, 10);
        foreach (Gallery gallery in (Gallery[])[one, two])
        {
            Search(gallery, probes, found);
            SyntheticGallery.Check(found, templates);
        }

        void Searches(Gallery gallery)
        {
            for (int i = 0; i < repeats; i++)
                Search(gallery, probes, found);
        }

        void Copies()
        {
            var other = new Thread(() => Repeat(second));
            other.Start();
            Repeat(first);
            other.Join();
        }

        void Repeat(BareLoop loop)
        {
            for (int i = 0; i < repeats; i++)
                loop.Run();
        }

        AlternatingRounds copies = AlternatingRounds.Measure(() => Searches(two), Copies, rounds), alone = AlternatingRounds.Measure(() => Searches(two), () => Searches(one), rounds);
        table.Row(
            $"{Name(model, count)}: two threads against two copies of the bare loop",
            Text($"{Percent(copies.Ratios)} of their speed; {Median(alone.Ratios):N2} times one thread"));
    }

    private void Memory(TemplateModel model)
    {
        using Gallery gallery = SyntheticGallery.Create(model, templates, threads: 1);
        (long locked, long unlocked) = gallery.Memory;
        var layout = new BlockLayout(Dimensions, model.Encoding);
        table.Row(
            Text($"{model.Encoding}, memory of {templates:N0} templates"),
            Text($"{(double)layout.BlockBytes / layout.Lanes:N1} bytes each in a block, {(double)(locked + unlocked) / templates:N1} with the blocks that wait for more"));
    }

    /// <summary>Of all threads of the process.</summary>
    private void Allocations(TemplateModel model)
    {
        const int few = 4000;
        int batches = scale < 0.1 ? 100 : 1000;
        using Gallery gallery = SyntheticGallery.Create(model, few, threads: 2);
        foreach (int count in (int[])[1, 64, Batch])
        {
            using ProbeBatch probes = SyntheticGallery.Probes(model, count, few);
            var found = new MatchBuffer(count, 10);
            for (int i = 0; i < 100; i++)
                Search(gallery, probes, found);
            SyntheticGallery.Check(found, few);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < batches; i++)
                Search(gallery, probes, found);
            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before; // before the row's own words are made
            table.Row($"{Name(model, count)}: allocated by {batches:N0} searches, all threads", Text($"{allocated:N0} bytes"));
        }
    }
}
