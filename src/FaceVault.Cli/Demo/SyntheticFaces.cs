namespace FaceVault.Cli.Demo;

/// <summary>
/// Embeddings of people who do not exist. The same seed gives the same people on every machine: SplitMix64 (Steele, Lea and Flood 2014) and the polar form of
/// Box and Muller's transform. A person is a random direction; an image of it is that direction with noise, so that two images of one person have a cosine of about 0.7
/// and those of two people one of about 0.
/// </summary>
internal sealed class SyntheticFaces(int dimensions, ulong seed)
{
    private const double Noise = 0.65;

    /// <summary>One image of one person, not normalised.</summary>
    public float[] Image(int person, int image)
    {
        var identity = new Stream(seed, (ulong)person << 32);
        var noise = new Stream(seed, (ulong)person << 32 | (uint)(image + 1));
        float[] embedding = new float[dimensions];
        for (int i = 0; i < embedding.Length; i++)
            embedding[i] = (float)(identity.Normal() + Noise * noise.Normal());
        return embedding;
    }

    private struct Stream(ulong seed, ulong number)
    {
        private ulong _state = Mix(seed ^ Mix(number));

        public double Normal()
        {
            while (true)
            {
                double x = Uniform(), y = Uniform(), square = x * x + y * y;
                if (square is > 0 and < 1)
                    return x * Math.Sqrt(-2 * Math.Log(square) / square);
            }
        }

        private double Uniform() => (Next() >> 11) * (2.0 / (1UL << 53)) - 1;

        private ulong Next() => Mix(_state = unchecked(_state + 0x9E3779B97F4A7C15));

        private static ulong Mix(ulong z)
        {
            unchecked
            {
                z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
                z = (z ^ z >> 27) * 0x94D049BB133111EB;
                return z ^ z >> 31;
            }
        }
    }
}
