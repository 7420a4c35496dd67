using System.Runtime.InteropServices;
using FaceVault.Cryptography;
using FaceVault.Matching;

namespace FaceVault.Benchmarks.Peers;

/// <summary>What no search can beat: reading the bytes, the arithmetic of one instruction out of registers, opening the ciphertexts.</summary>
internal abstract class Limit(string engine, TemplateEncoding encoding) : Peer(engine, "limit", encoding)
{
    public override (int Row, float Score)[] Found(int probe) => [];
}

/// <summary>Plain loads over as many bytes as the templates have, by the fastest of 1, 2, 4 and 8 streams.</summary>
internal sealed class ReadLimit : Limit
{
    private readonly StreamingRead read;
    private readonly int streams;
    private readonly int threads;

    public ReadLimit(DataSet data, TemplateEncoding encoding, int threads)
        : base("read", encoding)
    {
        this.threads = threads;
        read = new StreamingRead((long)data.Count * data.Dimensions * (encoding == TemplateEncoding.Int8 ? 1 : sizeof(float)));
        streams = ((int[])[1, 2, 4, 8]).MinBy(s => Enumerable.Range(0, 5).Min(_ => Rounds.Seconds(() => read.Read(s, threads))));
    }

    public override string Remark => $"{streams} streams";

    public override void Search(int probes) => read.Read(streams, threads);

    public override void Dispose()
    {
        read.Dispose();
        base.Dispose();
    }
}

/// <summary>The instruction of the kernel out of registers alone, as often as so many comparisons need it: fused multiply-adds of 16 floats, or multiply-adds of 32 bytes.</summary>
internal sealed unsafe class PeakLimit : Limit
{
    private const int SumsPerRound = 12;
    private readonly nint function;
    private readonly DataSet data;
    private readonly int threads;
    private readonly int numbers;

    public PeakLimit(DataSet data, TemplateEncoding encoding, int threads)
        : base(encoding == TemplateEncoding.Int8 ? "vnni" : "fma", encoding)
    {
        (this.data, this.threads) = (data, threads);
        numbers = encoding == TemplateEncoding.Int8 ? 32 : 16;
        nint library = NativePeer.Load("peaks.cpp", NativePeer.Compiler);
        function = NativeLibrary.GetExport(library, encoding == TemplateEncoding.Int8 ? "peak_vnni" : "peak_fma");
    }

    public override void Search(int probes)
    {
        long rounds = (long)data.Count * probes * data.Dimensions / numbers / SumsPerRound / threads;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => ((delegate* unmanaged<long, double>)function)(rounds));
    }
}

/// <summary>Opening as many bytes as the templates have with bare libsodium, each template under a key of its own.</summary>
internal sealed unsafe class SodiumLimit : Limit
{
    private readonly GalleryMemory rows;
    private readonly int size;
    private readonly int threads;
    private readonly int count;

    public SodiumLimit(DataSet data, TemplateEncoding encoding, int threads)
        : base("sodium-open", encoding)
    {
        (count, this.threads) = (data.Count, threads);
        size = data.Dimensions * (encoding == TemplateEncoding.Int8 ? 1 : sizeof(float));
        rows = new GalleryMemory((long)count * Stride);
        Span<byte> plain = new byte[size];
        for (int i = 0; i < count; i++)
        {
            RandomKey(i).CopyTo(new Span<byte>(rows.Start + (nint)i * Stride, 32));
            Aead.Seal(new ReadOnlySpan<byte>(rows.Start + (nint)i * Stride, 32), plain, [], new Span<byte>(rows.Start + (nint)i * Stride + 32, size + Aead.Overhead));
        }
    }

    private int Stride => 32 + size + Aead.Overhead;

    public override void Search(int probes) => Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, worker =>
    {
        Span<byte> plain = new byte[size];
        for (int i = worker; i < count; i += threads)
            if (!Aead.TryOpen(new ReadOnlySpan<byte>(rows.Start + (nint)i * Stride, 32), new ReadOnlySpan<byte>(rows.Start + (nint)i * Stride + 32, size + Aead.Overhead), [], plain))
                throw new InvalidOperationException("A ciphertext did not open.");
    });

    public override void Dispose()
    {
        rows.Dispose();
        base.Dispose();
    }

    private static byte[] RandomKey(int index)
    {
        byte[] key = new byte[32];
        BitConverter.TryWriteBytes(key, index + 1);
        return key;
    }
}
