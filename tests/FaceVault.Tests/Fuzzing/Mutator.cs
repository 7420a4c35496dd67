using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FaceVault.Tests.Fuzzing;

/// <summary>Changes an input a little: bits, bytes, numbers in binary and in decimal, pieces cut, repeated, moved or taken from another input, words of the formats.</summary>
internal sealed class Mutator(Random random)
{
    private const int Longest = 1 << 17;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\n", "\n\n", "\r\n", "\0", "\u2014 ", "+", "=", "==", "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", "{}", "[]", ",", ":", "null", "true", "false", "-0", "0", "-1", "01", "1e9", "1.0", "9007199254740992",
            "18446744073709551615", "9223372036854775807", "99999999999999999999999", "index ", "old ", "c2sp.org/tlog-proof@v1\n", "AAAA", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "\"kind\":", "\"time\":\"2026-11-21T23:59:08Z\"",
            "\"format\":", "\"v\":1", "P1Y", "P9999999999Y", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "a,b", "row,identity,image", "'descr': '<f4'", "(1, 2), ", "facevault/root01", "facevault/root02", "\u0080", "\uffff", "😂", "é",
        }.Select(Encoding.UTF8.GetBytes), [0xff, 0xfe], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0x93],
    ];

    private static readonly long[] Numbers = [0, 1, 2, 3, 7, 8, 63, 64, 127, 128, 255, 256, 4095, 4096, 10_000, 10_001, 32767, 32768, 65535, 65536, int.MaxValue, 1L + int.MaxValue, uint.MaxValue, 1L + uint.MaxValue, (1L << 53) - 1, 1L << 53, long.MaxValue, long.MinValue, -1, -2];

    public byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others)
    {
        byte[] changed = input;
        for (int i = 1 + (random.Next(4) == 0 ? random.Next(6) : 0); i > 0; i--)
            changed = Once(changed, others);
        return changed.Length > Longest ? changed[..Longest] : changed;
    }

    private byte[] Once(byte[] input, IReadOnlyList<byte[]> others)
    {
        int at = random.Next(input.Length + 1), length = Math.Min(input.Length - at, 1 + (int)Math.Pow(2, random.NextDouble() * 8));
        byte[] copy = [.. input];
        switch (random.Next(11))
        {
            case 0 when at < copy.Length:
                copy[at] ^= (byte)(1 << random.Next(8));
                return copy;
            case 1 when at < copy.Length:
                copy[at] = (byte)random.Next(256);
                return copy;
            case 2:
                return [.. input[..at], .. input[(at + length)..]];
            case 3:
                return [.. input[..(at + length)], .. input[at..]];
            case 4:
                return [.. input[..at], .. Words[random.Next(Words.Length)], .. input[at..]];
            case 5:
                byte[] word = Words[random.Next(Words.Length)];
                return [.. input[..at], .. word, .. input[Math.Min(input.Length, at + word.Length)..]];
            case 6:
                byte[] other = others[random.Next(others.Count)];
                int from = random.Next(other.Length + 1);
                return [.. input[..at], .. other[from..Math.Min(other.Length, from + length)], .. input[(random.Next(2) == 0 ? at : at + length)..]];
            case 7:
                Number(copy.AsSpan(at));
                return copy;
            case 8:
                return Digits(input);
            case 9:
                return input[..at];
            default:
                byte[] more = new byte[length];
                random.NextBytes(more);
                return [.. input, .. random.Next(2) == 0 ? new byte[length] : more];
        }
    }

    /// <summary>A number of 1, 2, 4 or 8 bytes, little- or big-endian.</summary>
    private void Number(Span<byte> bytes)
    {
        Span<byte> number = stackalloc byte[8];
        long value = Numbers[random.Next(Numbers.Length)];
        int size = Math.Min(bytes.Length, 1 << random.Next(4));
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        number = number[..size];
        if (random.Next(4) == 0)
            number.Reverse();
        number.CopyTo(bytes);
    }

    /// <summary>A number in decimal that stands in the input becomes another one.</summary>
    private byte[] Digits(byte[] input)
    {
        int from = random.Next(input.Length + 1);
        int start = input.AsSpan(from).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
            return input;
        start += from;
        int end = start;
        while (end < input.Length && char.IsAsciiDigit((char)input[end]))
            end++;
        return [.. input[..start], .. Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)].ToString(CultureInfo.InvariantCulture)), .. input[end..]];
    }
}
