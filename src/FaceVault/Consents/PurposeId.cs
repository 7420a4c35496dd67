using FaceVault.Consents;

namespace FaceVault;

/// <summary>The caller's name of a purpose. 1 to 256 bytes of UTF-8, no control characters, compared as bytes. It names no person, so it may be printed.</summary>
/// <remarks>The default value stands for no purpose and is refused as an argument.</remarks>
public readonly struct PurposeId : IEquatable<PurposeId>
{
    private readonly string? value;

    /// <summary>Takes a name as it is; nothing is trimmed or folded.</summary>
    /// <param name="value">1 to 256 bytes of UTF-8 without control characters or unpaired surrogates.</param>
    /// <exception cref="ArgumentException">The text is empty, too long or not printable.</exception>
    public PurposeId(string value) => this.value = IdText.Check(value, "purpose", nameof(value));

    /// <summary>The name; empty for the default value.</summary>
    public string Value => value ?? "";

    /// <summary>Whether this is the default value, which stands for no purpose.</summary>
    internal bool IsDefault => value is null;

    internal int Utf8Length => IdText.Utf8.GetByteCount(Value);

    /// <summary>Equal bytes.</summary>
    public static bool operator ==(PurposeId left, PurposeId right) => left.Equals(right);

    /// <summary>Different bytes.</summary>
    public static bool operator !=(PurposeId left, PurposeId right) => !left.Equals(right);

    /// <summary>The name; empty for the default value.</summary>
    public override string ToString() => Value;

    /// <inheritdoc/>
    public bool Equals(PurposeId other) => string.Equals(value, other.value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PurposeId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => value is null ? 0 : string.GetHashCode(value, StringComparison.Ordinal);

    /// <summary>Writes the UTF-8 bytes (at most 256) and returns their number.</summary>
    internal int CopyUtf8To(Span<byte> destination) => IdText.Utf8.GetBytes(Value, destination);

    internal static PurposeId Check(PurposeId id, string parameterName) => id.IsDefault ? throw Error.DefaultIdArgument(parameterName) : id;
}
