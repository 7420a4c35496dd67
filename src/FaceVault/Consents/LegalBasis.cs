using FaceVault.Consents;

namespace FaceVault;

/// <summary>On what a purpose rests other than consent (SPC 5, 6; PIPL 13; GDPR 9(2)): an authority that said so and an end. After the end nothing is used under it.</summary>
/// <remarks>May be incomplete while it is written; registering the purpose refuses with every violation at once. Which kinds a profile knows stands in docs/rules.md; the baseline knows none. As JSON: <c>kind</c>, <c>authority</c>, <c>ends</c> (RFC 3339).</remarks>
public sealed record LegalBasis
{
    /// <summary><c>emergency</c> (life, health, property, public health) or <c>statute</c> (a law that demands or allows it).</summary>
    /// <exception cref="ArgumentException">Another word.</exception>
    public string? Kind { get; init => field = value is null || PurposeWords.IsBasis(value) ? value : throw Error.BasisRefused(nameof(Kind)); }

    /// <summary>The order, the article or the decision. At most 4,096 bytes of UTF-8.</summary>
    public string? Authority { get; init => field = DefinitionText.Prose(value, nameof(Authority)); }

    /// <summary>When it ends, in whole seconds (fractions are dropped); the default value when missing.</summary>
    public DateTimeOffset EndsAt { get; init => field = DefinitionText.WholeSeconds(value); }
}
