using System.Buffers.Binary;

namespace FaceVault.Records;

/// <summary>From where on everything was counted: day 4 ‖ ledger line 8 ‖ 1 when a former mark did not open, else 0; little-endian.</summary>
/// <param name="FirstDay">The first day of which the counts are kept whole, except that the first day of all may have begun before.</param>
/// <param name="FirstLine">The index of the first ledger line that was counted.</param>
/// <param name="IsBegunAnew">Whether a former mark did not open.</param>
internal readonly record struct CountMark(int FirstDay, long FirstLine, bool IsBegunAnew)
{
    private const int Size = 13;

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, FirstDay);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), FirstLine);
        bytes[12] = (byte)(IsBegunAnew ? 1 : 0);
        return bytes;
    }

    /// <summary>Null when it is anything else.</summary>
    public static CountMark? TryParse(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size && bytes[12] <= 1 && BinaryPrimitives.ReadInt32LittleEndian(bytes) is >= 1 and <= ushort.MaxValue and var day && BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]) is >= 0 and var line
            ? new CountMark(day, line, bytes[12] == 1) : null;
}
