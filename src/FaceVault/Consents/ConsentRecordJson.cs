using FaceVault.Cryptography;

namespace FaceVault.Consents;

/// <content>Write and Parse twins.</content>
internal sealed partial record ConsentRecord
{
    private const string Document = "consent record";
    private const string Format = "facevault-consent-record/v1";

    public byte[] ToJson()
    {
        var json = new CanonicalJsonWriter(stackalloc byte[2048]);
        try
        {
            Write(ref json);
            return json.Written.ToArray();
        }
        finally
        {
            json.Dispose();
        }
    }

    public void Write(ref CanonicalJsonWriter json)
    {
        json.Raw("{\"certificates\":["u8);
        for (int i = 0; i < Certificates.Count; i++)
        {
            if (i != 0)
                json.Raw(","u8);
            json.Integer(Certificates[i]);
        }

        json.Raw("],\"events\":["u8);
        for (int i = 0; i < Events.Count; i++)
            Write(ref json, Events[i], i == 0);
        json.Raw("],\"header\":{\"consent\":"u8);
        json.Text(Grant.Id.DangerousValue());
        json.Raw(",\"created\":"u8);
        json.Integer(CreatedIndex);
        json.Raw(",\"format\":\"facevault-consent-record/v1\",\"salt\":"u8);
        json.Base64(Salt.Span);
        json.Raw("},\"party\":{"u8);
        json.OptionalText("\"ageBand\":"u8, Grant.AgeBand);
        bool isFirst = Grant.AgeBand is null;
        json.OptionalText(isFirst ? "\"ageBandEnds\":"u8 : ",\"ageBandEnds\":"u8, DefinitionText.Day(Grant.AgeBandEnds));
        isFirst &= Grant.AgeBandEnds is null;
        json.OptionalText(isFirst ? "\"guardian\":"u8 : ",\"guardian\":"u8, Grant.Guardian?.DangerousValue());
        json.Raw(isFirst && Grant.Guardian is null ? "\"recipients\":"u8 : ",\"recipients\":"u8);
        json.TextArray(Grant.Recipients);
        json.Raw(",\"subject\":"u8);
        json.Text(Grant.Subject.DangerousValue());
        json.Raw("},\"processing\":{"u8);
        WriteProcessing(ref json);
        json.Raw("}}"u8);
    }

    /// <summary>Reads what <see cref="Write(ref CanonicalJsonWriter)"/> wrote, and nothing else.</summary>
    /// <exception cref="FormatException">Not a consent record in its one spelling.</exception>
    public static ConsentRecord Parse(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        StrictJson json = StrictJson.Root(utf8, Document, ["certificates", "events", "header", "party", "processing"], maxBytes);
        StrictJson header = Section(json, "header", "consent", "created", "format", "salt");
        StrictJson party = Section(json, "party", "ageBand", "ageBandEnds", "guardian", "recipients", "subject");
        StrictJson processing = Section(json, "processing", "evidenceSha256", "expires", "form", "given", "interaction", "necessityReference", "notice", "purpose", "serviceConditional", "useEnds", "version");
        StrictJson notice = Section(processing, "notice", "language", "sha256", "shown");
        if (header.Text("format", IdText.MaxUtf8Bytes) != Format)
            throw header.Refuse("format", $"must be {Format}");
        try
        {
            var record = new ConsentRecord
            {
                Grant = new ConsentGrant
                {
                    Id = header.Parsed("consent", text => new ConsentId(text)),
                    Subject = party.Parsed("subject", text => new SubjectId(text)),
                    Purpose = processing.Parsed("purpose", text => new PurposeId(text)),
                    GivenAt = processing.Time("given"),
                    ExpiresAt = processing.Time("expires"),
                    Notice = new Notice
                    {
                        Language = notice.Parsed("language", DefinitionText.LanguageOf),
                        Sha256 = notice.Parsed("sha256", DefinitionText.Sha256Of),
                    },
                    NoticeShownAt = notice.Time("shown"),
                    Form = processing.Text("form", DefinitionText.MaxTokenBytes),
                    AgeBand = party.Text("ageBand", DefinitionText.MaxTokenBytes),
                    AgeBandEnds = party.Parsed<DateOnly?>("ageBandEnds", DefinitionText.DayOf),
                    Guardian = party.Parsed<SubjectId?>("guardian", text => new SubjectId(text)),
                    InteractionId = processing.Text("interaction", IdText.MaxUtf8Bytes),
                    ServiceConditional = processing.Boolean("serviceConditional") ?? false,
                    NecessityReference = processing.Text("necessityReference", IdText.MaxUtf8Bytes),
                    EvidenceSha256 = processing.Parsed("evidenceSha256", DefinitionText.Sha256Of),
                    Recipients = party.TextArray("recipients", IdText.MaxUtf8Bytes) ?? throw party.Refuse("recipients", "is missing"),
                },
                PurposeVersion = checked((uint)(processing.LongInteger("version") ?? 0)),
                UseEndsAt = processing.Time("useEnds"),
                Salt = header.Base64("salt", SaltSize),
                CreatedIndex = header.LongInteger("created") ?? -1,
            };
            foreach (StrictJson item in json.ObjectArray("events", "kind", "recipient", "reference", "role", "time", "trigger") ?? [])
            {
                record = record.Append(new ConsentEvent(
                    item.Parsed("kind", ConsentEvent.Parse), item.Time("time"), item.Text("trigger", DefinitionText.MaxTokenBytes), item.Text("reference", IdText.MaxUtf8Bytes), item.Text("role", DefinitionText.MaxTokenBytes), item.Text("recipient", IdText.MaxUtf8Bytes)));
            }

            foreach (long index in json.IntegerArray("certificates") ?? [])
                record = record.WithCertificate(index);
            return record.IsWritten(utf8) ? record : throw json.Refuse("format", "has another spelling");
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or InvalidOperationException)
        {
            throw json.Refuse("format", "lacks or misstates a member");
        }
    }

