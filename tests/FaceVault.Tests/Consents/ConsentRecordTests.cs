using System.Text;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Consents;

[Trait("Claim", "E2")]
public sealed class ConsentRecordTests : IDisposable
{
    private static readonly byte[] VaultId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    private readonly SecretKey key = SecretKey.Random();

    public void Dispose() => key.Dispose();

    [Fact]
    public void The_plaintext_is_the_documented_canonical_json()
    {
        ConsentRecord record = Full();
        Assert.Equal(
            """{"certificates":[41],"events":[{"kind":"given","time":"2026-11-21T07:59:00Z"},{"kind":"removed","reference":"order 7/2026","time":"2026-11-22T08:00:00Z","trigger":"erased"}],"header":{"consent":"c-17","created":12,"format":"facevault-consent-record/v1","salt":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="},"party":{"ageBand":"adult","guardian":"emp-7","recipients":["Lift Ltd"],"subject":"emp-1042"},"processing":{"evidenceSha256":"0000000000000000000000000000000000000000000000000000000000000002","expires":"2027-05-21T08:00:00Z","form":"written","given":"2026-11-21T07:59:00Z","interaction":"form 12","notice":{"language":"en","sha256":"a15574a7fb3bf6828948110c8d3eb854e8123f163419306dc5b52373ab47d056","shown":"2026-11-21T07:58:00Z"},"purpose":"door","useEnds":"2027-05-21T08:00:00Z","version":65538}}""",
            Encoding.UTF8.GetString(record.ToJson()));
        Assert.Equal(record, ConsentRecord.Parse(record.ToJson(), 10_000));
        Assert.StartsWith("""{"certificates":[],"events":[{"kind":"given","time":"2026-11-21T07:59:00Z"}],"header":""", Encoding.UTF8.GetString(Bare().ToJson()), StringComparison.Ordinal);
        Assert.Contains("""},"party":{"recipients":[],"subject":"emp-1042"},"processing":{"expires":""", Encoding.UTF8.GetString(Bare().ToJson()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sealed_record_opens_as_it_was_and_its_length_tells_only_steps()
    {
        foreach (ConsentRecord record in new[] { Bare(), Full() })
        {
            byte[] blob = Seal(record);
            Assert.Equal(0, (blob.Length - Aead.Overhead) % 256);
            Assert.Equal((record.ToJson().Length + 255) / 256 * 256, blob.Length - Aead.Overhead);
            ConsentRecord opened = SealedConsentRecord.Open(new EvidenceKey(key.DangerousBytes), VaultId, 9, 3, blob);
            Assert.Equal(record, opened);
            Assert.Equal(record.Grant, opened.Grant);
            Assert.NotEqual(blob, Seal(record));
        }
    }

    [Fact]
    public void Any_record_of_any_text_reads_back_the_same()
    {
        Gen<string> text = Gen.OneOf(Gen.Elements("a", "\"", "\\", "é", "漢", "😀", " ", "\u2028", "/", "<"), Gen.Choose(0x20, 0x7e).Select(c => ((char)c).ToString()))
            .NonEmptyListOf().Select(parts => string.Concat(parts.Take(40)));
        Gen<string?> optional = Gen.Frequency<string?>((3, text.Select(found => (string?)found)), (1, Gen.Constant<string?>(null)));
        Prop.ForAll(text.ToArbitrary(), optional.ToArbitrary(), text.ListOf().ToArbitrary(), (id, other, recipients) =>
        {
            string? word = other is { Length: < 16 } ? other : null;
            ConsentRecord record = Bare() with
            {
                Grant = Examples.Grant() with
                {
                    Id = new ConsentId(id),
                    Subject = new SubjectId(id + "s"),
                    InteractionId = other,
                    Form = word,
                    AgeBand = word,
                    Guardian = other is null ? null : new SubjectId(other),
                    Recipients = [.. recipients.Take(64)],
                },
            };
            byte[] blob = Seal(record.Append(new ConsentEvent(ConsentEventKind.Rekeyed, Examples.Now, "replaced", other)));
            Assert.Equal((record.Grant.Subject, record.Grant.Id), SealedConsentRecord.OpenNames(new EvidenceKey(key.DangerousBytes), VaultId, 9, 3, blob));
            return SealedConsentRecord.Open(new EvidenceKey(key.DangerousBytes), VaultId, 9, 3, blob).Grant.Equals(record.Grant);
        }).Check(Deep.Config(200));
    }

    [Fact]
    public void A_record_opens_only_in_its_place_under_its_key_and_whole()
    {
        byte[] blob = Seal(Full());
        using SecretKey other = SecretKey.Random();
        Assert.False(SealedConsentRecord.TryOpen(new EvidenceKey(other.DangerousBytes), VaultId, 9, 3, blob, out ConsentRecord? none));
        Assert.Null(none);
        Assert.False(TryOpen([.. VaultId.Reverse()], 9, blob));
        Assert.False(TryOpen(VaultId, 10, blob));
        Assert.False(TryOpen(VaultId, 9, blob, version: 2));
        Assert.False(TryOpen(VaultId, 9, blob, version: 4));
        Assert.False(TryOpen(VaultId, 9, blob[..^256]));
        Assert.False(TryOpen(VaultId, 9, [.. blob, .. new byte[256]]));
        Assert.False(TryOpen(VaultId, 9, []));
        Assert.False(TryOpen(VaultId, 9, new byte[Aead.Overhead]));
        for (int i = 0; i < blob.Length; i++)
        {
            blob[i] ^= 0x10;
            Assert.False(TryOpen(VaultId, 9, blob));
            blob[i] ^= 0x10;
        }

        Assert.True(TryOpen(VaultId, 9, blob));
    }

    [Fact]
    public void Opening_a_damaged_record_says_which_remedy_helps()
    {
        byte[] blob = Seal(Full());
        blob[^1] ^= 1;
        var failure = Assert.Throws<VaultException>(() => SealedConsentRecord.Open(new EvidenceKey(key.DangerousBytes), VaultId, 9, 3, blob));
        Assert.Equal(VaultErrorCode.IntegrityViolated, failure.Code);
        Assert.Contains("mirror", failure.Message, StringComparison.Ordinal);
        Assert.Equal(failure.Message, Assert.Throws<VaultException>(() => SealedConsentRecord.OpenNames(new EvidenceKey(key.DangerousBytes), VaultId, 9, 3, blob)).Message);
    }

    [Fact]
    public void What_names_nobody_is_refused_when_it_is_read_for_its_names_alone()
    {
        string json = Encoding.UTF8.GetString(Full().ToJson());
        Assert.Equal((new SubjectId("emp-1042"), new ConsentId("c-17")), ConsentRecord.ParseNames(Encoding.UTF8.GetBytes(json)));
        foreach (string other in new[]
        {
            "", "{", "[]", "{}", "7", json[..200], json[..^500], json.Replace("\"consent\":\"c-17\"", "\"consent\":17", StringComparison.Ordinal), json.Replace("\"c-17\"", "\"\"", StringComparison.Ordinal),
            json.Replace("\"c-17\"", "null", StringComparison.Ordinal), json.Replace("\"subject\":", "\"object\":", StringComparison.Ordinal), json.Replace("\"party\":", "\"part\":", StringComparison.Ordinal),
            json.Replace("emp-1042", "\\ud800", StringComparison.Ordinal), json.Replace("emp-1042", "\\u0007", StringComparison.Ordinal), json.Replace("emp-1042", new string('x', 257), StringComparison.Ordinal),
        })
            Assert.Throws<FormatException>(() => ConsentRecord.ParseNames(Encoding.UTF8.GetBytes(other)));
    }

    [Fact]
    public void What_is_sealed_well_but_is_no_record_in_its_one_spelling_does_not_open()
    {
        string json = Encoding.UTF8.GetString(Full().ToJson());
        Assert.True(TryOpenText(json));
        Assert.False(TryOpenText(json.Replace("{\"certificates\"", "{ \"certificates\"", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace("\"created\":12", "\"created\":12,\"more\":1", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace("\"created\":12", "\"created\":-1", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace("record/v1", "record/v2", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace(",\"recipients\":[\"Lift Ltd\"]", "", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace("\"version\":65538", "\"version\":4294967296", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace("\"version\":65538", "\"version\":-1", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace("\"kind\":\"given\"", "\"kind\":\"removed\"", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace("\"notice\":{\"language\":\"en\",", "\"notice\":{", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json.Replace("c-17", "", StringComparison.Ordinal)));
        Assert.False(TryOpenText(json, extraSteps: 1));
        Assert.False(TryOpenText(new string(' ', 256)));
        Assert.False(TryOpenText("[]"));
    }

    [Fact]
    public void Events_are_appended_in_order_and_never_go_back()
    {
        ConsentRecord record = Bare();
        Assert.Equal(ConsentEventKind.Given, record.State);
        ConsentRecord rekeyed = Append(Append(record, ConsentEventKind.Rekeyed), ConsentEventKind.Rekeyed);
        Assert.Equal(3, rekeyed.Events.Count);
        Assert.Single(record.Events);
        ConsentRecord restricted = Append(rekeyed, ConsentEventKind.Restricted);
        ConsentRecord removed = Append(Append(restricted, ConsentEventKind.Stopped), ConsentEventKind.Removed);
        foreach ((ConsentRecord from, ConsentEventKind to) in new[]
        {
            (record, ConsentEventKind.Given), (record, ConsentEventKind.None), (restricted, ConsentEventKind.Rekeyed), (restricted, ConsentEventKind.Restricted), (restricted, ConsentEventKind.Given),
            (removed, ConsentEventKind.Removed), (removed, ConsentEventKind.Stopped), (Empty(), ConsentEventKind.Removed),
        })
            Assert.Throws<ArgumentException>(() => Append(from, to));
        Assert.Equal([5L, 6L], record.WithCertificate(5).WithCertificate(6).Certificates);
        Assert.Equal("ConsentRecord ConsentEvent", $"{record} {record.Events[0]}");
    }

    [Fact]
    public void Holds_come_and_go_at_any_time_and_are_no_step_of_the_consent()
    {
        ConsentRecord held = Append(Bare(), ConsentEventKind.Held);
        Assert.Equal(ConsentEventKind.Given, held.State);
        ConsentRecord removed = Append(Append(Append(Append(held, ConsentEventKind.Restricted), ConsentEventKind.Released), ConsentEventKind.Removed), ConsentEventKind.Held);
        Assert.Equal((ConsentEventKind.Removed, 6), (removed.State, removed.Events.Count));
        Assert.Throws<ArgumentException>(() => Append(removed, ConsentEventKind.Restricted));
        Assert.Throws<ArgumentException>(() => Append(Empty(), ConsentEventKind.Held));
        Assert.Equal(removed, ConsentRecord.Parse(removed.ToJson(), 1 << 16));
    }

    [Fact]
    public void A_record_too_large_to_keep_is_refused()
    {
        ConsentRecord record = Bare();
        for (int i = 0; i < 2_600; i++)
            record = record.Append(new ConsentEvent(ConsentEventKind.Rekeyed, Examples.Now, "replaced", new string('"', 200)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Seal(record));
    }

    private static ConsentRecord Append(ConsentRecord record, ConsentEventKind kind) => record.Append(new ConsentEvent(kind, Examples.Now, "withdrawn"));

    private static ConsentRecord Empty() => new()
    {
        Grant = Examples.Grant(),
        PurposeVersion = (1 << 16) | 2,
        UseEndsAt = Examples.Now.AddMonths(6),
        Salt = Enumerable.Repeat((byte)7, 32).ToArray(),
        CreatedIndex = 12,
    };

    private static ConsentRecord Bare() => Empty().Append(new ConsentEvent(ConsentEventKind.Given, Examples.Now.AddMinutes(-1)));

    private static ConsentRecord Full() => (Bare() with
    {
        Grant = Examples.Grant() with
        {
            Form = "written",
            AgeBand = "adult",
            Guardian = new SubjectId("emp-7"),
            InteractionId = "form 12",
            EvidenceSha256 = new string('0', 63) + "2",
            Recipients = ["Lift Ltd"],
        },
    }).Append(new ConsentEvent(ConsentEventKind.Removed, Examples.Now.AddDays(1), "erased", "order 7/2026")).WithCertificate(41);

    private byte[] Seal(ConsentRecord record) => SealedConsentRecord.Seal(new EvidenceKey(key.DangerousBytes), VaultId, 9, 3, record);

    private bool TryOpen(byte[] vaultId, uint slot, byte[] blob, ushort version = 3) => SealedConsentRecord.TryOpen(new EvidenceKey(key.DangerousBytes), vaultId, slot, version, blob, out _);

    private bool TryOpenText(string json, int extraSteps = 0)
    {
        byte[] text = Encoding.UTF8.GetBytes(json);
        int padded = (text.Length + 255) / 256 * 256 + 256 * extraSteps;
        byte[] plaintext = [.. text, .. Enumerable.Repeat((byte)' ', padded - text.Length)];
        byte[] blob = new byte[padded + Aead.Overhead];
        byte[] slot = [9, 0, 0, 0, 3, 0]; // and the version
        Aead.Seal(key.DangerousBytes, plaintext, [.. Labels.ConsentRecord, .. VaultId, .. slot], blob);
        return TryOpen(VaultId, 9, blob);
    }
}
