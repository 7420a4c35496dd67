using System.Text.Json.Serialization;
using FaceVault.Consents;

namespace FaceVault;

/// <summary>What a person agreed to: one subject, one purpose, one act. The vault keeps it sealed as evidence and hands out a <see cref="ConsentReceipt"/>.</summary>
/// <remarks>
/// May be incomplete until it is granted; granting refuses with every violation at once. What does not fit a member (too long, control characters, no hash) is an <see cref="ArgumentException"/> when it is set. Never printed, and refused by System.Text.Json: it names a person.
/// As JSON: <c>id</c>, <c>subject</c>, <c>purpose</c>, <c>given</c>, <c>expires</c> (RFC 3339), <c>notice</c> {<c>language</c>, <c>sha256</c>, <c>shown</c>}, and, where they apply,
/// <c>form</c>, <c>ageBand</c>, <c>ageBandEnds</c> (<c>2030-06-01</c>), <c>guardian</c>, <c>interaction</c>, <c>serviceConditional</c>, <c>necessityReference</c>, <c>evidenceSha256</c>, <c>recipients</c>.
/// </remarks>
[JsonConverter(typeof(RefusingJsonConverter<ConsentGrant>))]
public sealed record ConsentGrant
{
    private const string Document = "consent";

    /// <summary>The caller's id of this consent; refused as long as the vault has evidence of another one of that id.</summary>
    public ConsentId Id { get; init; }

    /// <summary>The person.</summary>
    public SubjectId Subject { get; init; }

    /// <summary>The purpose; its current version is what is consented to.</summary>
    public PurposeId Purpose { get; init; }

    /// <summary>When consent was given, in whole seconds (fractions are dropped); the default value when missing.</summary>
    public DateTimeOffset GivenAt { get; init => field = DefinitionText.WholeSeconds(value); }

    /// <summary>When it ends at the latest, in whole seconds (SPC 11: no unlimited grant); the default value when missing.</summary>
    public DateTimeOffset ExpiresAt { get; init => field = DefinitionText.WholeSeconds(value); }

    /// <summary>The notice that was shown before: the purpose's, in the language it was shown in.</summary>
    public Notice? Notice { get; init; }

    /// <summary>When the notice was shown, in whole seconds (fractions are dropped); the default value when missing. Not after <see cref="GivenAt"/>.</summary>
    public DateTimeOffset NoticeShownAt { get; init => field = DefinitionText.WholeSeconds(value); }

    /// <summary>How consent was given, from the weakest form to the strictest: <c>click</c>, <c>recorded</c>, <c>electronic</c> (signed), <c>written</c>; or a word of your own, at most 64 bytes, which is none of them to a profile that asks for a form (PIPL 29; BIPA 15(b)).</summary>
    public string? Form { get; init => field = DefinitionText.Line(value, nameof(Form), DefinitionText.MaxTokenBytes); }

    /// <summary>The age band, never a birth date: <c>adult</c> or <c>child</c>. Null and every other word, at most 64 bytes, mean unknown, which counts as a child where a profile protects children (PIPL 31; GDPR 8).</summary>
    public string? AgeBand { get; init => field = DefinitionText.Line(value, nameof(AgeBand), DefinitionText.MaxTokenBytes); }

    /// <summary>The first day on which the age band does not hold any more, at the latest the birthday on which the subject is no child of the profile any more, in the profile's time zone: use stops until the consent is renewed. An earlier day
    /// tells less about a birthday. Null where none is known; a <c>child</c> needs one.</summary>
    public DateOnly? AgeBandEnds { get; init; }

    /// <summary>Who consented in the subject's place, if anybody.</summary>
    public SubjectId? Guardian { get; init; }

    /// <summary>The act in which consent was given (a form's number, a session), at most 256 bytes. One act, one purpose (SPC 4(2)).</summary>
    public string? InteractionId { get; init => field = DefinitionText.Line(value, nameof(InteractionId)); }

    /// <summary>Whether a service, a right or a place is refused to whoever does not consent (SPC 4; PIPL 16); then <see cref="NecessityReference"/> says why the service cannot be had without it. False by default.</summary>
    public bool ServiceConditional { get; init; }

    /// <summary>Where it is written down that the service needs the face, at most 256 bytes; null where no service depends on this consent.</summary>
    public string? NecessityReference { get; init => field = DefinitionText.Line(value, nameof(NecessityReference)); }

    /// <summary>SHA-256 of the evidence kept elsewhere (a scan, a signed form), 64 lowercase hexadecimal digits.</summary>
    public string? EvidenceSha256 { get; init => field = DefinitionText.Sha256(value, nameof(EvidenceSha256)); }

