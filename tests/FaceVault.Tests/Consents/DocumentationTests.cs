using System.Text;
using System.Text.RegularExpressions;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Templates;
using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Consents;

public partial class DocumentationTests
{
    private static readonly string Guide = Repository.Read("docs/consents.md");
    private static readonly string Formats = Repository.Read("docs/formats.md");

    [Fact]
    public void The_purpose_in_the_guide_is_the_template_and_passes_the_rules()
    {
        Purpose purpose = Purpose.FromJson(Encoding.UTF8.GetBytes(JsonBlocks(Guide)[0]));
        Assert.Equal(Examples.Purpose(), purpose);
        Assert.Equal(Purpose.Template.Trim(), JsonBlocks(Guide)[0].Trim());
        Assert.Empty(PurposeRules.Check(purpose));
    }

    [Fact]
    public void The_consent_in_the_guide_passes_the_rules()
    {
        ConsentGrant grant = ConsentGrant.FromJson(Encoding.UTF8.GetBytes(JsonBlocks(Guide)[1]));
        Assert.Empty(ConsentRules.CheckGrant(grant, new GrantContext(Examples.Purpose(), Examples.Now)));
    }

    [Fact]
    public void The_guide_explains_every_code() =>
        Assert.All(Enum.GetValues<ViolationCode>().Where(code => code != ViolationCode.None), code => Assert.Contains($"`{code}`", Guide, StringComparison.Ordinal));

    [Fact]
    public void The_receipt_and_the_record_of_the_format_description_read_back()
    {
        byte[] receipt = Encoding.UTF8.GetBytes(JsonBlocks(Formats).Single(block => block.Contains("consent-receipt/v1", StringComparison.Ordinal)));
        Assert.Equal(new SubjectId("emp-1042"), ConsentReceipt.Parse(receipt).Subject);
        byte[] record = Encoding.UTF8.GetBytes(JsonBlocks(Formats).Single(block => block.Contains("consent-record/v1", StringComparison.Ordinal)).Trim());
        Assert.Equal(ConsentEventKind.Removed, ConsentRecord.Parse(record, 4096).State);
    }

    [Fact]
    public void The_sealed_template_of_the_format_description_opens_to_its_encoded_bytes()
    {
        byte[] Bytes(int first, int count) => [.. Enumerable.Range(first, count).Select(i => (byte)i)];
        using var key = SecretKey.From(Bytes(0, 32));
        var model = new TemplateModel("arc-8", 8, TemplateEncoding.Int8);
        var context = new TemplateContext(Bytes(1, 16), 7, 3, Bytes(101, 16), (1 << 16) | 1, model);
        var associatedData = new byte[TemplateContext.MaxSize];
        Assert.Equal(Hex("bound to"), associatedData[..context.Write(associatedData)]);
        var encoded = new byte[12];
        Assert.True(TemplateCodec.TryOpen(new TemplateKey(key.DangerousBytes), context, Hex("sealed"), encoded));
        Assert.Equal(Hex("encoded"), encoded);
        TemplateCodec.Encode(model, [1, -2, 3, -4, 5, -6, 7, -8], encoded);
        Assert.Equal(Hex("encoded"), encoded);
    }

    private static byte[] Hex(string name) => Convert.FromHexString(Regex.Match(Formats, $"^{name} +(?<hex>[0-9a-f]+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture).Groups["hex"].Value);

    private static List<string> JsonBlocks(string text) => [.. JsonBlock().Matches(text).Select(match => match.Groups["json"].Value)];

    [GeneratedRegex("```json\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex JsonBlock();
}
