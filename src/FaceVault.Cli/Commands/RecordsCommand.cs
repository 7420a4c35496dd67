using System.CommandLine;
using System.Globalization;
using System.Text;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>records</c>: what was done for each purpose and day, in counts, for whoever supervises the keeper (PIPL 55, 56; GDPR 30).</summary>
internal static class RecordsCommand
{
    private const string DayFormat = "yyyy-MM-dd";

    // In the order of the columns; the names are those of the JSON members.
    private static readonly (string Name, Func<ProcessingRecord, long> Count)[] Counts =
    [
        ("consentsGranted", r => r.ConsentsGranted),
        ("enrolments", r => r.Enrolments),
        ("verifications", r => r.Verifications),
        ("verificationMatches", r => r.VerificationMatches),
        ("searches", r => r.Searches),
        ("searchHits", r => r.SearchHits),
        ("analyses", r => r.Analyses),
        ("copies", r => r.Copies),
        ("restrictions", r => r.Restrictions),
        ("withdrawals", r => r.Withdrawals),
        ("erasures", r => r.Erasures),
        ("expiries", r => r.Expiries),
        ("retirements", r => r.Retirements),
        ("keysDestroyed", r => r.KeysDestroyed),
    ];

    public static Command Create(Common common)
    {
        Option<string> from = New.Text("--from", "DATE", "First day in UTC, such as 2026-11-01. Default: the first there is.");
        Option<string> to = New.Text("--to", "DATE", "Last day in UTC. Default: the last there is.");
        Option<string> format = New.Text("--format", "FORMAT", "What to print: json, an object a line, or csv with a line of names. Default: json.");
        return new Command("records", "List the processing records: counts for each purpose and day, no person in them.").OnVault(common).With(from, to, format, common.JsonLines).Does(common, async context =>
        {
            (DateOnly first, DateOnly last) = (Day(context.Get(from), "--from") ?? DateOnly.MinValue, Day(context.Get(to), "--to") ?? DateOnly.MaxValue);
            if (last < first)
                throw Messages.Usage("--to lies before --from.");
            bool isCsv = context.Get(format) switch
            {
                null or "json" => false,
                "csv" => true,
                _ => throw Messages.Usage("--format takes json or csv."),
            };
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                IReadOnlyList<ProcessingRecord> records = await vault.ListProcessingRecordsAsync(first, last, context.CancellationToken).ConfigureAwait(false);
                if (isCsv)
                    context.Terminal.Out.Write(Csv(records));
                else
                    WriteJson(context, records);
            }

            return ExitCode.Done;
        });
    }

    private static void WriteJson(CommandContext context, IReadOnlyList<ProcessingRecord> records)
    {
        using ResultWriter results = context.Results();
        foreach (ProcessingRecord record in records)
        {
            results.Write(json =>
            {
                json.WriteString("day", Day(record));
                if (record.Purpose is { } purpose)
                    json.WriteString("purpose", purpose.Value);
                foreach ((string name, Func<ProcessingRecord, long> count) in Counts)
                    json.WriteNumber(name, count(record));
                json.WriteStartObject("refusals");
                foreach ((ViolationCode code, long count) in Refusals(record))
                    json.WriteNumber(code.ToString(), count);
                json.WriteEndObject();
                json.WriteBoolean("incomplete", record.IsIncomplete);
            });
        }
    }

    /// <summary>RFC 4180: CRLF behind every line, quotes where a field has a comma, a quote or a line end. Refusals take one column: codes and counts, with spaces between.</summary>
    private static string Csv(IReadOnlyList<ProcessingRecord> records)
    {
        var csv = new StringBuilder();
        csv.AppendJoin(',', ["day", "purpose", .. Counts.Select(c => c.Name), "refusals", "incomplete"]).Append("\r\n");
        foreach (ProcessingRecord record in records)
        {
            string refusals = string.Join(' ', Refusals(record).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key}={r.Value}")));
            csv.AppendJoin(',', [Day(record), Field(record.Purpose?.Value ?? ""), .. Counts.Select(c => c.Count(record).ToString(CultureInfo.InvariantCulture)), refusals, record.IsIncomplete ? "true" : "false"]).Append("\r\n");
        }

        return csv.ToString();
    }

    private static IEnumerable<KeyValuePair<ViolationCode, long>> Refusals(ProcessingRecord record) => record.Refusals.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal);

    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Day(ProcessingRecord record) => record.Day.ToString(DayFormat, CultureInfo.InvariantCulture);

    private static DateOnly? Day(string? text, string option) => text is null ? null
        : DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : throw Messages.Usage($"{option} takes a day such as 2026-11-23.");
}
