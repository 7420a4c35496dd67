using System.Globalization;
using System.Text.Json;

namespace FaceVault.Cli.Documents;

/// <summary>A statement about safety, transparency, data protection, responsibility and fairness. Each sentence stands on a member of the record; where the record has none, nothing is said, or that nothing can be said.</summary>
internal static class StatementDocument
{
    public static string Make(ReadOnlySpan<byte> statement, DocumentFormat format)
    {
        var reader = new Utf8JsonReader(statement);
        using JsonDocument record = JsonDocument.ParseValue(ref reader);
        JsonElement root = record.RootElement;
        JsonElement[] purposes = [.. root.Items("purposes")];
        DocumentWriter document = DocumentWriter.Create(format, "What this vault can show");
        document.Paragraph($"{root.Text("software")} made this statement about the vault {root.Text("vault")} on {root.Moment("made")}. It says what the vault holds and what its ledger records. It does not say that a purpose is lawful: that is its keeper's to answer for.");
        WriteSafety(document, root);
        WriteTransparency(document, root, purposes);
        WriteProtection(document, root, purposes);
        WriteResponsibility(document, root, purposes);
        WriteFairness(document, purposes);
        return document.Finish();
    }

    private static void WriteSafety(DocumentWriter document, JsonElement root)
    {
        document.Heading("Safety");
        document.Paragraph("Claims of the software, and how its own tests attack them. T steals any number of copies of the stores, at any times; R reads the store of the root key as it is now besides; M reads the memory of the process.");
        document.Table(["claim", "says", "tested so"], root.Items("claims").Select(claim => (IReadOnlyList<string>)[claim.Text("claim")!, claim.Text("says")!, claim.Text("tested")!]));
        document.Paragraph("Where the root key, the store of keys and its mirrors lie, as they were when this was made:");
        document.Table(["place", "medium", "reached and current"], root.Items("places").Select(place => (IReadOnlyList<string>)[place.Text("type")!, place.Text("medium")!, place.Text("current")!]));
        if (root.Text("degraded") == "yes")
            document.Paragraph("A place is missing: no key can be destroyed everywhere until it is back or given up.");
    }

    private static void WriteTransparency(DocumentWriter document, JsonElement root, JsonElement[] purposes)
    {
        document.Heading("Transparency");
        document.Paragraph("Every key that was made or destroyed has a line in an append-only ledger, which names nobody. Its lines by kind:");
        document.Table(["kind of line", "lines"], root.GetProperty("ledger").EnumerateObject().Select(kind => (IReadOnlyList<string>)[kind.Name, kind.Value.GetRawText()]));
        document.Paragraph("The head of the ledger, signed. Who keeps it can tell later whether anything was dropped, changed or reordered:");
        document.Lines(root.Text("checkpoint")!);
        document.Paragraph($"Key that signs ledger and certificates: {root.Text("verifierKey")}");
        if (root.Text("synthetic") is { } synthetic and not "0")
            document.Paragraph($"Keys of consents that were declared synthetic, of no real person: {synthetic}.");
        if (purposes.Length > 0)
            document.Table(["purpose", "what for", "notice"], purposes.Select(purpose => (IReadOnlyList<string>)[purpose.Text("purpose")!, purpose.Text("description") ?? "", NoticeOf(purpose)]));
    }

    private static void WriteProtection(DocumentWriter document, JsonElement root, JsonElement[] purposes)
    {
        document.Heading("Data protection");
        if (purposes.Length == 0)
            document.Paragraph("No purpose is registered: nothing is processed.");
        else
            document.Table(["purpose", "kind", "consents with templates now", "longest use", "evidence kept after it", "rules that hold"], purposes.Select(purpose => (IReadOnlyList<string>)[
                purpose.Text("purpose")!, purpose.Text("kind") ?? "", purpose.Text("consents")!, PeriodOf(purpose, "maxRetention"), PeriodOf(purpose, "evidenceRetention"),
                $"{purpose.Text("profile")}: {string.Join(", ", purpose.Items("rules").Select(rule => rule.Text("rule")).Distinct())}"]));
        var counts = root.GetProperty("keysRemoved").EnumerateObject().Select(trigger => (IReadOnlyList<string>)[$"keys destroyed: {trigger.Name}", trigger.Value.GetRawText()]).ToList();
        counts.Add(["stopped, and not destroyed everywhere yet", root.Text("owed")!]);
        counts.Add(["kept by a legal hold", root.Text("held")!]);
        counts.Add(["restricted: kept and not used", root.Text("restricted")!]);
        counts.Add(["templates handed out, to the person or to recipients named in the consent", root.Text("templatesCopied")!]);
        document.Table(["what", "how many"], counts);
    }

