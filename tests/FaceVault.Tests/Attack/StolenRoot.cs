using System.Buffers.Binary;
using System.Text;

namespace FaceVault.Tests.Attack;

/// <summary>The root keys that a root location holds now, read from its 73,728 bytes as docs/formats.md has them. Both areas are tried, whatever their checksum says.</summary>
internal static class StolenRoot
{
    private const int FirstArea = 8_192;
    private const int AreaSize = 32_768;

    /// <param name="file">The location's bytes.</param>
    /// <param name="passphrase">The one that the attacker has; null: none, and a record with one is a mistake of the test.</param>
    public static IEnumerable<(byte[] Vault, byte[] Key)> Keys(byte[] file, string? passphrase = null) => Records(file, passphrase).Select(r => (r.Vault, r.Key));

    /// <summary>How many records are protected by just this passphrase; by none at all when it is empty.</summary>
    public static int CountUnder(byte[] file, string passphrase) => Records(file, passphrase).Count(r => r.IsProtected == (passphrase.Length > 0));

    private static IEnumerable<(byte[] Vault, byte[] Key, bool IsProtected)> Records(byte[] file, string? passphrase)
    {
        for (int area = 0; area < 2 && file.Length >= FirstArea + ((area + 1) * AreaSize); area++)
        {
            ReadOnlySpan<byte> record = file.AsSpan(FirstArea + (area * AreaSize), AreaSize);
            if (!record.ContainsAnyExcept((byte)0) || !record[..16].SequenceEqual("facevault/root01"u8))
                continue;
            bool isProtected = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]) != 0;
            if (isProtected && passphrase is null)
                throw new NotSupportedException("A record with a passphrase: give the attacker the passphrase.");
            byte[] stretched = isProtected
                ? Cipher.Argon2id(passphrase!, record.Slice(72, 16), BinaryPrimitives.ReadUInt32LittleEndian(record[88..]), BinaryPrimitives.ReadUInt32LittleEndian(record[92..])) : [];
            byte[] share = Cipher.Blake2b(32, [], record.Slice(256, 1_015 * 32));
            byte[] sealing = Cipher.Blake2b(32, stretched, [.. Encoding.ASCII.GetBytes("facevault/root01"), .. share]);
            if (Cipher.Open(sealing, record.Slice(96, 72), record[..96]) is { } key)
                yield return (record.Slice(40, 16).ToArray(), key, isProtected);
        }
    }
}
