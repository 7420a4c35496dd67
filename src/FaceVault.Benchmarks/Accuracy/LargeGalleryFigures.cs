using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary><c>large-gallery FOLDER [PERSONS]</c>: how many of the enrolled are found at FPIR 1 %, among the real people alone and among people made up besides (<see cref="SyntheticPeople"/>).</summary>
internal static class LargeGalleryFigures
{
    public static int Run(string folder, int persons)
    {
        if (!FaceSet.IsIn(folder))
        {
            Console.Error.WriteLine($"There are no embeddings here. Name a folder with {FaceSet.Wide}, {FaceSet.Narrow} and {FaceSet.Labels}.");
            return 2;
        }

        foreach (string file in (string[])[FaceSet.Wide, FaceSet.Narrow])
        {
            FaceSet faces = FaceSet.Read(folder, file);
            foreach (bool normal in (bool[])[false, true])
            {
                Console.WriteLine(Text($"{faces.Dimensions} dimensions, int8, {faces.Probes.Length:N0} probes; likenesses of made-up people {(normal ? "normal" : "as measured")}"));
                using var measure = new LargeGalleryMeasure(faces, normal);
                for (int size = faces.Enrolled.Length; ; size = Math.Min(persons, size < 10_000 ? 10_000 : size * 10 / 3 / 10_000 * 10_000))
                {
                    Print(measure.At(size));
                    if (size >= persons)
                        break;
                }

                Console.WriteLine("  scores with others, real | made up");
                foreach (double share in (double[])[1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
                    Console.WriteLine(Text($"  {share,10:0e+0} of pairs reach {measure.Real.At(share):N3} | {measure.MadeUp.At(share):N3}"));
                Console.WriteLine(Text($"  mean {measure.Real.Mean:N3} | {measure.MadeUp.Mean:N3}, standard deviation {measure.Real.Deviation:N3} | {measure.MadeUp.Deviation:N3}"));
            }
        }

        return 0;
    }

    private static void Print(ThresholdCalibration found) => Console.WriteLine(Text(
        $"  {found.LargestGallery,9:N0} enrolled: threshold {found.Threshold:N3}, FPIR {Percent(found.FalsePositives.Value)} ({Percent(found.FalsePositives.Lower)} to {Percent(found.FalsePositives.Upper)}), found {Percent(1 - found.FalseNegatives.Value)} ({Percent(1 - found.FalseNegatives.Upper)} to {Percent(1 - found.FalseNegatives.Lower)})"));

    private static string Percent(double share) => Text($"{100 * share:N2} %");
}
