using System.Text.Json.Serialization;
using FaceVault.Consents;

namespace FaceVault;

/// <summary>The caller's identifier of one consent: one subject and one purpose (given by the caller, never used twice). 1 to 256 bytes of UTF-8, no control characters, compared as bytes.</summary>
/// <remarks>It never prints, logs or serialises its value by accident: <see cref="ToString"/> gives the type's name, System.Text.Json refuses it, there is no property to walk over.
/// <see cref="DangerousValue"/> gives the text where it is meant to be seen. The default value stands for nobody and is refused as an argument.</remarks>
[JsonConverter(typeof(RefusingJsonConverter<ConsentId>))]
public readonly struct ConsentId : IEquatable<ConsentId>
{
    private readonly string? value;

    /// <summary>Takes an identifier as it is; nothing is trimmed or folded.</summary>
    /// <param name="value">1 to 256 bytes of UTF-8 without control characters or unpaired surrogates.</param>
    /// <exception cref="ArgumentException">The text is empty, too long or not printable. The message does not repeat it.</exception>
    public ConsentId(string value) => this.value = IdText.Check(value, "consent", nameof(value));

    /// <summary>Whether this is the default value, which stands for nobody.</summary>
    internal bool IsDefault => value is null;

    internal int Utf8Length => IdText.Utf8.GetByteCount(Text);

    private string Text => value ?? throw Error.DefaultId(nameof(ConsentId));

    /// <summary>Equal bytes.</summary>
    public static bool operator ==(ConsentId left, ConsentId right) => left.Equals(right);

    /// <summary>Different bytes.</summary>
    public static bool operator !=(ConsentId left, ConsentId right) => !left.Equals(right);

    /// <summary>The identifier's text, for storing and showing it on purpose. Keep it out of logs and messages.</summary>
    /// <exception cref="InvalidOperationException">This is the default value.</exception>
    public string DangerousValue() => Text;

    /// <summary>The type's name, never the value.</summary>
    public override string ToString() => nameof(ConsentId);

    /// <inheritdoc/>
    public bool Equals(ConsentId other) => string.Equals(value, other.value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ConsentId other && Equals(other);

    /// <summary>Random per process, so that it says nothing outside it.</summary>
    public override int GetHashCode() => value is null ? 0 : string.GetHashCode(value, StringComparison.Ordinal);

    /// <summary>Writes the UTF-8 bytes (at most 256) and returns their number.</summary>
    internal int CopyUtf8To(Span<byte> destination) => IdText.Utf8.GetBytes(Text, destination);

    internal static ConsentId Check(ConsentId id, string parameterName) => id.IsDefault ? throw Error.DefaultIdArgument(parameterName) : id;
}
