using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVault.Matching;

/// <summary>Puts templates into the lanes of a panel (<see cref="BlockLayout"/>), four bytes at a time: one float, or four signed bytes that become unsigned by adding 128, as the multiplication of VNNI takes them.</summary>
internal static unsafe class Interleaving
{
    /// <summary>One template into its lane.</summary>
    /// <param name="layout">The panel's.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="lane">0 to lanes per panel - 1.</param>
    /// <param name="values">d floats or d signed bytes, little-endian.</param>
    public static void WriteLane(BlockLayout layout, byte* panel, int lane, ReadOnlySpan<byte> values)
    {
        uint* column = (uint*)panel + lane;
        int whole = values.Length / 4;
        for (int row = 0; row < whole; row++)
            column[(nint)row * layout.LanesPerPanel] = BinaryPrimitives.ReadUInt32LittleEndian(values[(4 * row)..]) ^ layout.SignBits;
        if (whole == layout.Rows)
            return;
        Span<byte> last = stackalloc byte[4];
        last.Clear();
        values[(4 * whole)..].CopyTo(last);
        column[(nint)whole * layout.LanesPerPanel] = BinaryPrimitives.ReadUInt32LittleEndian(last) ^ layout.SignBits;
    }

    /// <summary>A template for every lane: a transposition, in pieces of 4 rows of 8 lanes where the processor has the instructions for it.</summary>
    /// <param name="layout">The panel's.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="values">The first lane's values, zero from their end to the panel's last row.</param>
    /// <param name="stride">Bytes from one lane's values to the next lane's.</param>
    public static void WritePanel(BlockLayout layout, byte* panel, byte* values, nint stride)
    {
        unchecked
        {
            int lanes = layout.LanesPerPanel, row = 0;
            var target = (uint*)panel;
            Vector256<uint> flip = Vector256.Create(layout.SignBits);
            if (Avx2.IsSupported)
                for (; row + 4 <= layout.Rows; row += 4, target += 4 * lanes)
                    for (int lane = 0; lane < lanes; lane += 8)
                        WritePiece(values + lane * stride + 4 * row, stride, target + lane, lanes, flip);
            for (; row < layout.Rows; row++, target += lanes)
                for (int lane = 0; lane < lanes; lane++)
                    target[lane] = *(uint*)(values + lane * stride + 4 * row) ^ layout.SignBits;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePiece(byte* from, nint stride, uint* to, nint lanes, Vector256<uint> flip)
    {
        unchecked
        {
            Vector256<uint> a = Pair(from, stride), b = Pair(from + stride, stride), c = Pair(from + 2 * stride, stride), d = Pair(from + 3 * stride, stride);
            Vector256<ulong> abLow = Avx2.UnpackLow(a, b).AsUInt64(), cdLow = Avx2.UnpackLow(c, d).AsUInt64();
            Vector256<ulong> abHigh = Avx2.UnpackHigh(a, b).AsUInt64(), cdHigh = Avx2.UnpackHigh(c, d).AsUInt64();
            (Avx2.UnpackLow(abLow, cdLow).AsUInt32() ^ flip).Store(to);
            (Avx2.UnpackHigh(abLow, cdLow).AsUInt32() ^ flip).Store(to + lanes);
            (Avx2.UnpackLow(abHigh, cdHigh).AsUInt32() ^ flip).Store(to + 2 * lanes);
            (Avx2.UnpackHigh(abHigh, cdHigh).AsUInt32() ^ flip).Store(to + 3 * lanes);
        }
    }

    /// <summary>Four rows of a lane and of the fourth one after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Pair(byte* lane, nint stride) =>
        Vector256.Create(Vector128.Load((uint*)lane), Vector128.Load((uint*)(lane + unchecked(4 * stride))));
}
