namespace FaceVault;

/// <summary>The model that makes templates: its name, how many numbers it gives and how they are kept. Templates of different models are never compared.</summary>
public sealed record TemplateModel
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The most numbers in a template.</summary>
    public const int MaxDimensions = 4096;

    /// <summary>Names a model.</summary>
    /// <param name="name">1 to 64 visible ASCII characters, no spaces; for instance <c>mobilefacenet-512</c>.</param>
    /// <param name="dimensions">Numbers per template, 1 to 4,096.</param>
    /// <param name="encoding">How templates are kept.</param>
    /// <exception cref="ArgumentException">A parameter is outside its range.</exception>
    public TemplateModel(string name, int dimensions, TemplateEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsValidName(name))
            throw Error.ModelNameRefused(nameof(name));
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MaxDimensions);
        if (encoding is not (TemplateEncoding.Float32 or TemplateEncoding.Int8))
            throw Error.EncodingRefused(nameof(encoding));
        Name = name;
        Dimensions = dimensions;
        Encoding = encoding;
    }

    /// <summary>1 to 64 visible ASCII characters, compared as bytes.</summary>
    public string Name { get; }

    /// <summary>Numbers per template, 1 to 4,096.</summary>
    public int Dimensions { get; }

    /// <summary>How templates are kept.</summary>
    public TemplateEncoding Encoding { get; }

    internal static bool IsValidName(string name) => name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyExceptInRange('!', '~');
}