    private static void WriteResponsibility(DocumentWriter document, JsonElement root, JsonElement[] purposes)
    {
        document.Heading("Responsibility");
        if (purposes.Length > 0)
            document.Table(["purpose", "why it needs faces", "impact assessment"], purposes.Select(purpose => (IReadOnlyList<string>)[purpose.Text("purpose")!, purpose.Text("necessity") ?? "", purpose.Text("assessment") ?? ""]));
        long completed = Count(root, "destruction-completed"), removed = Count(root, "key-removed");
        document.Paragraph($"Of {removed.ToString(CultureInfo.InvariantCulture)} keys that were removed, {completed.ToString(CultureInfo.InvariantCulture)} have a certificate that they are destroyed in every place. Anybody checks a certificate with the key above, and without this vault.");
        JsonElement[] filing = [.. root.Items("filing")];
        if (filing.Length == 0)
            document.Paragraph("No profile of a purpose here asks for filing with an authority.");
        else
            document.Table(["filing is due from", "persons kept now", "reached on", "last day for filing", "filing recorded"], filing.Select(FilingOf));
        JsonElement[] recorded = [.. purposes.Where(purpose => purpose.TryGetProperty("records", out _))];
        if (recorded.Length == 0)
        {
            document.Paragraph("The records of processing hold nothing yet.");
        }
        else
        {
            document.Paragraph("Records of processing, counts by purpose and day without anybody in them, added up over the days that are kept:");
            document.Table(["purpose", "days", "templates enrolled", "compared 1:1", "searched 1:N", "analyses", "consents stopped", "reasons for which requests were refused"], recorded.Select(purpose => RecordsOf(purpose.Text("purpose")!, purpose.GetProperty("records"))));
        }
        document.Paragraph($"Evidence of consents that died after its own time: {Count(root, "evidence-destroyed").ToString(CultureInfo.InvariantCulture)}.");
    }

    private static void WriteFairness(DocumentWriter document, JsonElement[] purposes)
    {
        document.Heading("Fairness");
        foreach (JsonElement purpose in purposes)
        {
            document.Paragraph($"Purpose {purpose.Text("purpose")}: who keeps their face to themselves is served by");
            document.List(purpose.Texts("alternatives"));
            JsonElement[] measured = [.. purpose.Items("calibrations")];
            if (measured.Length == 0)
                document.Paragraph("No threshold was measured for this purpose in this vault, so nothing is said here about how often it errs.");
            else
                document.Table(["model", "threshold", "up to so many people", "wrong people accepted", "right people missed", "measured"], measured.Select(c => (IReadOnlyList<string>)[
                    c.Text("model")!, c.Text("threshold")!, c.Text("largestGallery") is { } most and not "0" ? most : "1:1", Rate(c.GetProperty("falsePositives")), Rate(c.GetProperty("falseNegatives")), c.Moment("measured")!]));
        }
        document.Paragraph("How often it errs for one group of people and another is not measured by the vault.");
    }

    private static IReadOnlyList<string> FilingOf(JsonElement duty)
    {
        string? crossed = duty.Text("crossed");
        return
        [
            $"{duty.Text("threshold")} persons", duty.Text("persons")!, crossed ?? "not reached",
            crossed is null ? "" : duty.Text("due") ?? "cannot be told without a calendar of working days",
            duty.Moment("filed") ?? (crossed is null ? "" : duty.Text("overdue") == "yes" ? "no, and the last day is over" : "no"),
        ];
    }

    private static IReadOnlyList<string> RecordsOf(string purpose, JsonElement records) =>
    [
        purpose, $"{records.Text("from")} to {records.Text("to")}{(records.Text("incomplete") == "yes" ? ", some counts are missing" : "")}",
        .. ((string[])["enrolments", "verifications", "searches", "analyses", "stopped", "refused"]).Select(name => records.Text(name)!),
    ];

    private static string NoticeOf(JsonElement purpose) => purpose.TryGetProperty("notice", out JsonElement notice) ? $"language {notice.Text("language")}, SHA-256 {notice.Text("sha256")}" : "";

    private static string PeriodOf(JsonElement purpose, string member) => purpose.Text(member) is { } iso ? RulesDocument.Period(iso) : "";

    private static long Count(JsonElement root, string kind) => root.GetProperty("ledger").TryGetProperty(kind, out JsonElement count) ? count.GetInt64() : 0;

    /// <summary>Counted errors and the interval of 95 %.</summary>
    private static string Rate(JsonElement rate) => string.Create(CultureInfo.InvariantCulture,
        $"{rate.GetProperty("errors").GetInt64()} of {rate.GetProperty("trials").GetInt64()}, {rate.GetProperty("persons").GetInt32()} people: {100 * rate.GetProperty("lower").GetDouble():0.####} % to {100 * rate.GetProperty("upper").GetDouble():0.####} %");
}