    private bool IsWritten(ReadOnlySpan<byte> utf8)
    {
        var json = new CanonicalJsonWriter(stackalloc byte[2048]);
        try
        {
            Write(ref json);
            return json.Written.SequenceEqual(utf8);
        }
        finally
        {
            json.Dispose();
        }
    }

    private static void Write(ref CanonicalJsonWriter json, ConsentEvent item, bool isFirst)
    {
        json.Raw(isFirst ? "{\"kind\":"u8 : ",{\"kind\":"u8);
        json.Text(ConsentEvent.NameOf(item.Kind));
        json.OptionalText(",\"recipient\":"u8, item.Recipient);
        json.OptionalText(",\"reference\":"u8, item.Reference);
        json.OptionalText(",\"role\":"u8, item.Role);
        json.Raw(",\"time\":"u8);
        json.Time(item.Time);
        json.OptionalText(",\"trigger\":"u8, item.Trigger);
        json.Raw("}"u8);
    }

    private static StrictJson Section(StrictJson json, string name, params ReadOnlySpan<string> allowed) => json.Object(name, allowed) ?? throw json.Refuse(name, "is missing");

    private void WriteProcessing(ref CanonicalJsonWriter json)
    {
        json.OptionalText("\"evidenceSha256\":"u8, Grant.EvidenceSha256);
        json.Raw(Grant.EvidenceSha256 is null ? "\"expires\":"u8 : ",\"expires\":"u8);
        json.Time(Grant.ExpiresAt);
        json.OptionalText(",\"form\":"u8, Grant.Form);
        json.Raw(",\"given\":"u8);
        json.Time(Grant.GivenAt);
        json.OptionalText(",\"interaction\":"u8, Grant.InteractionId);
        json.OptionalText(",\"necessityReference\":"u8, Grant.NecessityReference);
        json.Raw(",\"notice\":{\"language\":"u8);
        json.Text(Grant.Notice!.Language!);
        json.Raw(",\"sha256\":"u8);
        json.Text(Grant.Notice.Sha256!);
        json.Raw(",\"shown\":"u8);
        json.Time(Grant.NoticeShownAt);
        json.Raw("},\"purpose\":"u8);
        json.Text(Grant.Purpose.Value);
        if (Grant.ServiceConditional)
            json.Raw(",\"serviceConditional\":true"u8);
        json.Raw(",\"useEnds\":"u8);
        json.Time(UseEndsAt);
        json.Raw(",\"version\":"u8);
        json.Integer(PurposeVersion);
    }
}
