namespace FaceVault.Cryptography;

/// <summary>A fixed number of secret bytes in native memory (<see cref="SecretArena"/>), zero at first, wiped on dispose and on finalisation.</summary>
/// <remarks>Never printed, compared or serialised. Not thread-safe: the owner orders its uses and its disposal.</remarks>
internal sealed unsafe class SecretBuffer : IDisposable
{
    private byte* memory;

    public SecretBuffer(int length)
    {
        memory = SecretArena.Rent(length);
        Length = length;
    }

    ~SecretBuffer() => Release();

    public int Length { get; }

    public bool IsDisposed => memory == null;

    /// <summary>The bytes themselves. Valid until dispose; never copy them to managed memory.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was wiped.</exception>
    public Span<byte> DangerousBytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(memory == null, this);
            return new Span<byte>(memory, Length);
        }
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    public override string ToString() => nameof(SecretBuffer);

    private void Release()
    {
        if (memory == null)
            return;
        SecretArena.Return(memory, Length);
        memory = null;
    }
}
