using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Ledger;

namespace FaceVault.Operations;

/// <summary>What a vault can show for itself, for its keeper to publish: claims of the library, places of keys, counts of the ledger, purposes with their rules, retention and measured error rates. No path, no identifier, no sentence that nothing here stands behind.</summary>
internal static class Statement
{
    public const string Format = "facevault-statement/v1";

    /// <summary>Ledger lines read in one view, so that commits do not wait long.</summary>
    private const int Stretch = 16_384;

    public static byte[] Export(VaultSession session, Checkpoint checkpoint, LedgerCounts ledger, IReadOnlyList<FilingStatus> filing)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteNumber("v", 1);
        json.WriteString("format", Format);
        json.WriteString("vault", session.Origin);
        json.WriteString("made", UtcSeconds.Write(UtcSeconds.Truncate(session.Now)));
        json.WriteString("software", $"FaceVault {typeof(Statement).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}");
        json.WriteString("verifierKey", session.ReadVerifierKey().ToString());
        json.WriteString("checkpoint", checkpoint.ToString());
        WriteClaims(json);
        WriteState(json, Inspecting.Status(session));
        WriteLedger(json, ledger);
        WriteFiling(json, filing);
        WritePurposes(json, session);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Counts the lines of the ledger by kind, and those of removed keys by trigger. About 3 µs a line, reading it included.</summary>
    public static LedgerCounts Count(VaultSession session, CancellationToken cancellationToken)
    {
        var counts = new LedgerCounts();
        for (long from = 0, next = -1; next != from;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using ReadScope view = session.Engine.Read();
            if (next >= 0)
                from = next;
            next = Math.Min(from + Stretch, view.Crown.LedgerSize);
            foreach ((long index, ReadOnlyMemory<byte> line) in view.State.ReadLines(view.Store, from))
            {
                if (index >= next)
                    break;
                counts.Add(LedgerEntry.Parse(line.Span));
            }
        }

        return counts;
    }

    private static void WriteClaims(Utf8JsonWriter json)
    {
        json.WriteStartArray("claims");
        foreach ((string number, string says, string tested) in Claims.All)
        {
            json.WriteStartObject();
            json.WriteString("claim", number);
            json.WriteString("says", says);
            json.WriteString("tested", tested);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteState(Utf8JsonWriter json, VaultStatus status)
    {
        json.WriteStartArray("places");
        foreach (PlaceStatus place in status.Places)
        {
            json.WriteStartObject();
            json.WriteString("type", LedgerNames.Of(place.Type));
            json.WriteString("medium", place.Medium);
            json.WriteBoolean("current", place.IsCurrent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("degraded", status.IsDegraded);
        json.WriteNumber("consents", status.Consents);
        json.WriteNumber("owed", status.Owed);
        json.WriteNumber("held", status.Held);
        json.WriteNumber("restricted", status.Restricted);
    }

    private static void WriteLedger(Utf8JsonWriter json, LedgerCounts counts)
    {
        json.WriteStartObject("ledger");
        foreach ((LedgerEntryKind kind, long count) in counts.Kinds)
            json.WriteNumber(LedgerNames.Of(kind), count);
        json.WriteEndObject();
        json.WriteStartObject("keysRemoved");
        foreach ((DeletionTrigger trigger, long count) in counts.Triggers)
            json.WriteNumber(LedgerNames.Of(trigger), count);
        json.WriteEndObject();
        json.WriteNumber("synthetic", counts.Synthetic);
        json.WriteNumber("templatesCopied", counts.Copied);
    }

    /// <summary>P11: where the duties to file stand. The reference is between the keeper and the authority.</summary>
    private static void WriteFiling(Utf8JsonWriter json, IReadOnlyList<FilingStatus> filing)
    {
        json.WriteStartArray("filing");
        foreach (FilingStatus status in filing)
        {
            json.WriteStartObject();
            json.WriteNumber("threshold", status.Threshold);
            json.WriteNumber("persons", status.Persons);
            if (status.CrossedOn is { } crossed)
                json.WriteString("crossed", Day(crossed));
            if (status.DueOn is { } due)
                json.WriteString("due", Day(due));
            if (status.FiledAt is { } filed)
                json.WriteString("filed", UtcSeconds.Write(UtcSeconds.Truncate(filed)));
            json.WriteBoolean("overdue", status.IsOverdue);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static void WritePurposes(Utf8JsonWriter json, VaultSession session)
    {
        IReadOnlyDictionary<uint, int> living = session.Engine.CountEntries().Living;
        ILookup<PurposeId?, ProcessingRecord> records = RecordsReading.List(session, DateOnly.MinValue, DateOnly.MaxValue).ToLookup(record => record.Purpose);
        json.WriteStartArray("purposes");
        foreach (PurposeEntry purpose in session.Purposes.All)
        {
            json.WriteStartObject();
            PublicRules.WritePurpose(json, session, purpose);
            json.WriteNumber("consents", living.Where(l => l.Key >> 16 == purpose.Number).Sum(l => l.Value));
            WriteRecords(json, [.. records[purpose.Current.Id]]);
            json.WriteStartArray("calibrations");
            foreach (ThresholdCalibration calibration in purpose.Newest.Calibrations)
                WriteCalibration(json, calibration);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>P10: what was done for a purpose, over all days that are kept.</summary>
    private static void WriteRecords(Utf8JsonWriter json, ProcessingRecord[] days)
    {
        if (days.Length == 0)
            return;
        json.WriteStartObject("records");
        json.WriteString("from", Day(days.Min(day => day.Day)));
        json.WriteString("to", Day(days.Max(day => day.Day)));
        json.WriteNumber("enrolments", days.Sum(day => day.Enrolments));
        json.WriteNumber("verifications", days.Sum(day => day.Verifications));
        json.WriteNumber("searches", days.Sum(day => day.Searches));
        json.WriteNumber("analyses", days.Sum(day => day.Analyses));
        json.WriteNumber("stopped", days.Sum(day => day.Withdrawals + day.Erasures + day.Expiries + day.Retirements));
        json.WriteNumber("refused", days.Sum(day => day.Refusals.Values.Sum()));
        if (days.Any(day => day.IsIncomplete))
            json.WriteBoolean("incomplete", true);
        json.WriteEndObject();
    }

    private static void WriteCalibration(Utf8JsonWriter json, ThresholdCalibration calibration)
    {
        json.WriteStartObject();
        json.WriteString("model", calibration.Model.Name);
        json.WriteString("kind", Purpose.KindName(calibration.Kind));
        json.WriteNumber("threshold", calibration.Threshold);
        json.WriteNumber("largestGallery", calibration.LargestGallery);
        WriteRate(json, "falsePositives", calibration.FalsePositives);
        WriteRate(json, "falseNegatives", calibration.FalseNegatives);
        json.WriteString("measured", UtcSeconds.Write(calibration.MeasuredAt));
        json.WriteEndObject();
    }

    private static void WriteRate(Utf8JsonWriter json, string name, ErrorRate rate)
    {
        json.WriteStartObject(name);
        json.WriteNumber("errors", rate.Errors);
        json.WriteNumber("trials", rate.Trials);
        json.WriteNumber("persons", rate.Persons);
        json.WriteNumber("lower", rate.Lower);
        json.WriteNumber("upper", rate.Upper);
        json.WriteEndObject();
    }
}
