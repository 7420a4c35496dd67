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

    /// <summary>A template for every lane: a transposition, in squares of 4 × 4 where the processor has the instructions for it.</summary>
    /// <param name="layout">The panel's.</param>
    /// <param name="panel">The panel, aligned to 16 bytes.</param>
    /// <param name="rows">The first lane's values, zero from their end to the panel's last row; aligned to 16 bytes.</param>
    /// <param name="stride">Bytes from one lane's values to the next lane's, a multiple of 16.</param>
    public static void WritePanel(BlockLayout layout, byte* panel, byte* rows, nint stride)
    {
        unchecked
        {
            int lanes = layout.LanesPerPanel, squares = Sse2.IsSupported ? layout.Rows / 4 * 4 : 0;
            var target = (uint*)panel;
            Vector128<uint> flip = Vector128.Create(layout.SignBits);
            for (int row = 0; row < squares; row += 4, target += 4 * lanes)
                for (int lane = 0; lane < lanes; lane += 4)
                    WriteSquare(rows + lane * stride + 4 * row, stride, target + lane, lanes, flip);
            for (int row = squares; row < layout.Rows; row++, target += lanes)
                for (int lane = 0; lane < lanes; lane++)
                    target[lane] = *(uint*)(rows + lane * stride + 4 * row) ^ layout.SignBits;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteSquare(byte* from, nint stride, uint* to, nint lanes, Vector128<uint> flip)
    {
        Vector128<uint> a = Vector128.Load((uint*)from), b = Vector128.Load((uint*)(from + stride));
        Vector128<uint> c = Vector128.Load((uint*)(from + unchecked(2 * stride))), d = Vector128.Load((uint*)(from + unchecked(3 * stride)));
        Vector128<ulong> abLow = Sse2.UnpackLow(a, b).AsUInt64(), cdLow = Sse2.UnpackLow(c, d).AsUInt64();
        Vector128<ulong> abHigh = Sse2.UnpackHigh(a, b).AsUInt64(), cdHigh = Sse2.UnpackHigh(c, d).AsUInt64();
        unchecked
        {
            (Sse2.UnpackLow(abLow, cdLow).AsUInt32() ^ flip).Store(to);
            (Sse2.UnpackHigh(abLow, cdLow).AsUInt32() ^ flip).Store(to + lanes);
            (Sse2.UnpackLow(abHigh, cdHigh).AsUInt32() ^ flip).Store(to + 2 * lanes);
            (Sse2.UnpackHigh(abHigh, cdHigh).AsUInt32() ^ flip).Store(to + 3 * lanes);
        }
    }
}
