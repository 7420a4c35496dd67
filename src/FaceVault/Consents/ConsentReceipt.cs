using System.Text.Json.Serialization;
using FaceVault.Consents;
using FaceVault.Cryptography;

namespace FaceVault;

/// <summary>What the subject gets when consenting: who, for what, until when, where it stands in the ledger, and the salt that later shows whose deletion a certificate is about.</summary>
/// <remarks>
/// It names a person: hand it to that person and keep no copy beside the vault. Never printed, and refused by System.Text.Json. One spelling only: canonical JSON (RFC 8785) in UTF-8,
/// <c>{"checkpoint":…,"consent":…,"expires":…,"format":"facevault-consent-receipt/v1","given":…,"index":…,"purpose":…,"salt":…,"subject":…,"useEnds":…,"v":1,"vault":…,"version":…}</c>;
/// <c>checkpoint</c> is left out when there is none. What does not fit a member is an <see cref="ArgumentException"/> when it is set.
/// </remarks>
[JsonConverter(typeof(RefusingJsonConverter<ConsentReceipt>))]
public sealed record ConsentReceipt
{
    /// <summary>The value of the member <c>format</c>.</summary>
    public const string Format = "facevault-consent-receipt/v1";

    private const string Document = "receipt";
    private const int SaltSize = 32;

    /// <summary>The vault's origin: the name under which its checkpoints are signed.</summary>
    public required string Vault { get; init => field = Required(DefinitionText.Line(value, nameof(Vault)), nameof(Vault)); }

    /// <summary>The caller's id of the consent.</summary>
    public required ConsentId Consent { get; init => field = ConsentId.Check(value, nameof(Consent)); }

    /// <summary>The person.</summary>
    public required SubjectId Subject { get; init => field = SubjectId.Check(value, nameof(Subject)); }

    /// <summary>What was consented to.</summary>
    public required PurposeId Purpose { get; init => field = PurposeId.Check(value, nameof(Purpose)); }

    /// <summary>The version of the purpose that was consented to, from 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public required int Version { get; init { ArgumentOutOfRangeException.ThrowIfLessThan(value, 1); field = value; } }

    /// <summary>When consent was given, in whole seconds.</summary>
    public required DateTimeOffset GivenAt { get; init => field = DefinitionText.WholeSeconds(value); }

    /// <summary>When the consent ends, in whole seconds.</summary>
    public required DateTimeOffset ExpiresAt { get; init => field = DefinitionText.WholeSeconds(value); }

    /// <summary>When use ends: the earlier of <see cref="ExpiresAt"/> and the purpose's longest retention, in whole seconds.</summary>
    public required DateTimeOffset UseEndsAt { get; init => field = DefinitionText.WholeSeconds(value); }

    /// <summary>The index of the ledger's entry <c>key-created</c>, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public required long LedgerIndex { get; init { ArgumentOutOfRangeException.ThrowIfNegative(value); field = value; } }

    /// <summary>32 random bytes that key the ledger's consent commitment. They stand here and in the sealed consent record, nowhere else.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 32 bytes.</exception>
    public required ReadOnlyMemory<byte> Salt { get; init => field = CheckSalt(value); }

    /// <summary>A signed checkpoint of the ledger that covers the entry (C2SP signed note), or null. Under it nothing can later be dropped unnoticed.</summary>
    public string? Checkpoint { get; init => field = DefinitionText.Prose(value, nameof(Checkpoint)); }

    /// <summary>Reads a receipt; spaces and line ends around it are ignored.</summary>
    /// <param name="utf8">At most 64 KiB.</param>
    /// <exception cref="FormatException">It is not a receipt in its one spelling; the message names the member and repeats no value.</exception>
    public static ConsentReceipt Parse(ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8.Trim(" \t\r\n"u8);
        StrictJson json = StrictJson.Root(utf8, Document,
            ["checkpoint", "consent", "expires", "format", "given", "index", "purpose", "salt", "subject", "useEnds", "v", "vault", "version"]);
        if (json.Text("format", IdText.MaxUtf8Bytes) != Format || json.Integer("v") != 1)
            throw json.Refuse("format", $"must be {Format} with v 1");
        ConsentReceipt receipt;
        try
        {
            receipt = new ConsentReceipt
            {
                Vault = json.NonEmptyText("vault", IdText.MaxUtf8Bytes)!,
                Consent = json.Parsed("consent", text => new ConsentId(text)),
                Subject = json.Parsed("subject", text => new SubjectId(text)),
                Purpose = json.Parsed("purpose", text => new PurposeId(text)),
                Version = json.Integer("version") ?? 0,
                GivenAt = json.Time("given"),
                ExpiresAt = json.Time("expires"),
                UseEndsAt = json.Time("useEnds"),
                LedgerIndex = json.LongInteger("index") ?? -1,
                Salt = json.Base64("salt", SaltSize),
                Checkpoint = json.Text("checkpoint", DefinitionText.MaxProseBytes, allowLines: true),
            };
        }
        catch (ArgumentException e)
        {
            throw Error.ReceiptMember(e.ParamName);
        }

        return receipt.ToJson().AsSpan().SequenceEqual(utf8) ? receipt : throw Error.ReceiptSpelling();
    }

    /// <summary>The receipt as canonical JSON in UTF-8, one line without a line end.</summary>
    public byte[] ToJson()
    {
        var json = new CanonicalJsonWriter(stackalloc byte[2048]);
        try
        {
            json.OptionalText("{\"checkpoint\":"u8, Checkpoint);
            json.Raw(Checkpoint is null ? "{\"consent\":"u8 : ",\"consent\":"u8);
            json.Text(Consent.DangerousValue());
            json.Raw(",\"expires\":"u8);
            json.Time(ExpiresAt);
            json.Raw(",\"format\":\"facevault-consent-receipt/v1\",\"given\":"u8);
            json.Time(GivenAt);
            json.Raw(",\"index\":"u8);
            json.Integer(LedgerIndex);
            json.Raw(",\"purpose\":"u8);
            json.Text(Purpose.Value);
            json.Raw(",\"salt\":"u8);
            json.Base64(Salt.Span);
            json.Raw(",\"subject\":"u8);
            json.Text(Subject.DangerousValue());
            json.Raw(",\"useEnds\":"u8);
            json.Time(UseEndsAt);
            json.Raw(",\"v\":1,\"vault\":"u8);
            json.Text(Vault);
            json.Raw(",\"version\":"u8);
            json.Integer(Version);
            json.Raw("}"u8);
            return json.Written.ToArray();
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>Whether both have the same JSON.</summary>
    public bool Equals(ConsentReceipt? other) => other is not null && (ReferenceEquals(this, other) || ToJson().AsSpan().SequenceEqual(other.ToJson()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Consent, LedgerIndex);

    /// <summary>The type's name, never a value.</summary>
    public override string ToString() => nameof(ConsentReceipt);

    private static string Required(string? value, string name) => string.IsNullOrEmpty(value) ? throw new ArgumentNullException(name) : value;

    private static ReadOnlyMemory<byte> CheckSalt(ReadOnlyMemory<byte> salt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltSize, nameof(Salt));
        return salt;
    }
}
