namespace FaceVault.Cryptography;

/// <summary>A 32-byte secret key that owns its locked memory. The typed views (<see cref="RootKey"/>, <see cref="PageKey"/> …) say what a key may be used for.</summary>
internal sealed class SecretKey : IDisposable
{
    public const int Size = 32;

    private readonly SecretBuffer buffer = new(Size);

    /// <summary>A new random key.</summary>
    public static SecretKey Random()
    {
        var key = new SecretKey();
        SecureRandom.Fill(key.DangerousBytes);
        return key;
    }

    /// <summary>A copy of 32 secret bytes.</summary>
    public static SecretKey From(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        var key = new SecretKey();
        bytes.CopyTo(key.DangerousBytes);
        return key;
    }

    public Span<byte> DangerousBytes => buffer.DangerousBytes;

    public RootKey AsRootKey() => new(DangerousBytes);

    public void Dispose() => buffer.Dispose();

    public override string ToString() => nameof(SecretKey);
}
