using System.Text.Json;

namespace FaceVault.Cli.Documents;

/// <summary>The public rules of processing (SPC 2(2); PIPL 17), in words.</summary>
internal static class RulesDocument
{
    private static readonly Dictionary<string, string> Rights = new(StringComparer.Ordinal)
    {
        ["withdrawal"] = "Withdraw your consent at any time. Your templates are not used from then on, and their key is destroyed: what copies of the stored files still hold of them cannot be read with what is left. If an order forbids destroying them, they are kept, unused, until it ends.",
        ["erasure"] = "Have everything about you erased, or what is kept for some purposes.",
        ["report"] = "Learn what is kept about you: consents, purposes, dates, recipients and what happened.",
        ["copy"] = "Get a copy of your templates before they are destroyed, unless it says above that nobody is given templates.",
        ["restriction"] = "Have your templates kept and not used.",
        ["certificate"] = "Get a certificate of each deletion, which anybody can check with the key below, without this vault.",
    };

    public static string Make(ReadOnlySpan<byte> rules, DocumentFormat format)
    {
        var reader = new Utf8JsonReader(rules);
        using JsonDocument record = JsonDocument.ParseValue(ref reader);
        JsonElement root = record.RootElement;
        DocumentWriter document = DocumentWriter.Create(format, "How faces are processed here");
        document.Paragraph("Templates are kept: numbers that a model computes from a picture of a face. Pictures are not kept in the vault. Each person's templates are encrypted under a key of that person's consent to one purpose.");
        JsonElement[] purposes = [.. root.Items("purposes")];
        if (purposes.Length == 0)
            document.Paragraph("No purpose is registered: nothing is processed.");
        foreach (JsonElement purpose in purposes)
            WritePurpose(document, purpose);
        document.Heading("What you may ask for");
        document.List(root.Texts("rights").Select(right => Rights.GetValueOrDefault(right, right)));
        document.Heading("This page");
        document.Table(["", ""], [["vault", root.Text("vault")!], ["made", root.Moment("made")!], ["key that signs ledger and certificates", root.Text("verifierKey")!]]);
        return document.Finish();
    }

    /// <summary>One purpose: what, why, how long, what else, who.</summary>
    public static void WritePurpose(DocumentWriter document, JsonElement purpose)
    {
        document.Heading($"Purpose {purpose.Text("purpose")}, version {purpose.Text("version")}");
        var rows = new List<IReadOnlyList<string>> { new[] { "what is done", KindOf(purpose) } };
        foreach ((string member, string name) in (ReadOnlySpan<(string, string)>)
            [("description", "what for"), ("necessity", "why it needs faces"), ("maxRetention", "longest use of a template"), ("evidenceRetention", "how long the evidence of a consent is kept after its templates"), ("assessment", "impact assessment"),
             ("category", "category"), ("jurisdiction", "where"), ("signage", "where the sign hangs")])
        {
            if (purpose.Text(member) is { } value)
                rows.Add([name, member.EndsWith("etention", StringComparison.Ordinal) ? Period(value) : value]);
        }
        rows.Add(["models", string.Join("; ", purpose.Texts("models"))]);
        if (purpose.TryGetProperty("notice", out JsonElement notice))
            rows.Add(["notice", $"language {notice.Text("language")}, SHA-256 {notice.Text("sha256")}"]);
        if (purpose.Texts("places") is { Count: > 0 } places)
            rows.Add(["kinds of places", string.Join("; ", places)]);
        rows.Add(["on what it rests", purpose.TryGetProperty("basis", out JsonElement basis) ? $"{basis.Text("kind")}: {basis.Text("authority")}, until {basis.Moment("ends")}" : "your consent"]);
        rows.Add(["who is given templates", purpose.Text("recipients") == "nobody" ? "nobody" : "you, and recipients that your own consent names one by one"]);
        document.Table(["", ""], rows);
        document.Paragraph("How you are served without your face:");
        document.List(purpose.Texts("alternatives"));
        document.Paragraph($"Rules that hold (profile {purpose.Text("profile")}): {string.Join(", ", purpose.Items("rules").GroupBy(rule => rule.Text("rule")).Select(rule => $"{rule.Key} ({string.Join("; ", rule.Select(row => row.Text("source")))})"))}.");
    }

    private static string KindOf(JsonElement purpose) => purpose.Text("kind") switch
    {
        "verification" => "verification: your face is compared with your own templates",
        "identification" => "identification: a face is looked for among the templates of all who consented to this purpose",
        "analysis" => "analysis: your templates are given to a function of the keeper",
        var other => other ?? "",
    };

    /// <summary>A period in words: P1Y6M is 1 year, 6 months.</summary>
    internal static string Period(string iso)
    {
        var parts = new List<string>();
        bool isTime = false;
        int number = 0;
        foreach (char c in iso.AsSpan(1))
        {
            if (char.IsAsciiDigit(c))
            {
                number = (10 * number) + (c - '0');
                continue;
            }
            if (c == 'T')
            {
                isTime = true;
                continue;
            }
            string unit = c switch { 'Y' => "year", 'M' => isTime ? "minute" : "month", 'W' => "week", 'D' => "day", 'H' => "hour", _ => "second" };
            parts.Add($"{number} {unit}{(number == 1 ? "" : "s")}");
            number = 0;
        }
        return string.Join(", ", parts);
    }
}