    /// <summary>Whom templates may be passed on to, one by one (PIPL 23); at most 64 names of at most 256 bytes. Empty means nobody.</summary>
    /// <exception cref="ArgumentException">More than 64 names, or one that is null, too long or not printable.</exception>
    public IReadOnlyList<string> Recipients { get; init => field = CopyRecipients(value); } = [];

    /// <summary>Reads a grant from a file of at most 64 KiB of UTF-8 JSON. It may be incomplete: granting it says what is missing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">Malformed JSON, an unknown or repeated member, or a wrong type; the message names the member and repeats no value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ConsentGrant FromJson(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromJson(StrictJson.ReadFile(path, Document));
    }

    /// <summary>Reads a grant from UTF-8 JSON, as <see cref="FromJson(string)"/>.</summary>
    /// <param name="utf8">At most 64 KiB.</param>
    /// <exception cref="FormatException">Malformed JSON, an unknown or repeated member, or a wrong type; the message names the member and repeats no value.</exception>
    public static ConsentGrant FromJson(ReadOnlySpan<byte> utf8)
    {
        StrictJson json = StrictJson.Root(utf8, Document,
            ["id", "subject", "purpose", "given", "expires", "notice", "form", "ageBand", "ageBandEnds", "guardian", "interaction", "serviceConditional", "necessityReference", "evidenceSha256", "recipients"]);
        StrictJson? notice = json.Object("notice", "language", "sha256", "shown");
        string[] recipients = json.TextArray("recipients", IdText.MaxUtf8Bytes) ?? [];
        if (recipients.Length > MaxRecipients)
            throw json.Refuse("recipients", $"must be at most {MaxRecipients}");
        return new ConsentGrant
        {
            Id = json.Parsed("id", text => new ConsentId(text)),
            Subject = json.Parsed("subject", text => new SubjectId(text)),
            Purpose = json.Parsed("purpose", text => new PurposeId(text)),
            GivenAt = json.Time("given"),
            ExpiresAt = json.Time("expires"),
            Notice = notice is null ? null : new Notice
            {
                Language = notice.Value.Parsed("language", DefinitionText.LanguageOf),
                Sha256 = notice.Value.Parsed("sha256", DefinitionText.Sha256Of),
            },
            NoticeShownAt = notice?.Time("shown") ?? default,
            Form = json.NonEmptyText("form", DefinitionText.MaxTokenBytes),
            AgeBand = json.NonEmptyText("ageBand", DefinitionText.MaxTokenBytes),
            AgeBandEnds = json.Parsed<DateOnly?>("ageBandEnds", DefinitionText.DayOf),
            Guardian = json.Parsed<SubjectId?>("guardian", text => new SubjectId(text)),
            InteractionId = json.NonEmptyText("interaction", IdText.MaxUtf8Bytes),
            ServiceConditional = json.Boolean("serviceConditional") ?? false,
            NecessityReference = json.NonEmptyText("necessityReference", IdText.MaxUtf8Bytes),
            EvidenceSha256 = json.Parsed("evidenceSha256", DefinitionText.Sha256Of),
            Recipients = recipients,
        };
    }

    /// <summary>The same members with the same values; times are equal when the moment is.</summary>
    public bool Equals(ConsentGrant? other) => other is not null && Id == other.Id && Subject == other.Subject && Purpose == other.Purpose
        && GivenAt == other.GivenAt && ExpiresAt == other.ExpiresAt && Equals(Notice, other.Notice) && NoticeShownAt == other.NoticeShownAt && Form == other.Form && AgeBand == other.AgeBand
        && AgeBandEnds == other.AgeBandEnds && Guardian == other.Guardian && InteractionId == other.InteractionId && ServiceConditional == other.ServiceConditional && NecessityReference == other.NecessityReference
        && EvidenceSha256 == other.EvidenceSha256 && Recipients.SequenceEqual(other.Recipients);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Subject, Purpose, GivenAt, ExpiresAt);

    /// <summary>The type's name, never a value.</summary>
    public override string ToString() => nameof(ConsentGrant);

    /// <summary>The most recipients of one consent.</summary>
    internal const int MaxRecipients = 64;

    private static string[] CopyRecipients(IReadOnlyList<string> recipients)
    {
        ArgumentNullException.ThrowIfNull(recipients, nameof(Recipients));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recipients.Count, MaxRecipients, nameof(Recipients));
        return recipients.Count == 0 ? [] : [.. recipients.Select(name => DefinitionText.Line(name, nameof(Recipients)) ?? throw Error.NullInList(nameof(Recipients)))];
    }
}
