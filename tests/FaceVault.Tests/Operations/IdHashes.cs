using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FaceVault.Cryptography;

namespace FaceVault.Tests.Operations;

/// <summary>
/// Everything that somebody might write instead of an identifier without a secret: under each hash that the library, its runtime or its native libraries hold, of the text in UTF-8 and
/// UTF-16, as bytes, hex and base64. (The hash codes of the runtime's strings are keyed anew in each process and are no function of the text alone.)
/// </summary>
internal static class IdHashes
{
    /// <summary>The shortest number that is looked for as bytes: shorter ones lie in any file by chance.</summary>
    private const int Shortest = 8;

    public static IEnumerable<byte[]> Forms(string id)
    {
        foreach (byte[] text in (byte[][])[Encoding.UTF8.GetBytes(id), Encoding.Unicode.GetBytes(id), Encoding.BigEndianUnicode.GetBytes(id)])
        {
            yield return text;
            foreach (byte[] form in Texts(text))
                yield return form;
            foreach (byte[] hash in Hashes(text))
            {
                if (hash.Length >= Shortest)
                    yield return hash[..Math.Min(hash.Length, 16)];
                foreach (byte[] form in Texts(hash).Where(form => form.Length >= Shortest))
                    yield return form;
            }
        }
    }

    /// <summary>Every unsalted hash of some bytes, also those of numbers that are too short to be looked for as bytes.</summary>
    public static IEnumerable<byte[]> Hashes(byte[] text)
    {
#pragma warning disable CA5350, CA5351 // weak hashes are just what somebody careless would write
        foreach (byte[] hash in (byte[][])[MD5.HashData(text), SHA1.HashData(text), SHA256.HashData(text), SHA384.HashData(text), SHA512.HashData(text)])
#pragma warning restore CA5350, CA5351
        {
            yield return hash;
        }

        yield return SHA256.HashData(SHA256.HashData(text));
        if (SHA3_256.IsSupported)
        {
            yield return SHA3_256.HashData(text);
            yield return SHA3_384.HashData(text);
            yield return SHA3_512.HashData(text);
            yield return Shake128.HashData(text, 32);
            yield return Shake256.HashData(text, 64);
        }

        foreach (int length in (int[])[16, 20, 24, 28, 32, 48, 64])
        {
            var hash = new byte[length];
            Blake2b.Hash([], text, hash);
            yield return hash;
            if (length is 16 or 32)
            {
                // The library's own keyed forms under a key that is no secret.
                var keyed = new byte[length];
                Blake2b.Hash(new byte[32], text, keyed);
                yield return keyed;
                foreach (byte[] label in (byte[][])[Labels.SubjectTag.ToArray(), Labels.ConsentTag.ToArray(), Labels.ConsentCommitment.ToArray()])
                {
                    var labelled = new byte[length];
                    Blake2b.Hash(new byte[32], [.. label, .. text], labelled);
                    yield return labelled;
                    labelled = new byte[length];
                    Blake2b.Hash([], [.. label, .. text], labelled);
                    yield return labelled;
                }
            }
        }

        foreach (HashAlgorithmName name in (HashAlgorithmName[])[HashAlgorithmName.SHA256, HashAlgorithmName.SHA512])
            yield return CryptographicOperations.HmacData(name, new byte[32], text);
        foreach (ulong number in (ulong[])[SipHash24(text), Fnv1a(text)])
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
            yield return bytes;
            yield return [.. bytes.Reverse()];
        }

        uint crc = Crc32(text);
        yield return BitConverter.GetBytes(crc);
        yield return [.. BitConverter.GetBytes(crc).Reverse()];
    }

    private static IEnumerable<byte[]> Texts(byte[] bytes) =>
        ((string[])[Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes), Convert.ToBase64String(bytes).TrimEnd('='), System.Buffers.Text.Base64Url.EncodeToString(bytes)]).Select(Encoding.ASCII.GetBytes);

    /// <summary>libsodium's short hash, SipHash-2-4, under a key of zeros.</summary>
    internal static ulong SipHash24(ReadOnlySpan<byte> text, ulong k0 = 0, ulong k1 = 0)
    {
        ulong v0 = k0 ^ 0x736f6d6570736575, v1 = k1 ^ 0x646f72616e646f6d, v2 = k0 ^ 0x6c7967656e657261, v3 = k1 ^ 0x7465646279746573;
        ulong last = (ulong)(text.Length & 0xff) << 56;
        for (int i = 0; i < text.Length % 8; i++)
            last |= (ulong)text[text.Length - (text.Length % 8) + i] << (8 * i);
        for (int i = 0; i <= text.Length / 8; i++)
        {
            ulong m = i < text.Length / 8 ? BinaryPrimitives.ReadUInt64LittleEndian(text[(8 * i)..]) : last;
            v3 ^= m;
            Round(2);
            v0 ^= m;
        }

        v2 ^= 0xff;
        Round(4);
        return v0 ^ v1 ^ v2 ^ v3;

        void Round(int times)
        {
            for (; times > 0; times--)
            {
                v0 += v1;
                v1 = ulong.RotateLeft(v1, 13) ^ v0;
                v0 = ulong.RotateLeft(v0, 32);
                v2 += v3;
                v3 = ulong.RotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = ulong.RotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = ulong.RotateLeft(v1, 17) ^ v2;
                v2 = ulong.RotateLeft(v2, 32);
            }
        }
    }

    internal static ulong Fnv1a(ReadOnlySpan<byte> text)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte b in text)
            hash = (hash ^ b) * 0x100000001b3;
        return hash;
    }

    internal static uint Crc32(ReadOnlySpan<byte> text)
    {
        uint crc = ~0u;
        foreach (byte b in text)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
