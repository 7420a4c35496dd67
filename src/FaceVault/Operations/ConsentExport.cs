using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Ledger;
using static FaceVault.Operations.JsonMembers;

namespace FaceVault.Operations;

/// <summary>A consent record as JSON in the sections of ISO/IEC TS 27560: header, processing, parties, events. docs/consents.md describes every member.</summary>
/// <remarks>The salt is left out: it belongs to the subject's receipt. Templates and keys are no part of a record.</remarks>
internal static class ConsentExport
{
    private const string Format = "facevault-consent/v1";

    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>.</exception>
    public static byte[] Make(VaultSession session, ConsentId id)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        uint slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
        if (slot == 0 || !view.Tree.TryGet(slot, out KeyEntry entry))
            throw Error.NoSuchConsent();
        ConsentRecord record = Resolving.ReadRecord(view, slot, entry);
        ConsentInfo info = Reading.Describe(session, view, slot, entry, record);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteNumber("v", 1);
        WriteHeader(json, session, info);
        WriteProcessing(json, info, record.Grant, session.Purposes.TryOfVersion(entry.PurposeVersion)?.Version.Registered);
        WriteParties(json, session, record.Grant);
        WriteEvents(json, record);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What became of a consent: what its record says last, what is under way, and whether its time is over.</summary>
    public static ConsentState StateOf(VaultSession session, ReadScope view, uint slot, KeyEntry entry, ConsentRecord record) =>
        view.Crown.Work.TryGetValue(slot, out WorkItem work) && (work.IsStopped || !entry.IsLiving) ? StateOf((DeletionTrigger)work.Trigger)
        : record.State is ConsentEventKind.Stopped or ConsentEventKind.Removed ? StateOf(LedgerNames.TriggerOf(record.LastStep!.Trigger))
        : record.State == ConsentEventKind.Restricted || entry.IsKept ? ConsentState.Restricted
        : session.UseStops(entry) <= session.NowMinutes ? ConsentState.Expired
        : ConsentState.Given;

    private static ConsentState StateOf(DeletionTrigger trigger) => trigger switch
    {
        DeletionTrigger.Withdrawn => ConsentState.Withdrawn,
        DeletionTrigger.Expired => ConsentState.Expired,
        DeletionTrigger.Superseded => ConsentState.Superseded,
        _ => ConsentState.Invalidated,
    };

    /// <summary>The state that an event brought about; null where it changed none.</summary>
    private static ConsentState? StateOf(ConsentEvent item) => item.Kind switch
    {
        ConsentEventKind.Given => ConsentState.Given,
        ConsentEventKind.Restricted => ConsentState.Restricted,
        ConsentEventKind.Stopped or ConsentEventKind.Removed => StateOf(LedgerNames.TriggerOf(item.Trigger)),
        _ => null,
    };

    private static void WriteHeader(Utf8JsonWriter json, VaultSession session, ConsentInfo info)
    {
        json.WriteStartObject("header");
        json.WriteString("format", Format);
        json.WriteString("vault", session.Origin);
        json.WriteString("record", info.Consent.DangerousValue());
        json.WriteString("exported", UtcSeconds.Write(UtcSeconds.Truncate(session.Now)));
        json.WriteString("state", Word(info.State));
        json.WriteBoolean("held", info.IsHeld);
        json.WriteNumber("created", info.LedgerIndex);
        json.WriteStartArray("certificates");
        foreach (long index in info.Certificates)
            json.WriteNumberValue(index);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProcessing(Utf8JsonWriter json, ConsentInfo info, ConsentGrant grant, Purpose? purpose)
    {
        json.WriteStartObject("processing");
        json.WriteString("purpose", info.Purpose.Value);
        json.WriteNumber("version", info.Version);
        if (purpose is not null)
        {
            Optional(json, "kind", Purpose.KindName(purpose.Kind));
            Optional(json, "description", purpose.Description);
            Optional(json, "necessity", purpose.Necessity);
            Optional(json, "profile", purpose.Profile);
            Texts(json, "alternatives", purpose.Alternatives);
            json.WriteString("basis", purpose.Basis?.Kind ?? "consent"); // with the definition of a retired purpose it is not known any more
        }

        Texts(json, "data", ["faceTemplate"]);
        json.WriteStartObject("notice");
        json.WriteString("language", grant.Notice!.Language); // whole: the rules accepted it
        json.WriteString("sha256", grant.Notice.Sha256);
        json.WriteString("shown", UtcSeconds.Write(grant.NoticeShownAt));
        json.WriteEndObject();
        json.WriteString("given", UtcSeconds.Write(info.GivenAt));
        Optional(json, "form", grant.Form);
        Optional(json, "evidenceSha256", grant.EvidenceSha256);
        Optional(json, "interaction", grant.InteractionId);
        json.WriteBoolean("serviceConditional", grant.ServiceConditional);
        Optional(json, "necessityReference", grant.NecessityReference);
        json.WriteString("expires", UtcSeconds.Write(info.ExpiresAt));
        json.WriteString("useEnds", UtcSeconds.Write(info.UseEndsAt));
        Texts(json, "recipients", grant.Recipients);
        Texts(json, "recipientsToNotify", info.RecipientsToNotify);
        json.WriteEndObject();
    }

    private static void WriteParties(Utf8JsonWriter json, VaultSession session, ConsentGrant grant)
    {
        json.WriteStartArray("parties");
        json.WriteStartObject();
        json.WriteString("role", "controller");
        json.WriteString("vault", session.Origin);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("role", "subject");
        json.WriteString("id", grant.Subject.DangerousValue());
        Optional(json, "ageBand", grant.AgeBand);
        Optional(json, "ageBandEnds", DefinitionText.Day(grant.AgeBandEnds));
        json.WriteEndObject();
        if (grant.Guardian is { } guardian)
        {
            json.WriteStartObject();
            json.WriteString("role", "guardian");
            json.WriteString("id", guardian.DangerousValue());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEvents(Utf8JsonWriter json, ConsentRecord record)
    {
        json.WriteStartArray("events");
        foreach (ConsentEvent item in record.Events)
        {
            json.WriteStartObject();
            json.WriteString("kind", ConsentEvent.NameOf(item.Kind));
            if (StateOf(item) is { } state)
                json.WriteString("state", Word(state));
            json.WriteString("time", UtcSeconds.Write(item.Time));
            Optional(json, "trigger", item.Trigger);
            Optional(json, "recipient", item.Recipient);
            Optional(json, "reference", item.Reference);
            Optional(json, "role", item.Role);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Word(ConsentState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}
