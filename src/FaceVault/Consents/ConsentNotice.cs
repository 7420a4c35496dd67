using FaceVault.Consents;

namespace FaceVault;

/// <summary>The notice that one person was shown, and when.</summary>
public sealed record ConsentNotice
{
    /// <summary>BCP 47 tag of the language it was shown in; null when missing.</summary>
    public string? Language { get; init => field = DefinitionText.Language(value, nameof(Language)); }

    /// <summary>SHA-256 of the notice's exact bytes, 64 lowercase hexadecimal digits; null when missing. It has to be the purpose's.</summary>
    public string? Sha256 { get; init => field = DefinitionText.Sha256(value, nameof(Sha256)); }

    /// <summary>When it was shown, in whole seconds (fractions are dropped); the default value when missing. Not after the consent.</summary>
    public DateTimeOffset ShownAt { get; init => field = DefinitionText.WholeSeconds(value); }
}
