using System.Text.Json;

namespace FaceVault.Cli.Output;

/// <summary>How a certificate is shown.</summary>
internal static class CertificateOutput
{
    public static void Write(Utf8JsonWriter json, DeletionCertificate certificate)
    {
        json.WriteString("vault", certificate.Vault);
        json.WriteString("trigger", Word(certificate.Trigger));
        json.WriteTime("made", certificate.MadeAt);
        json.WriteNumber("created", certificate.CreatedIndex);
        json.WriteNumber("removed", certificate.RemovedIndex);
        json.WriteNumber("completed", certificate.CompletedIndex);
        json.WriteStartObject("epoch");
        json.WriteNumber("from", certificate.EpochFrom);
        json.WriteNumber("to", certificate.EpochTo);
        json.WriteEndObject();
        json.WriteNumber("templates", certificate.TemplateCount);
        json.WriteNumber("galleries", certificate.Galleries);
        json.WriteBoolean("synthetic", certificate.Synthetic);
        json.WriteStartArray("locations");
        foreach (CertificateLocation location in certificate.Locations)
        {
            json.WriteStartObject();
            json.WriteString("type", Word(location.Type));
            json.WriteString("medium", location.Medium);
            json.WriteString("method", location.Method);
            json.WriteBoolean("confirmed", location.Confirmed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("limits", certificate.Limits);
    }

    public static void Write(TextWriter output, DeletionCertificate certificate)
    {
        output.WriteLine($"vault: {certificate.Vault}");
        output.WriteLine($"trigger: {Word(certificate.Trigger)}{(certificate.Synthetic ? " (synthetic consent, a trial)" : "")}");
        output.WriteLine($"made: {certificate.MadeAt.UtcDateTime:u}");
        output.WriteLine($"ledger entries: created {certificate.CreatedIndex}, removed {certificate.RemovedIndex}, completed {certificate.CompletedIndex}");
        output.WriteLine($"epoch: {certificate.EpochFrom} to {certificate.EpochTo}");
        output.WriteLine($"templates: {certificate.TemplateCount}");
        output.WriteLine($"galleries purged: {certificate.Galleries}");
        foreach (CertificateLocation location in certificate.Locations)
            output.WriteLine($"{Word(location.Type)}: {location.Medium}, {location.Method}, {(location.Confirmed ? "confirmed" : "NOT confirmed")}");
        output.WriteLine($"limits: {certificate.Limits}");
    }

    private static string Word(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
