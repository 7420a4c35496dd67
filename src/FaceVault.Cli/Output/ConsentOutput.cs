using System.Text.Json;

namespace FaceVault.Cli.Output;

/// <summary>How a consent is shown.</summary>
internal static class ConsentOutput
{
    public static void Write(Utf8JsonWriter json, ConsentInfo info)
    {
        json.WriteString("consent", info.Consent.DangerousValue());
        json.WriteString("subject", info.Subject.DangerousValue());
        json.WriteString("purpose", info.Purpose.Value);
        json.WriteNumber("version", info.Version);
        json.WriteString("status", Word(info.Status));
        json.WriteString("state", JsonNamingPolicy.CamelCase.ConvertName(info.State.ToString()));
        json.WriteBoolean("held", info.IsHeld);
        json.WriteTime("given", info.GivenAt);
        json.WriteTime("expires", info.ExpiresAt);
        json.WriteTime("useEnds", info.UseEndsAt);
        json.WriteNumber("templates", info.Templates);
        json.WriteNumber("created", info.LedgerIndex);
        json.WriteStartArray("certificates");
        foreach (long index in info.Certificates)
            json.WriteNumberValue(index);
        json.WriteEndArray();
    }

    public static void Write(TextWriter output, ConsentInfo info)
    {
        output.WriteLine($"consent: {info.Consent.DangerousValue()}");
        output.WriteLine($"subject: {info.Subject.DangerousValue()}");
        output.WriteLine($"purpose: {info.Purpose.Value} version {info.Version}");
        output.WriteLine($"status: {Word(info.Status)}{(info.IsHeld ? ", under a legal hold" : "")}");
        output.WriteLine($"given: {info.GivenAt.UtcDateTime:u}");
        output.WriteLine($"expires: {info.ExpiresAt.UtcDateTime:u}");
        output.WriteLine($"use ends: {info.UseEndsAt.UtcDateTime:u}");
        output.WriteLine($"templates: {info.Templates}");
    }

    private static string Word(ConsentStatus status) => JsonNamingPolicy.CamelCase.ConvertName(status.ToString());
}
