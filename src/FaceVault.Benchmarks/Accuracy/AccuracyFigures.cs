using FaceVault.Templates;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary><c>accuracy FOLDER</c>: what is found, beside how long it takes, on real embeddings that lie in a folder (<see cref="FaceSet"/>).</summary>
internal static class AccuracyFigures
{
    private const int Purposes = 16;
    private const int Seed = 6;

    public static int Run(string folder)
    {
        if (!FaceSet.IsIn(folder))
        {
            Console.Error.WriteLine($"There are no embeddings here. Name a folder with {FaceSet.Wide}, {FaceSet.Narrow} and {FaceSet.Labels}.");
            return 2;
        }

        Console.WriteLine($"kernels {Matching.DotKernels.BestFloat}, {Matching.DotKernels.BestByte}; one thread, 256 probes at once, least of all batches; thresholds in brackets");
        foreach (string file in (string[])[FaceSet.Wide, FaceSet.Narrow])
        {
            FaceSet faces = FaceSet.Read(folder, file);
            Console.WriteLine(Text($"{faces.Dimensions} dimensions: {faces.Probes.Length:N0} probes among {faces.Enrolled.Length:N0} enrolled, {faces.Impostors:N0} impostor pairs"));
            Console.WriteLine($"  {"",-26} {"rank-1",8}  {"TAR at FAR 1e-3",18}  {"TAR at FAR 1e-4",18}  ns/comparison");
            var measure = new AccuracyMeasure(faces);
            Print(measure.Double());
            Print(measure.Float32());
            AccuracyFigure int8 = measure.Int8();
            Print(int8);
            Print(measure.Int8ScoredAgain(int8));
            using Rotation rotation = Unlinkability.Turn(new Random(Seed), faces.Dimensions);
            var turned = new AccuracyMeasure(faces, rotation: rotation);
            Print(turned.Float32());
            AccuracyFigure int8Turned = turned.Int8();
            Print(int8Turned);
            Print(turned.Int8ScoredAgain(int8Turned));
            UnlinkabilityFigure apart = new Unlinkability(faces).Measure(Purposes, Seed);
            Console.WriteLine(Text($"  between two purposes, {apart.Pairs.Length} pairs of {Purposes}, seed {Seed}: AUC of mated against others {apart.Pooled:N4}, by pair {apart.Pairs.Min():N3} to {apart.Pairs.Max():N3}, {apart.Within(0.02)} within 0.02"));
            Console.WriteLine(Text($"    of one image in both {apart.PooledOfOneImage:N4}, by pair {apart.PairsOfOneImage.Min():N3} to {apart.PairsOfOneImage.Max():N3}; rank-1 {Percent(apart.Rank1)}, by chance {Percent(1.0 / faces.Enrolled.Length)}"));
        }

        return 0;
    }

    private static void Print(AccuracyFigure figure) => Console.WriteLine(Text(
        $"  {figure.Way,-26} {Percent(figure.Rank1),8}  {Accepted(figure.Mille),18}  {Accepted(figure.Myriad),18}  {figure.Nanoseconds,13:N2}"));

    private static string Accepted((double Threshold, double Tar) at) => Text($"{Percent(at.Tar)} ({at.Threshold:N4})");

    private static string Percent(double share) => Text($"{100 * share:N2} %");
}
