using FaceVault.Consents;

namespace FaceVault;

/// <summary>Why faces are processed: one definition of one purpose, reviewed by people before it is registered. Immutable; a change is a new version and needs new consents (PIPL 14(2)).</summary>
/// <remarks>
/// A definition may be incomplete while it is being written; registering it refuses with every violation at once. Two definitions are equal when their canonical JSON is. What does not fit a member
/// (too long, control characters, two models of one name) is an <see cref="ArgumentException"/> when it is set.
/// As JSON: <c>id</c>, <c>kind</c> (verification, identification, analysis), <c>description</c>, <c>necessity</c>, <c>models</c> [{<c>name</c>, <c>dimensions</c>, <c>encoding</c> int8 or float32}],
/// <c>maxRetention</c>, <c>evidenceRetention</c> (ISO 8601 durations), <c>alternatives</c> [text], <c>assessment</c>, <c>notice</c> {<c>language</c>, <c>sha256</c>}, <c>profile</c> (baseline, cn, eu, us-il, or several: cn+us-il);
/// and, where they apply, <c>category</c>, <c>jurisdiction</c>, <c>places</c> [word], <c>signage</c>, <c>basis</c> {<c>kind</c>, <c>authority</c>, <c>ends</c>}.
/// </remarks>
public sealed partial record Purpose
{
    /// <summary>The caller's name of it, never used for another purpose.</summary>
    public PurposeId Id { get; init; }

    /// <summary>What is done: exactly one kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one of the kinds.</exception>
    public PurposeKind Kind
    {
        get;
        init => field = value is >= PurposeKind.None and <= PurposeKind.Analysis ? value : throw new ArgumentOutOfRangeException(nameof(Kind));
    }

    /// <summary>What the faces are used for, specifically. At most 4,096 bytes of UTF-8.</summary>
    public string? Description { get; init => field = DefinitionText.Prose(value, nameof(Description)); }

    /// <summary>Why the purpose cannot do without faces, or where that is written down. At most 4,096 bytes of UTF-8.</summary>
    public string? Necessity { get; init => field = DefinitionText.Prose(value, nameof(Necessity)); }

    /// <summary>The models admitted at first, with different names; the first is the current one.</summary>
    /// <exception cref="ArgumentException">One is null, or two have the same name.</exception>
    public IReadOnlyList<TemplateModel> Models
    {
        get;
        init
        {
            field = CopyModels(value);
            MissingMembers = [];
        }
    } = [];

    /// <summary>The longest that a template may be used, counted from its consent.</summary>
    public CalendarPeriod? MaxRetention { get; init; }

    /// <summary>How long the consent record is kept as evidence, counted from the death of the template key (GDPR 7(1), 17(3)(e)).</summary>
    public CalendarPeriod? EvidenceRetention { get; init; }

    /// <summary>How people are served who do not want to give their face (SPC 10): none of them biometric. Each at most 4,096 bytes of UTF-8.</summary>
    public IReadOnlyList<string> Alternatives { get; init => field = CopyAlternatives(value); } = [];

    /// <summary>Where the impact assessment is written down (PIPL 55, 56; GDPR 35). At most 4,096 bytes of UTF-8.</summary>
    public string? Assessment { get; init => field = DefinitionText.Prose(value, nameof(Assessment)); }

    /// <summary>The notice that comes before each consent.</summary>
    public Notice? Notice { get; init; }

    /// <summary>The rules that hold: <c>baseline</c>, <c>cn</c>, <c>eu</c>, <c>us-il</c> or a profile of the caller's (<see cref="VaultOptions.Profiles"/>), or several joined by plus signs
    /// (<c>cn+us-il</c>), of which the strictest counts. All include the baseline; docs/rules.md shows what each asks. A name that the vault does not know is refused when the purpose is registered.</summary>
    /// <exception cref="ArgumentException">Not one to eight names, joined by plus signs.</exception>
    public string? Profile { get; init => field = value is null || ProfileNames.IsValid(value) ? value : throw Error.ProfileRefused(nameof(Profile)); }

    /// <summary>Members of models that a parsed definition left out, by their JSON path.</summary>
    internal IReadOnlyList<string> MissingMembers { get; private init; } = [];

    /// <summary>The model of that name, or the current one (the first) for null; null when the purpose has no such model.</summary>
    internal TemplateModel? FindModel(string? name) => Models.FirstOrDefault(model => name is null || model.Name == name);

    /// <summary>Whether the canonical JSON of both is the same.</summary>
    public bool Equals(Purpose? other) => other is not null
        && (ReferenceEquals(this, other) || (ToCanonicalJson().AsSpan().SequenceEqual(other.ToCanonicalJson()) && MissingMembers.SequenceEqual(other.MissingMembers)));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Kind, Description, Models.Count);

    /// <summary>The type's name and the purpose's id.</summary>
    public override string ToString() => $"{nameof(Purpose)} {Id}";

    private static TemplateModel[] CopyModels(IReadOnlyList<TemplateModel> models)
    {
        ArgumentNullException.ThrowIfNull(models, nameof(Models));
        if (models.Any(model => model is null) || models.Select(model => model.Name).Distinct(StringComparer.Ordinal).Count() != models.Count)
            throw Error.ModelsRefused(nameof(Models));
        return [.. models];
    }

    private static string[] CopyAlternatives(IReadOnlyList<string> alternatives)
    {
        ArgumentNullException.ThrowIfNull(alternatives, nameof(Alternatives));
        return [.. alternatives.Select(text => DefinitionText.Prose(text, nameof(Alternatives)) ?? throw Error.NullInList(nameof(Alternatives)))];
    }
}
