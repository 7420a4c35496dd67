using FaceVault.Consents;
using FaceVault.Cryptography;

namespace FaceVault;

/// <content>Reading and writing a definition as JSON.</content>
public sealed partial record Purpose
{
    private const string Document = "purpose definition";

    /// <summary>A complete definition to start from, as JSON text that a person edits: replace every text by your own.</summary>
    public const string Template = """
        {
          "id": "door",
          "kind": "identification",
          "description": "Open the staff entrance to employees who asked for it",
          "necessity": "Security concept 4.2: the entrance is unattended and hands are not free",
          "models": [ { "name": "mobilefacenet-512", "dimensions": 512, "encoding": "int8" } ],
          "maxRetention": "P1Y",
          "evidenceRetention": "P3Y",
          "alternatives": [ "Badge reader beside the door" ],
          "assessment": "Impact assessment DPIA-7",
          "notice": { "language": "en", "sha256": "a15574a7fb3bf6828948110c8d3eb854e8123f163419306dc5b52373ab47d056" },
          "profile": "baseline"
        }

        """;

    /// <summary>Reads a definition from a file of at most 64 KiB of UTF-8 JSON. It may be incomplete: registering it says what is missing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">Malformed JSON, an unknown or repeated member, or a wrong type; the message names the member.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Purpose FromJson(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromJson(StrictJson.ReadFile(path, Document));
    }

    /// <summary>Reads a definition from UTF-8 JSON, as <see cref="FromJson(string)"/>.</summary>
    /// <param name="utf8">At most 64 KiB.</param>
    /// <exception cref="FormatException">Malformed JSON, an unknown or repeated member, or a wrong type; the message names the member.</exception>
    public static Purpose FromJson(ReadOnlySpan<byte> utf8)
    {
        StrictJson json = StrictJson.Root(utf8, Document,
            ["id", "kind", "description", "necessity", "models", "maxRetention", "evidenceRetention", "alternatives", "assessment", "notice", "profile",
             "category", "jurisdiction", "places", "signage", "basis"]);
        StrictJson? notice = json.Object("notice", "language", "sha256");
        var missing = new List<string>();
        TemplateModel[] models = ReadModels(json, "models", missing);
        if (models.Select(model => model.Name).Distinct(StringComparer.Ordinal).Count() != models.Length)
            throw json.Refuse("models", "must have different names");
        return new Purpose
        {
            Id = json.Parsed("id", text => new PurposeId(text)),
            Kind = json.Parsed("kind", ParseKind),
            Description = json.Text("description", DefinitionText.MaxProseBytes, allowLines: true),
            Necessity = json.Text("necessity", DefinitionText.MaxProseBytes, allowLines: true),
            Models = models,
            MaxRetention = json.Parsed("maxRetention", CalendarPeriod.Parse),
            EvidenceRetention = json.Parsed("evidenceRetention", CalendarPeriod.Parse),
            Alternatives = json.TextArray("alternatives", DefinitionText.MaxProseBytes, allowLines: true) ?? [],
            Assessment = json.Text("assessment", DefinitionText.MaxProseBytes, allowLines: true),
            Notice = notice is null ? null : new Notice
            {
                Language = notice.Value.Parsed("language", DefinitionText.LanguageOf),
                Sha256 = notice.Value.Parsed("sha256", DefinitionText.Sha256Of),
            },
            Profile = json.Parsed("profile", text => ProfileNames.IsValid(text) ? text : throw new FormatException()),
            Category = json.Parsed("category", PurposeWords.Category),
            Jurisdiction = json.Parsed("jurisdiction", PurposeWords.Jurisdiction),
            Places = ReadPlaces(json),
            Signage = json.Text("signage", DefinitionText.MaxProseBytes, allowLines: true),
            Basis = ReadBasis(json),
            MissingMembers = missing,
        };
    }

    /// <summary>The definition in canonical form (RFC 8785): UTF-8, members sorted, no spaces, missing members left out. What the ledger's definition hash is taken over.</summary>
    public byte[] ToCanonicalJson()
    {
        var json = new CanonicalJsonWriter(stackalloc byte[2048]);
        try
        {
            json.Raw("{\"alternatives\":"u8);
            json.TextArray(Alternatives);
            json.OptionalText(",\"assessment\":"u8, Assessment);
            WriteBasis(ref json, Basis);
            json.OptionalText(",\"category\":"u8, Category);
            json.OptionalText(",\"description\":"u8, Description);
            json.OptionalText(",\"evidenceRetention\":"u8, EvidenceRetention?.ToString());
            json.OptionalText(",\"id\":"u8, Id.IsDefault ? null : Id.Value);
            json.OptionalText(",\"jurisdiction\":"u8, Jurisdiction);
            json.OptionalText(",\"kind\":"u8, KindName(Kind));
            json.OptionalText(",\"maxRetention\":"u8, MaxRetention?.ToString());
            json.Raw(",\"models\":"u8);
            WriteModels(ref json, Models);
            json.OptionalText(",\"necessity\":"u8, Necessity);
            if (Notice is not null)
            {
                json.Raw(",\"notice\":{"u8);
                json.OptionalText("\"language\":"u8, Notice.Language);
                json.OptionalText(Notice.Language is null ? "\"sha256\":"u8 : ",\"sha256\":"u8, Notice.Sha256);
                json.Raw("}"u8);
            }

            if (Places.Count > 0)
            {
                json.Raw(",\"places\":"u8);
                json.TextArray(Places);
            }

            json.OptionalText(",\"profile\":"u8, Profile);
            json.OptionalText(",\"signage\":"u8, Signage);
            json.Raw("}"u8);
            return json.Written.ToArray();
        }
        finally
        {
            json.Dispose();
        }
    }

    internal static void WriteModels(ref CanonicalJsonWriter json, IReadOnlyList<TemplateModel> models)
    {
        json.Raw("["u8);
        for (int i = 0; i < models.Count; i++)
        {
            json.Raw(i == 0 ? "{\"dimensions\":"u8 : ",{\"dimensions\":"u8);
            json.Integer(models[i].Dimensions);
            json.Raw(models[i].Encoding == TemplateEncoding.Int8 ? ",\"encoding\":\"int8\",\"name\":"u8 : ",\"encoding\":\"float32\",\"name\":"u8);
            json.Text(models[i].Name);
            json.Raw("}"u8);
        }

        json.Raw("]"u8);
    }

    private static void WriteBasis(ref CanonicalJsonWriter json, LegalBasis? basis)
    {
        if (basis is null)
            return;
        json.Raw(",\"basis\":{"u8);
        json.OptionalText("\"authority\":"u8, basis.Authority);
        bool isFirst = basis.Authority is null;
        if (basis.EndsAt != default)
        {
            json.Raw(isFirst ? "\"ends\":"u8 : ",\"ends\":"u8);
            json.Time(basis.EndsAt);
            isFirst = false;
        }

        json.OptionalText(isFirst ? "\"kind\":"u8 : ",\"kind\":"u8, basis.Kind);
        json.Raw("}"u8);
    }

    internal static string? KindName(PurposeKind kind) => kind switch
    {
        PurposeKind.Verification => "verification",
        PurposeKind.Identification => "identification",
        PurposeKind.Analysis => "analysis",
        _ => null,
    };

    private static PurposeKind ParseKind(string text) => text switch
    {
        "verification" => PurposeKind.Verification,
        "identification" => PurposeKind.Identification,
        "analysis" => PurposeKind.Analysis,
        "*" => PurposeKind.None,
        _ => throw new FormatException(),
    };

    internal static TemplateModel[] ReadModels(StrictJson json, string member, List<string> missing)
    {
        var models = new List<TemplateModel>();
        StrictJson[] items = json.ObjectArray(member, "name", "dimensions", "encoding") ?? [];
        foreach (StrictJson item in items)
        {
            string? name = item.Parsed("name", text => TemplateModel.IsValidName(text) ? text : throw new FormatException());
            int? dimensions = item.Integer("dimensions");
            TemplateEncoding encoding = item.Parsed("encoding", text => text switch
            {
                "int8" => TemplateEncoding.Int8,
                "float32" => TemplateEncoding.Float32,
                _ => throw new FormatException(),
            });
            if (dimensions is < 1 or > TemplateModel.MaxDimensions)
                throw item.Refuse("dimensions", $"must be 1 to {TemplateModel.MaxDimensions}");
            if (name is null)
                missing.Add(item.Path("name"));
            if (dimensions is null)
                missing.Add(item.Path("dimensions"));
            if (encoding == TemplateEncoding.None)
                missing.Add(item.Path("encoding"));
            if (name is not null && dimensions is not null && encoding != TemplateEncoding.None)
                models.Add(new TemplateModel(name, dimensions.Value, encoding));
        }

        return [.. models];
    }
}
