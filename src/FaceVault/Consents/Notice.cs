using FaceVault.Consents;

namespace FaceVault;

/// <summary>The notice that people read before they consent (PIPL 17, 30; GDPR 13): its language and the hash of its text. A purpose names it, and each consent names the one that was shown.</summary>
public sealed record Notice
{
    /// <summary>BCP 47 tag of the language, such as <c>en</c> or <c>zh-Hans</c>; null when missing.</summary>
    public string? Language { get; init => field = DefinitionText.Language(value, nameof(Language)); }

    /// <summary>SHA-256 of the notice's exact bytes, 64 lowercase hexadecimal digits; null when missing.</summary>
    public string? Sha256 { get; init => field = DefinitionText.Sha256(value, nameof(Sha256)); }
}
