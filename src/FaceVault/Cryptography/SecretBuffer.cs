namespace FaceVault.Cryptography;

/// <summary>A fixed number of secret bytes in native memory (<see cref="SecretArena"/>), zero at first, wiped on dispose and on finalisation.</summary>
/// <remarks>
/// Never printed, compared or serialised. Not thread-safe: the owner orders its uses and its disposal (disposing twice, even at once, is harmless).
/// A span of the bytes does not keep the buffer alive: whoever uses one holds the buffer in a <c>using</c> or in a field of a living object, or the
/// collector may wipe it under them.
/// </remarks>
internal sealed unsafe class SecretBuffer : IDisposable
{
    private nint memory;

    public SecretBuffer(int length)
    {
        Length = length;
        memory = (nint)SecretArena.Rent(length);
    }

    ~SecretBuffer() => Release();

    public int Length { get; }

    public bool IsDisposed => memory == 0;

    /// <summary>The bytes themselves. Valid until dispose; never copy them to managed memory.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was wiped.</exception>
    public Span<byte> DangerousBytes
    {
        get
        {
            nint address = memory;
            ObjectDisposedException.ThrowIf(address == 0, this);
            return new Span<byte>((void*)address, Length);
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
        nint address = Interlocked.Exchange(ref memory, 0);
        if (address != 0)
            SecretArena.Return((byte*)address, Length);
    }
}
