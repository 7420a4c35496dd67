using System.Text.Json;

namespace FaceVault.Cli.Documents;

/// <summary>The subject's report for the person it is about (PIPL 45; GDPR 12, 15): the same things as the record, in words.</summary>
internal static class ReportDocument
{
    private static readonly (string Member, string Name)[] Members =
    [
        ("purpose", "purpose"), ("version", "version of the purpose"), ("kind", "what is done"), ("description", "what for"), ("status", "status"), ("held", "kept by a legal hold"), ("given", "consent given"),
        ("expires", "consent ends"), ("useEnds", "use ends"), ("templates", "templates kept"), ("form", "form of the consent"), ("ageBand", "age band"), ("guardian", "guardian who consented"),
        ("interaction", "given in"), ("necessityReference", "why the service needs it"), ("evidenceSha256", "SHA-256 of the form"), ("created", "ledger entry of the key"),
    ];

    public static string Make(ReadOnlySpan<byte> report, DocumentFormat format)
    {
        var reader = new Utf8JsonReader(report);
        using JsonDocument record = JsonDocument.ParseValue(ref reader);
        JsonElement root = record.RootElement;
        DocumentWriter document = DocumentWriter.Create(format, "What is kept about you");
        document.Table(["", ""], [["person", root.Text("subject")!], ["vault", root.Text("vault")!], ["made", root.Moment("made")!]]);
        JsonElement[] consents = [.. root.Items("consents")];
        if (consents.Length == 0)
            document.Paragraph("The vault keeps nothing about this person.");
        foreach (JsonElement consent in consents)
            Write(document, consent);
        document.Heading("What you may ask for");
        document.Paragraph("A consent can be withdrawn at any time: its templates are then not used any more and destroyed, and a certificate shows it; if an order forbids destroying them, they are kept, unused, until it ends. You may also ask for a copy of the templates, or that they are kept and not used.");
        return document.Finish();
    }

    private static void Write(DocumentWriter document, JsonElement consent)
    {
        document.Heading($"Consent {consent.Text("consent")}");
        document.Table(["", ""], [.. Members.Where(m => consent.Text(m.Member) is not null).Select(m => (IReadOnlyList<string>)[m.Name, consent.Moment(m.Member)!]), .. Others(consent)]);
        if (consent.Texts("alternatives") is { Count: > 0 } alternatives)
        {
            document.Paragraph("How you are served without your face:");
            document.List(alternatives);
        }
        document.Paragraph("What happened:");
        document.Table(["when", "what", "why", "to whom", "reference", "who asked"], consent.Items("events").Select(e =>
            (IReadOnlyList<string>)[e.Moment("time")!, e.Text("kind")!, e.Text("trigger") ?? "", e.Text("recipient") ?? (e.Text("kind") == "copied" ? "you" : ""), e.Text("reference") ?? "", e.Text("role") ?? ""]));
    }

    private static IEnumerable<IReadOnlyList<string>> Others(JsonElement consent)
    {
        if (consent.TryGetProperty("notice", out JsonElement notice))
            yield return ["notice shown", $"{notice.Moment("shown")}, language {notice.Text("language")}, SHA-256 {notice.Text("sha256")}"];
        yield return ["recipients you agreed to", consent.Texts("recipients") is { Count: > 0 } named ? string.Join("; ", named) : "nobody"];
        yield return ["recipients who were given templates", consent.Texts("recipientsToNotify") is { Count: > 0 } given ? string.Join("; ", given) : "nobody"];
        string[] certificates = [.. consent.Items("certificates").Select(index => index.GetRawText())];
        if (certificates.Length > 0)
            yield return ["ledger entries of its deletion certificates", string.Join(", ", certificates)];
    }
}
