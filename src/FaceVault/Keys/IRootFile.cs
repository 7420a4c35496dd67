namespace FaceVault.Keys;

/// <summary>The few things a root location does to its medium. Tests stand in here to kill, tear and count every single write.</summary>
internal interface IRootFile
{
    /// <summary>Bytes there are.</summary>
    /// <exception cref="IOException">The medium cannot be reached.</exception>
    long Length { get; }

    /// <summary>Fills the whole destination, past what the system has cached as far as it allows.</summary>
    /// <exception cref="IOException">Unreadable, or fewer bytes than asked for.</exception>
    void Read(long offset, Span<byte> destination);

    /// <summary>Writes in place. Durable only after <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">Some prefix of the bytes may have been written.</exception>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Makes all writes since the last flush durable.</summary>
    /// <exception cref="IOException">They may be lost although they can still be read: write them again, never flush again.</exception>
    void Flush();
}
