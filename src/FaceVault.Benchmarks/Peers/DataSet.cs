using FaceVault.Matching;

namespace FaceVault.Benchmarks.Peers;

/// <summary>Unit vectors of a seeded Gaussian mixture, as many rows as asked for, and 256 probes of which every other one belongs to an enrolled class: nobody's faces.</summary>
/// <remarks>
/// Up to 50,000 centres, at least 20 rows each on average; a row is its centre times √c plus noise of its own, c drawn about 0.6 ± 0.1, so that two of a class have a cosine of about c. Rows belong
/// to centres by a hash of their number, so that a class lies nowhere together. Normal numbers are sums of four uniform ones. The memory is mapped as a gallery's is: huge pages asked for.
/// </remarks>
internal sealed unsafe class DataSet : IDisposable
{
    public const int MostProbes = 256;

    private const int MostCentres = 50_000;
    private readonly GalleryMemory memory;
    private readonly int centres;

    public DataSet(int count, int dimensions)
    {
        (Count, Dimensions) = (count, dimensions);
        centres = Math.Clamp(count / 20, 1, MostCentres);
        memory = new GalleryMemory((long)count * dimensions * sizeof(float));
        Probes = [.. Enumerable.Range(0, MostProbes).Select(_ => new float[dimensions])];
        Parallel.For(0, Environment.ProcessorCount, worker =>
        {
            float[] noise = new float[dimensions];
            for (int i = worker; i < count; i += Environment.ProcessorCount)
                Member(i, CentreOf(i), new Span<float>(Row(i), dimensions), noise);
            for (int i = worker; i < MostProbes; i += Environment.ProcessorCount)
                Member(count + i, i % 2 == 0 ? CentreOf((int)(Mix((ulong)i) % (ulong)count)) : centres + i, Probes[i], noise);
        });
    }

    public int Count { get; }

    public int Dimensions { get; }

    /// <summary>Those with an even number have mates.</summary>
    public float[][] Probes { get; }

    /// <summary>All rows, one after another.</summary>
    public float* Rows => (float*)memory.Start;

    public float* Row(int index) => Rows + (nint)index * Dimensions;

    public ReadOnlySpan<float> Vector(int index) => new(Row(index), Dimensions);

    public void Dispose() => memory.Dispose();

    private int CentreOf(int row) => (int)(Mix((ulong)row + 0x51ed) % (ulong)centres);

    private static void Member(int seed, int centre, Span<float> vector, Span<float> noise)
    {
        Normal(1, centre, vector);
        Normal(2, seed, noise);
        Span<float> shape = stackalloc float[4];
        Normal(3, seed, shape);
        float cosine = Math.Clamp(0.6f + 0.1f * shape[0], 0.3f, 0.9f), near = MathF.Sqrt(cosine), apart = MathF.Sqrt(1 - cosine);
        double squares = 0;
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = near * vector[i] + apart * noise[i];
            squares += (double)vector[i] * vector[i];
        }

        float scale = (float)(1 / Math.Sqrt(squares));
        for (int i = 0; i < vector.Length; i++)
            vector[i] *= scale;
    }

    private static void Normal(ulong kind, int seed, Span<float> values)
    {
        unchecked
        {
            ulong state = Mix(kind << 40 | (uint)seed);
            for (int i = 0; i < values.Length; i++)
            {
                ulong z = Mix(state += 0x9e3779b97f4a7c15);
                values[i] = ((ushort)z + (ushort)(z >> 16) + (ushort)(z >> 32) + (ushort)(z >> 48) - 131_070) / 37_837f; // of variance 1
            }
        }
    }

    /// <summary>SplitMix64's last step.</summary>
    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }
}
