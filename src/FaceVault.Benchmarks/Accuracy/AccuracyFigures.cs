using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary><c>accuracy FOLDER</c>: what is found, beside how long it takes, on real embeddings that lie in a folder (<see cref="FaceSet"/>).</summary>
internal static class AccuracyFigures
{
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
            Console.WriteLine($"  {"",-19} {"rank-1",8}  {"TAR at FAR 1e-3",18}  {"TAR at FAR 1e-4",18}  ns/comparison");
            var measure = new AccuracyMeasure(faces);
            Print(measure.Double());
            Print(measure.Float32());
            AccuracyFigure int8 = measure.Int8();
            Print(int8);
            Print(measure.Int8ScoredAgain(int8));
        }

        return 0;
    }

    private static void Print(AccuracyFigure figure) => Console.WriteLine(Text(
        $"  {figure.Way,-19} {Percent(figure.Rank1),8}  {Accepted(figure.Mille),18}  {Accepted(figure.Myriad),18}  {figure.Nanoseconds,13:N2}"));

    private static string Accepted((double Threshold, double Tar) at) => Text($"{Percent(at.Tar)} ({at.Threshold:N4})");

    private static string Percent(double share) => Text($"{100 * share:N2} %");
}
