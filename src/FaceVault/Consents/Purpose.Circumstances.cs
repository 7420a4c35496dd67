using FaceVault.Consents;

namespace FaceVault;

/// <content>Where, for whom and on what ground: members that dated rules ask about. Each is optional; what is left out is not in the canonical JSON.</content>
public sealed partial record Purpose
{
    private const int MaxPlaces = 64;

    /// <summary>What the purpose is for, as rules name it (P4, P6, P7): a word of docs/rules.md such as <c>access</c> or <c>publicSecurity</c>. Null when it is not said; then no rule about a category can help or hinder.</summary>
    /// <exception cref="ArgumentException">Not 1 to 32 ASCII letters, the first one small.</exception>
    public string? Category { get; init => field = value is null || PurposeWords.IsWord(value) ? value : throw Error.WordRefused(nameof(Category)); }

    /// <summary>Where the purpose is pursued, as ISO 3166 writes it: a country (<c>CN</c>), which stands for all its parts, or a part of one (<c>CN-TJ</c>). Null when it is not said: then it may be anywhere.</summary>
    /// <exception cref="ArgumentException">Not a code of that form.</exception>
    public string? Jurisdiction { get; init => field = value is null || PurposeWords.IsJurisdiction(value) ? value : throw Error.JurisdictionRefused(nameof(Jurisdiction)); }

    /// <summary>In what kinds of places faces are taken (P4, P7): words of docs/rules.md such as <c>publicPlace</c> or <c>workplace</c>, at most 64.</summary>
    /// <exception cref="ArgumentException">More than 64, one that is null or no word, or one named twice.</exception>
    public IReadOnlyList<string> Places { get; init => field = CopyPlaces(value); } = [];

    /// <summary>Where the sign hangs that tells people of the device (PIPL 26; CAC 13), or where that is written down. At most 4,096 bytes of UTF-8.</summary>
    public string? Signage { get; init => field = DefinitionText.Prose(value, nameof(Signage)); }

    /// <summary>On what the purpose rests if not on consent (P8). Null, the default, is consent. A person's record is then made by the same call, and what is asked of consent alone (C5, C6) is not asked.</summary>
    public LegalBasis? Basis { get; init; }

    private static string[] CopyPlaces(IReadOnlyList<string> places)
    {
        ArgumentNullException.ThrowIfNull(places, nameof(Places));
        return places.Count <= MaxPlaces && places.All(place => place is not null && PurposeWords.IsWord(place)) && places.Distinct(StringComparer.Ordinal).Count() == places.Count
            ? [.. places] : throw Error.WordRefused(nameof(Places));
    }

    private static string[] ReadPlaces(StrictJson json)
    {
        string[] places = json.TextArray("places", IdText.MaxUtf8Bytes) ?? [];
        return places.Length <= MaxPlaces && places.All(PurposeWords.IsWord) && places.Distinct(StringComparer.Ordinal).Count() == places.Length
            ? places : throw json.Refuse("places", $"must be at most {MaxPlaces} different words of ASCII letters");
    }

    private static LegalBasis? ReadBasis(StrictJson json) => json.Object("basis", "kind", "authority", "ends") is not { } basis ? null : new LegalBasis
    {
        Kind = basis.Parsed("kind", PurposeWords.Basis),
        Authority = basis.Text("authority", DefinitionText.MaxProseBytes, allowLines: true),
        EndsAt = basis.Time("ends"),
    };
}
