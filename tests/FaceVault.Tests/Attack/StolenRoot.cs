using System.Buffers.Binary;
using System.Text;

namespace FaceVault.Tests.Attack;

/// <summary>The root keys that a root location holds now, read from its 73,728 bytes as docs/formats.md has them. Both areas are tried, whatever their checksum says.</summary>
internal static class StolenRoot
{
    private const int FirstArea = 8_192;
    private const int AreaSize = 32_768;

    public static IEnumerable<(byte[] Vault, byte[] Key)> Keys(byte[] file)
    {
        for (int area = 0; area < 2 && file.Length >= FirstArea + ((area + 1) * AreaSize); area++)
        {
            ReadOnlySpan<byte> record = file.AsSpan(FirstArea + (area * AreaSize), AreaSize);
            if (!record.ContainsAnyExcept((byte)0) || !record[..16].SequenceEqual("facevault/root01"u8))
                continue;
            if (BinaryPrimitives.ReadUInt32LittleEndian(record[16..]) != 0)
                throw new NotSupportedException("A record with a passphrase: give the attacker the passphrase.");
            byte[] share = Cipher.Blake2b(32, [], record.Slice(256, 1_015 * 32));
            byte[] sealing = Cipher.Blake2b(32, [], [.. Encoding.ASCII.GetBytes("facevault/root01"), .. share]);
            if (Cipher.Open(sealing, record.Slice(96, 72), record[..96]) is { } key)
                yield return (record.Slice(40, 16).ToArray(), key);
        }
    }
}
