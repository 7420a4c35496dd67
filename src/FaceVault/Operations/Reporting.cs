using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Ledger;
using static FaceVault.Operations.JsonMembers;

namespace FaceVault.Operations;

/// <summary>Puts a subject's report together, all of it as of one commit.</summary>
internal static class Reporting
{
    public static SubjectReport Make(VaultSession session, SubjectId subject)
    {
        DateTimeOffset made = UtcSeconds.Truncate(session.Now);
        var consents = new List<ConsentInfo>();
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteNumber("v", 1);
        json.WriteString("format", SubjectReport.Format);
        json.WriteString("vault", session.Origin);
        json.WriteString("made", UtcSeconds.Write(made));
        json.WriteString("subject", subject.DangerousValue());
        json.WriteStartArray("consents");
        using (ReadScope view = session.Engine.Read())
        {
            Span<byte> utf8 = stackalloc byte[256];
            foreach (uint slot in view.FindSubject(utf8[..subject.CopyUtf8To(utf8)]))
            {
                view.Tree.TryGet(slot, out KeyEntry entry);
                ConsentRecord record = Resolving.ReadRecord(view, slot, entry);
                ConsentInfo info = Reading.Describe(session, view, slot, entry, record);
                consents.Add(info);
                Write(json, info, record, session.Purposes.TryOfVersion(entry.PurposeVersion)?.Version.Registered);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return new SubjectReport(subject, made, consents, buffer.WrittenSpan.ToArray());
    }

    private static void Write(Utf8JsonWriter json, ConsentInfo info, ConsentRecord record, Purpose? purpose)
    {
        ConsentGrant grant = record.Grant;
        json.WriteStartObject();
        json.WriteString("consent", info.Consent.DangerousValue());
        json.WriteString("purpose", info.Purpose.Value);
        json.WriteNumber("version", info.Version);
        if (purpose is not null)
        {
            Optional(json, "kind", Purpose.KindName(purpose.Kind));
            Optional(json, "description", purpose.Description);
            Texts(json, "alternatives", purpose.Alternatives);
        }

        json.WriteString("status", JsonNamingPolicy.CamelCase.ConvertName(info.Status.ToString()));
        json.WriteBoolean("held", info.IsHeld);
        json.WriteString("given", UtcSeconds.Write(info.GivenAt));
        json.WriteString("expires", UtcSeconds.Write(info.ExpiresAt));
        json.WriteString("useEnds", UtcSeconds.Write(info.UseEndsAt));
        json.WriteNumber("templates", info.Templates);
        json.WriteStartObject("notice");
        json.WriteString("language", grant.Notice!.Language); // whole: the rules accepted it
        json.WriteString("sha256", grant.Notice.Sha256);
        json.WriteString("shown", UtcSeconds.Write(grant.NoticeShownAt));
        json.WriteEndObject();
        Optional(json, "form", grant.Form);
        Optional(json, "ageBand", grant.AgeBand);
        Optional(json, "ageBandEnds", DefinitionText.Day(grant.AgeBandEnds));
        Optional(json, "guardian", grant.Guardian?.DangerousValue());
        Optional(json, "interaction", grant.InteractionId);
        if (grant.ServiceConditional)
            json.WriteBoolean("serviceConditional", true);
        Optional(json, "necessityReference", grant.NecessityReference);
        Optional(json, "evidenceSha256", grant.EvidenceSha256);
        Texts(json, "recipients", grant.Recipients);
        Texts(json, "recipientsToNotify", info.RecipientsToNotify);
        json.WriteNumber("created", info.LedgerIndex);
        json.WriteStartArray("certificates");
        foreach (long index in info.Certificates)
            json.WriteNumberValue(index);
        json.WriteEndArray();
        json.WriteStartArray("events");
        foreach (ConsentEvent item in record.Events)
        {
            json.WriteStartObject();
            json.WriteString("kind", ConsentEvent.NameOf(item.Kind));
            json.WriteString("time", UtcSeconds.Write(item.Time));
            Optional(json, "trigger", item.Trigger);
            Optional(json, "recipient", item.Recipient);
            Optional(json, "reference", item.Reference);
            Optional(json, "role", item.Role);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
