using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FaceVault.Cryptography;
using FaceVault.Matching;

namespace FaceVault.Benchmarks.Peers;

/// <summary>Contestants in C# that go through rows and keep the best in a queue, as one writes it in an afternoon.</summary>
internal abstract class QueuePeer(string engine, string mode, DataSet data) : Peer(engine, mode, TemplateEncoding.Float32)
{
    private readonly PriorityQueue<int, float>[] best = [.. Enumerable.Range(0, DataSet.MostProbes).Select(_ => new PriorityQueue<int, float>())];

    public override bool IsSlow => true;

    public override void Search(int probes)
    {
        foreach (PriorityQueue<int, float> queue in best.AsSpan(0, probes))
            queue.Clear();
        for (int row = 0; row < data.Count; row++)
        {
            ReadOnlySpan<float> vector = Row(row);
            for (int probe = 0; probe < probes; probe++)
            {
                float score = TensorPrimitives.Dot(vector, data.Probes[probe]);
                if (best[probe].Count < Top)
                    best[probe].Enqueue(row, score);
                else if (best[probe].TryPeek(out _, out float last) && score > last)
                    best[probe].DequeueEnqueue(row, score);
            }
        }
    }

    public override (int Row, float Score)[] Found(int probe) => [.. best[probe].UnorderedItems.OrderByDescending(i => i.Priority).Select(i => (i.Element, i.Priority))];

    protected abstract ReadOnlySpan<float> Row(int row);
}

/// <summary>What a .NET developer writes: <c>TensorPrimitives.Dot</c> over the rows and a priority queue.</summary>
internal sealed class TensorPeer(DataSet data) : QueuePeer("tensorprimitives", "rows", data)
{
    private readonly DataSet data = data;

    protected override ReadOnlySpan<float> Row(int row) => data.Vector(row);
}

/// <summary>What one writes who encrypts: the same over rows that <c>AesGcm</c> opens one after another at every call.</summary>
internal sealed unsafe class DecryptPeer : QueuePeer
{
    private const int NonceSize = 12, TagSize = 16;
    private readonly AesGcm cipher;
    private readonly GalleryMemory rows;
    private readonly float[] opened;
    private readonly int rowSize;

    public DecryptPeer(DataSet data)
        : base("decrypt-per-call", "sealed", data)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        cipher = new AesGcm(key, TagSize);
        opened = new float[data.Dimensions];
        rowSize = NonceSize + data.Dimensions * sizeof(float) + TagSize;
        rows = new GalleryMemory((long)data.Count * rowSize);
        for (int i = 0; i < data.Count; i++)
        {
            Span<byte> row = Sealed(i);
            RandomNumberGenerator.Fill(row[..NonceSize]);
            cipher.Encrypt(row[..NonceSize], MemoryMarshal.AsBytes(data.Vector(i)), row[NonceSize..^TagSize], row[^TagSize..]);
        }
    }

    public override string Remark => "one AES key for all rows, which a key for each person would make three times as slow";

    public override void Dispose()
    {
        cipher.Dispose();
        rows.Dispose();
        base.Dispose();
    }

    protected override ReadOnlySpan<float> Row(int row)
    {
        Span<byte> bytes = Sealed(row);
        cipher.Decrypt(bytes[..NonceSize], bytes[NonceSize..^TagSize], bytes[^TagSize..], MemoryMarshal.AsBytes(opened.AsSpan()));
        return opened;
    }

    private Span<byte> Sealed(int row) => new(rows.Start + (nint)row * rowSize, rowSize);
}
