namespace FaceVault;

/// <summary>How the numbers of a template are kept. The values are those of the sealed format.</summary>
public enum TemplateEncoding
{
    /// <summary>Not an encoding: the default of the type.</summary>
    None = 0,

    /// <summary>32-bit floating point, normalised to length one: 4 bytes a dimension, exact to rounding.</summary>
    Float32 = 1,

    /// <summary>8-bit integers with one scale per template: a byte a dimension and 4 more, each number within half a step of a 127th of the largest.</summary>
    Int8 = 2,
}
