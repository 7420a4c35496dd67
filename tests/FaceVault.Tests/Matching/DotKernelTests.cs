using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

/// <summary>Every kernel this processor has against its scalar twin, all buffers between guard pages. <c>eng/narrow.sh</c> runs this class again with narrower vectors.</summary>
public unsafe class DotKernelTests
{
    private static readonly int[] Dimensions =
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1000, 2047, 4095, 4096];

    /// <summary>What the numbers of probes and templates look like.</summary>
    public enum Numbers
    {
        None = 0,
        Random,

        /// <summary>The largest magnitudes, signs at random.</summary>
        Extreme,
        AllEqual,

        /// <summary>Largest and smallest in turn, so that every sum cancels.</summary>
        Alternating,

        /// <summary>Below the smallest normal float; for integers, zeros and ones.</summary>
        Tiny,

        /// <summary>Every template is the probe or its opposite, of length 1: scores of 1 and -1 up to rounding.</summary>
        Same,
    }

    public static TheoryData<Numbers> Kinds() => [.. Enum.GetValues<Numbers>().Where(kind => kind != Numbers.None)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_float_kernel_gives_the_bits_of_the_scalar_one_and_stays_in_its_buffers(Numbers kind)
    {
        var random = new Random(11);
        foreach (int rows in Dimensions)
        {
            using var panels = new GuardedMemory(BlockLayout.Streams * rows * 128);
            using var tile = new GuardedMemory(rows * DotKernels.FloatTile * 4);
            using var factors = new GuardedMemory(BlockLayout.Streams * 128);
            using var scores = new GuardedMemory(DotKernels.ScoresPerCall * 4);
            FillFloats(random, kind, (float*)tile.Start, rows, DotKernels.FloatTile, (float*)tile.Start);
            for (int panel = 0; panel < BlockLayout.Streams; panel++)
                FillFloats(random, kind, (float*)panels.Start + panel * rows * 32, rows, 32, (float*)tile.Start);
            new Span<float>(factors.Start, 128).Fill(1f);
            ((float*)factors.Start)[5] = ((float*)factors.Start)[77] = float.NaN;

            float[] expected = Run(FloatKernel.Scalar);
            CheckBound((float*)panels.Start, (float*)tile.Start, rows, expected);
            if (kind == Numbers.Same)
                Assert.All(expected[..5], score => Assert.Equal(1f, Math.Abs(score), 1e-4f));
            foreach (FloatKernel kernel in Enum.GetValues<FloatKernel>().Where(DotKernels.IsSupported))
                Assert.Equal(expected, Run(kernel));

            float[] Run(FloatKernel kernel)
            {
                var all = new List<float>();
                foreach (bool sideBySide in (bool[])[true, false])
                {
                    DotKernels.ScoreOne(kernel, sideBySide, (float*)panels.Start, rows * 32, (float*)tile.Start + 11, rows, (float*)factors.Start, 32, (float*)scores.Start);
                    all.AddRange(new ReadOnlySpan<float>(scores.Start, 128));
                }

                for (int count = 1; count <= DotKernels.FloatTile; count++)
                {
                    new Span<byte>(scores.Start, DotKernels.ScoresPerCall * 4).Clear();
                    DotKernels.ScoreTile(kernel, (float*)panels.Start, (float*)tile.Start, count, rows, (float*)factors.Start, (float*)scores.Start);
                    all.AddRange(new ReadOnlySpan<float>(scores.Start, 32 * count));
                }

                return [.. all];
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_integer_kernel_gives_exactly_the_scalar_sums_and_stays_in_its_buffers(Numbers kind)
    {
        var random = new Random(12);
        foreach (int dimensions in Dimensions)
        {
            int rows = (dimensions + 3) / 4;
            using var panels = new GuardedMemory(BlockLayout.Streams * rows * 64);
            using var tile = new GuardedMemory(rows * DotKernels.ByteTile * 4);
            using var factors = new GuardedMemory(BlockLayout.Streams * 64);
            using var scores = new GuardedMemory(DotKernels.ScoresPerCall * 4);
            FillBytes(random, kind, (sbyte*)tile.Start, rows * DotKernels.ByteTile * 4, -127);
            FillBytes(random, kind, (sbyte*)panels.Start, BlockLayout.Streams * rows * 64, -128);
            for (int i = 0; i < BlockLayout.Streams * rows * 64; i++)
                panels.Start[i] ^= 0x80; // as values lie in a panel
            new Span<float>(factors.Start, 64).Fill(1f);
            ((float*)factors.Start)[3] = float.NaN;
            int[] sums = new int[DotKernels.ByteTile];
            float[] probeFactors = [1, 0.5f, 2, 3, 0.1f, 7];
            for (int i = 0; i < rows * DotKernels.ByteTile * 4; i++)
                sums[i / 4 % DotKernels.ByteTile] += ((sbyte*)tile.Start)[i];

            float[] expected = Run(ByteKernel.Scalar);
            for (int lane = 0; lane < 3; lane++)
                Assert.Equal(Dot(panels.Start, lane, (sbyte*)tile.Start, 5, rows) * 1f, expected[lane]);
            foreach (ByteKernel kernel in Enum.GetValues<ByteKernel>().Where(DotKernels.IsSupported))
                Assert.Equal(expected, Run(kernel));

            float[] Run(ByteKernel kernel)
            {
                var all = new List<float>();
                foreach (bool sideBySide in (bool[])[true, false])
                {
                    DotKernels.ScoreOne(kernel, sideBySide, (int*)panels.Start, rows * 16, (int*)tile.Start + 5, rows, sums[5], 1f, (float*)factors.Start, 16, (float*)scores.Start);
                    all.AddRange(new ReadOnlySpan<float>(scores.Start, 64));
                }

                for (int count = 1; count <= DotKernels.ByteTile; count++)
                {
                    fixed (int* sum = sums)
                    fixed (float* factor = probeFactors)
                        DotKernels.ScoreTile(kernel, (int*)panels.Start, (int*)tile.Start, count, rows, sum, factor, (float*)factors.Start, (float*)scores.Start);
                    all.AddRange(new ReadOnlySpan<float>(scores.Start, 16 * count));
                }

                return [.. all];
            }
        }
    }

    /// <summary>What the processor has and the run has not switched off (<c>DOTNET_Enable…=0</c>) is what is used: a switch that does nothing any more fails here.</summary>
    [Fact]
    public void The_kernels_in_use_are_the_widest_that_processor_and_run_allow()
    {
        Assert.True(DotKernels.IsSupported(DotKernels.BestFloat));
        Assert.True(DotKernels.IsSupported(DotKernels.BestByte));
        Assert.False(DotKernels.IsSupported(FloatKernel.None));
        Assert.False(DotKernels.IsSupported(ByteKernel.None));
        if (System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
            return;
        string[] flags = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(' ');
        bool all = !Off("HWIntrinsic"), avx2 = all && !Off("AVX") && !Off("AVX2") && Has("avx2") && Has("fma");
        bool avx512 = avx2 && !Off("AVX512") && Has("avx512f") && Has("avx512bw") && Has("avx512vl");
        bool vnni = avx2 && !Off("AVXVNNI") && Has("avx_vnni");
        Assert.Equal(
            avx512 ? FloatKernel.Vector512 : avx2 ? FloatKernel.Vector256 : all ? FloatKernel.Vector128 : FloatKernel.Scalar,
            DotKernels.BestFloat);
        Assert.Equal(
            vnni ? ByteKernel.AvxVnni : avx512 ? ByteKernel.Avx512BW : avx2 ? ByteKernel.Avx2 : all ? ByteKernel.Vector128 : ByteKernel.Scalar,
            DotKernels.BestByte);

        bool Has(string flag) => flags.Contains(flag);
        bool Off(string feature) => Environment.GetEnvironmentVariable("DOTNET_Enable" + feature) == "0";
    }

    /// <summary>Half a step of a float below the smallest normal one: what a sum there loses beside.</summary>
    private const double Smallest = float.Epsilon / 2.0;

    private static void CheckBound(float* panels, float* tile, int rows, float[] scores)
    {
        for (int lane = 0; lane < 128; lane++)
        {
            double exact = 0, magnitude = 0;
            for (int row = 0; row < rows; row++)
            {
                double product = (double)panels[lane / 32 * rows * 32 + row * 32 + lane % 32] * tile[row * DotKernels.FloatTile + 11];
                exact += product;
                magnitude += Math.Abs(product);
            }

            if (lane is 5 or 77)
                Assert.True(float.IsNaN(scores[lane]));
            else
                Assert.InRange(scores[lane] - exact, -rows * (Math.ScaleB(magnitude, -24) + Smallest), rows * (Math.ScaleB(magnitude, -24) + Smallest));
        }
    }

    private static int Dot(byte* panel, int lane, sbyte* tile, int probe, int rows)
    {
        int sum = 0;
        for (int i = 0; i < 4 * rows; i++)
            sum += (panel[i / 4 * 64 + lane * 4 + i % 4] - 128) * tile[(i / 4 * DotKernels.ByteTile + probe) * 4 + i % 4];
        return sum;
    }

    /// <summary>Columns of <paramref name="rows"/> numbers side by side.</summary>
    private static void FillFloats(Random random, Numbers kind, float* values, int rows, int columns, float* probes)
    {
        float one = 1 / MathF.Sqrt(rows);
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                values[row * columns + column] = kind switch
                {
                    Numbers.Extreme => random.Next(2) == 0 ? one : -one,
                    Numbers.AllEqual => one,
                    Numbers.Alternating => (row + column) % 2 == 0 ? one : -one,
                    Numbers.Tiny => (random.NextSingle() * 2 - 1) * (column % 2 == 0 ? 1e-39f : 1e-20f),
                    Numbers.Same when columns == DotKernels.FloatTile => row % 3 == 0 ? one : -one,
                    Numbers.Same => column % 2 == 0 ? probes[row * DotKernels.FloatTile + 11] : -probes[row * DotKernels.FloatTile + 11],
                    _ => (random.NextSingle() * 2 - 1) * one,
                };
    }

    private static void FillBytes(Random random, Numbers kind, sbyte* values, int count, int lowest)
    {
        for (int i = 0; i < count; i++)
            values[i] = (sbyte)(kind switch
            {
                Numbers.Extreme => random.Next(4) == 0 ? 127 : lowest,
                Numbers.AllEqual => 127,
                Numbers.Alternating => i % 2 == 0 ? 127 : -127,
                Numbers.Tiny => random.Next(2),
                Numbers.Same => i % 4 < 2 ? 127 : lowest,
                _ => random.Next(lowest, 128),
            });
    }
}
