using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using FaceVault.Interop;

namespace FaceVault.Tests.Attack;

/// <summary>What the attacker computes: the cipher and the hash that docs/formats.md names, on plain arrays. Of libsodium it calls the C functions; the first key stream is its own.</summary>
internal static unsafe class Cipher
{
    public const int Overhead = 24 + 16;

    /// <summary>XChaCha20-Poly1305-IETF over nonce ‖ ciphertext ‖ tag, or null.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blob, ReadOnlySpan<byte> associated)
    {
        if (blob.Length < Overhead)
            return null;
        var plain = new byte[blob.Length - Overhead];
        ulong written = 0;
        fixed (byte* k = key, b = blob, a = associated, p = plain)
        {
            byte none;
            int failed = Libsodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
                plain.Length == 0 ? &none : p, &written, null, b + 24, (ulong)(blob.Length - 24), a, (ulong)associated.Length, b, k);
            return failed == 0 && written == (ulong)plain.Length ? plain : null;
        }
    }

    public static byte[] Blake2b(int size, ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        var hash = new byte[size];
        fixed (byte* h = hash, i = input, k = key)
        {
            byte none;
            if (Libsodium.crypto_generichash(h, (nuint)size, input.IsEmpty ? &none : i, (ulong)input.Length, key.IsEmpty ? null : k, (nuint)key.Length) != 0)
                throw new InvalidOperationException("BLAKE2b failed.");
        }

        return hash;
    }

    /// <summary>32 bytes of Argon2id, version 1.3, one lane.</summary>
    public static byte[] Argon2id(string passphrase, ReadOnlySpan<byte> salt, uint passes, uint kibibytes)
    {
        var key = new byte[32];
        byte[] words = [.. Encoding.UTF8.GetBytes(passphrase), 0]; // never empty, so that it has an address
        fixed (byte* k = key, w = words, s = salt)
        {
            if (Libsodium.crypto_pwhash(k, 32, w, (ulong)words.Length - 1, s, passes, (nuint)kibibytes * 1024, Libsodium.crypto_pwhash_ALG_ARGON2ID13) != 0)
                throw new InvalidOperationException("Argon2id failed.");
        }

        return key;
    }

    /// <summary>What stands under the cipher without asking whether it was changed or what it was bound to: for blobs whose plaintext tells the right key by itself.</summary>
    public static byte[] Peel(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blob, int most = int.MaxValue)
    {
        Span<uint> state = stackalloc uint[16], block = stackalloc uint[16];
        Begin(state, key);
        for (int i = 0; i < 4; i++)
            state[12 + i] = BinaryPrimitives.ReadUInt32LittleEndian(blob[(4 * i)..]);
        Rounds(state, block);
        Span<byte> subkey = stackalloc byte[32];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(subkey[(4 * i)..], block[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(subkey[(16 + (4 * i))..], block[12 + i]);
        }

        Begin(state, subkey);
        state[12] = 1;
        state[13] = 0;
        state[14] = BinaryPrimitives.ReadUInt32LittleEndian(blob[16..]);
        state[15] = BinaryPrimitives.ReadUInt32LittleEndian(blob[20..]);
        var plain = new byte[Math.Min(most, blob.Length - Overhead)];
        Span<byte> stream = stackalloc byte[64];
        for (int at = 0; at < plain.Length; at += 64, state[12]++)
        {
            Rounds(state, block);
            for (int i = 0; i < 16; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(stream[(4 * i)..], block[i] + state[i]);
            for (int i = 0; i < Math.Min(64, plain.Length - at); i++)
                plain[at + i] = (byte)(blob[24 + at + i] ^ stream[i]);
        }

        return plain;
    }

    private static void Begin(Span<uint> state, ReadOnlySpan<byte> key)
    {
        state[0] = 0x61707865;
        state[1] = 0x3320646e;
        state[2] = 0x79622d32;
        state[3] = 0x6b206574;
        for (int i = 0; i < 8; i++)
            state[4 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
    }

    private static void Rounds(ReadOnlySpan<uint> state, Span<uint> block)
    {
        state.CopyTo(block);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 4; i++)
                Quarter(block, i, 4 + i, 8 + i, 12 + i);
            for (int i = 0; i < 4; i++)
                Quarter(block, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
        }
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        x[d] = BitOperations.RotateLeft(x[d] ^ (x[a] += x[b]), 16);
        x[b] = BitOperations.RotateLeft(x[b] ^ (x[c] += x[d]), 12);
        x[d] = BitOperations.RotateLeft(x[d] ^ (x[a] += x[b]), 8);
        x[b] = BitOperations.RotateLeft(x[b] ^ (x[c] += x[d]), 7);
    }
}
