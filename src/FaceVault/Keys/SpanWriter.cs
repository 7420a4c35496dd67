using System.Buffers.Binary;

namespace FaceVault.Keys;

/// <summary>Writes little-endian fields one after another. Running past the end is a bug and throws.</summary>
internal ref struct SpanWriter(Span<byte> destination)
{
    private Span<byte> rest = destination;

    public Span<byte> Take(int length)
    {
        Span<byte> taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);
}

/// <summary>Reads little-endian fields one after another. Running past the end sets <see cref="Failed"/> and yields zeros.</summary>
internal ref struct SpanReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> rest = source;

    public bool Failed { get; private set; }

    public readonly int Remaining => rest.Length;

    public readonly bool RestIsZero => !rest.ContainsAnyExcept((byte)0);

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (length > rest.Length)
        {
            Failed = true;
            return default;
        }

        ReadOnlySpan<byte> taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    public byte Byte() => Bytes(1) is { Length: 1 } b ? b[0] : (byte)0;

    public ushort UInt16() => Bytes(2) is { Length: 2 } b ? BinaryPrimitives.ReadUInt16LittleEndian(b) : (ushort)0;

    public uint UInt32() => Bytes(4) is { Length: 4 } b ? BinaryPrimitives.ReadUInt32LittleEndian(b) : 0;

    public ulong UInt64() => Bytes(8) is { Length: 8 } b ? BinaryPrimitives.ReadUInt64LittleEndian(b) : 0;

    public long Int64() => Bytes(8) is { Length: 8 } b ? BinaryPrimitives.ReadInt64LittleEndian(b) : 0;
}
