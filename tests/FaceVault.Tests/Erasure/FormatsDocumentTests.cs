using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceVault.Ledger;
using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Erasure;

/// <summary>docs/formats.md, its schema and its examples say what the library does; the examples are never made again, so a format cannot change unnoticed.</summary>
public sealed class FormatsDocumentTests
{
    private static readonly string Document = Repository.Read("docs/formats.md");

    private static byte[] Example => Encoding.UTF8.GetBytes(Repository.Read("docs/examples/deletion-certificate.json").TrimEnd('\n'));

    [Fact]
    public void The_example_certificate_holds_for_both_verifiers_and_for_its_receipt()
    {
        string key = Repository.Read("docs/examples/verifier-key.txt").TrimEnd('\n');
        ConsentReceipt receipt = ConsentReceipt.Parse(Encoding.UTF8.GetBytes(Repository.Read("docs/examples/consent-receipt.json")));
        Assert.Equal(CertificateFinding.Valid, DeletionCertificate.Check(Example, VerifierKey.Parse(key), receipt));
        Assert.Null(IndependentVerifier.Check(Example, key));
    }

    [Fact]
    public void The_example_checkpoint_is_the_certificate_s()
    {
        string note = DeletionCertificate.Parse(Example).Checkpoint.ToString();
        Assert.Contains("```text\n" + note + "```\n", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void The_statement_of_limits_stands_in_the_document_word_for_word()
    {
        DeletionCertificate certificate = DeletionCertificate.Parse(Example);
        string limits = certificate.Limits.Replace(certificate.Vault, "ORIGIN", StringComparison.Ordinal).Replace("2026-11-22T01:59:08Z", "TIME", StringComparison.Ordinal);
        Assert.Contains("> " + limits + "\n", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_trigger_cause_and_label_is_described()
    {
        IEnumerable<string> names =
        [
            .. Enum.GetValues<LedgerEntryKind>().Skip(1).Select(LedgerNames.Of),
            .. Enum.GetValues<DeletionTrigger>().Skip(1).Select(LedgerNames.Of),
            .. Enum.GetValues<KeyCause>().Skip(1).Select(LedgerNames.Of),
            .. Enum.GetValues<LocationType>().Skip(1).Select(LedgerNames.Of),
        ];
        Assert.All(names, name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));
        string source = Repository.Read("src/FaceVault/Cryptography/Labels.cs");
        IEnumerable<string> labels = Regex.Matches(source, "\"(facevault/[a-z]{4}[0-9]{2})\"u8").Select(match => match.Groups[1].Value);
        Assert.All(labels, label => Assert.Contains($"`{label}`", Document, StringComparison.Ordinal));
    }

    [Fact]
    public void The_schema_lists_exactly_the_members_of_a_certificate()
    {
        using var schema = JsonDocument.Parse(Repository.Read("docs/deletion-certificate.schema.json"));
        using var certificate = JsonDocument.Parse(Example);
        AssertSame(schema.RootElement, certificate.RootElement, "certificate");
    }

    private static void AssertSame(JsonElement schema, JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
                AssertSame(schema.GetProperty("items"), item, at + "[]");
        }
        if (value.ValueKind == JsonValueKind.String && schema.TryGetProperty("pattern", out JsonElement pattern))
            Assert.Matches(pattern.GetString()!, value.GetString()!);
        if (value.ValueKind == JsonValueKind.String && schema.TryGetProperty("enum", out JsonElement values))
            Assert.Contains(value.GetString(), values.EnumerateArray().Select(v => v.GetString()));
        if (value.ValueKind != JsonValueKind.Object)
            return;
        string[] members = [.. value.EnumerateObject().Select(member => member.Name)];
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean(), at);
        Assert.Equal(members, schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(members, schema.GetProperty("properties").EnumerateObject().Select(member => member.Name));
        foreach (JsonProperty member in value.EnumerateObject())
            AssertSame(schema.GetProperty("properties").GetProperty(member.Name), member.Value, at + "." + member.Name);
    }
}
