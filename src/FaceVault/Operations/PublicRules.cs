using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FaceVault.Consents;
using FaceVault.Ledger;
using static FaceVault.Operations.JsonMembers;

namespace FaceVault.Operations;

/// <summary>P12 (SPC 2(2); PIPL 17): what is processed, why, how long, what else there is, who gets it. Nothing in it is about a person: it is made from the purposes alone.</summary>
internal static class PublicRules
{
    public const string Format = "facevault-public-rules/v1";

    /// <summary>What a person may ask for, and the vault does.</summary>
    private static readonly string[] Rights = ["withdrawal", "erasure", "report", "copy", "restriction", "certificate"];

    public static byte[] Export(VaultSession session)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteNumber("v", 1);
        json.WriteString("format", Format);
        json.WriteString("vault", session.Origin);
        json.WriteString("made", UtcSeconds.Write(UtcSeconds.Truncate(session.Now)));
        json.WriteString("verifierKey", session.ReadVerifierKey().ToString());
        Texts(json, "rights", Rights);
        json.WriteStartArray("purposes");
        foreach (PurposeEntry purpose in session.Purposes.All)
        {
            json.WriteStartObject();
            WritePurpose(json, session, purpose);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The members of one purpose, as it stands now.</summary>
    public static void WritePurpose(Utf8JsonWriter json, VaultSession session, PurposeEntry entry)
    {
        Purpose purpose = entry.Current;
        json.WriteString("purpose", purpose.Id.Value);
        json.WriteNumber("version", entry.Versions.Count);
        json.WriteString("kind", Purpose.KindName(purpose.Kind));
        json.WriteString("description", purpose.Description);
        json.WriteString("necessity", purpose.Necessity);
        Texts(json, "models", [.. purpose.Models.Select(model => model.Name)]);
        json.WriteString("maxRetention", purpose.MaxRetention?.ToString());
        json.WriteString("evidenceRetention", purpose.EvidenceRetention?.ToString());
        Texts(json, "alternatives", purpose.Alternatives);
        Rules.RuleSet rules = session.RulesOf(purpose);
        json.WriteString("recipients", rules.ForbidsDisclosure(purpose) ? "nobody" : "namedByEachConsent"); // P4, P5: nobody else is given a template
        Optional(json, "category", purpose.Category);
        Optional(json, "jurisdiction", purpose.Jurisdiction);
        Texts(json, "places", purpose.Places);
        Optional(json, "signage", purpose.Signage);
        if (purpose.Basis is { } basis)
        {
            json.WriteStartObject("basis");
            json.WriteString("kind", basis.Kind);
            json.WriteString("authority", basis.Authority);
            json.WriteString("ends", UtcSeconds.Write(basis.EndsAt));
            json.WriteEndObject();
        }

        json.WriteString("assessment", purpose.Assessment);
        if (purpose.Notice is { } notice)
        {
            json.WriteStartObject("notice");
            json.WriteString("language", notice.Language);
            json.WriteString("sha256", notice.Sha256);
            json.WriteEndObject();
        }

        json.WriteString("profile", purpose.Profile ?? Rules.RuleBook.Baseline);
        json.WriteStartArray("rules");
        foreach ((string rule, string source) in rules.Sources)
        {
            json.WriteStartObject();
            json.WriteString("rule", rule);
            json.WriteString("source", source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
