namespace FaceVault.Benchmarks;

/// <summary>What a benchmark does is right, or nothing is timed.</summary>
internal static class BenchmarkCheck
{
    public static void That(bool isRight)
    {
        if (!isRight)
            throw new InvalidOperationException("An answer is wrong; nothing is timed.");
    }
}
