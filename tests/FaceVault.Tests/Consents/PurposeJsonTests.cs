using System.Text;
using System.Text.Json.Nodes;

namespace FaceVault.Tests.Consents;

[Trait("Rule", "P9")]
public class PurposeJsonTests
{
    [Fact]
    public void The_template_reads_as_a_complete_definition()
    {
        Purpose purpose = Examples.Purpose();
        Assert.Equal(new PurposeId("door"), purpose.Id);
        Assert.Equal(PurposeKind.Identification, purpose.Kind);
        Assert.Equal([new TemplateModel("mobilefacenet-512", 512, TemplateEncoding.Int8)], purpose.Models);
        Assert.Equal(CalendarPeriod.Parse("P1Y"), purpose.MaxRetention);
        Assert.Equal(CalendarPeriod.Parse("P3Y"), purpose.EvidenceRetention);
        Assert.Equal("en", purpose.Notice!.Language);
        Assert.Equal("baseline", purpose.Profile);
        Assert.Single(purpose.Alternatives);
        Assert.Empty(purpose.MissingMembers);
        Assert.Equal(purpose.Models[0], purpose.FindModel(null));
        Assert.Equal(purpose.Models[0], purpose.FindModel("mobilefacenet-512"));
        Assert.Null(purpose.FindModel("other"));
    }

    [Fact]
    public void The_canonical_form_is_sorted_compact_and_reads_back_the_same()
    {
        Purpose purpose = Examples.Purpose() with { Description = "a\n\"b\" \\ é 😀 \u2028 /" };
        string canonical = Encoding.UTF8.GetString(purpose.ToCanonicalJson());
        Assert.StartsWith("{\"alternatives\":[\"Badge reader beside the door\"],\"assessment\":\"Impact assessment DPIA-7\",\"description\":\"a\\n\\\"b\\\" \\\\ é 😀 \u2028 /\",\"evidenceRetention\":\"P3Y\",\"id\":\"door\",\"kind\":\"identification\",\"maxRetention\":\"P1Y\",\"models\":[{\"dimensions\":512,\"encoding\":\"int8\",\"name\":\"mobilefacenet-512\"}],\"necessity\":", canonical, StringComparison.Ordinal);
        Assert.EndsWith("\"profile\":\"baseline\"}", canonical, StringComparison.Ordinal);
        Assert.Equal(purpose, Purpose.FromJson(purpose.ToCanonicalJson()));
        Assert.NotEqual(purpose, purpose with { Profile = "cn" });
        Assert.NotEqual(purpose, purpose with { Models = [new TemplateModel("mobilefacenet-512", 512, TemplateEncoding.Float32)] });
    }

    [Fact]
    public void A_definition_reads_from_a_file_with_or_without_a_byte_order_mark()
    {
        string path = Path.Combine(Path.GetTempPath(), $"purpose-{Environment.ProcessId}-{Environment.TickCount64}.json");
        try
        {
            File.WriteAllText(path, Purpose.Template, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            Assert.Equal(Examples.Purpose(), Purpose.FromJson(path));
            File.WriteAllText(path, new string(' ', 70_000));
            Assert.Throws<FormatException>(() => Purpose.FromJson(path));
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Throws<FileNotFoundException>(() => Purpose.FromJson(path));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("kind")]
    [InlineData("description")]
    [InlineData("necessity")]
    [InlineData("models")]
    [InlineData("maxRetention")]
    [InlineData("evidenceRetention")]
    [InlineData("alternatives")]
    [InlineData("assessment")]
    [InlineData("notice")]
    [InlineData("profile")]
    public void A_missing_or_null_member_gives_an_incomplete_definition_for_the_rules_to_refuse(string member)
    {
        JsonObject json = JsonNode.Parse(Purpose.Template)!.AsObject();
        json.Remove(member);
        Purpose without = Purpose.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()));
        json[member] = null;
        Assert.Equal(without, Purpose.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString())));
        Assert.NotEqual(Examples.Purpose(), without);
    }

    [Theory]
    [InlineData("", "(line")]
    [InlineData("{", "(line")]
    [InlineData("[]", "must be an object")]
    [InlineData("{} {}", "JSON")]
    [InlineData("{'id':'door'}", "(line")]
    [InlineData("""{"id":"a","id":"b"}""", "id")]
    [InlineData("""{"notice":{"language":"en","language":"en"}}""", "language")]
    [InlineData("""{"threshold":0.4}""", "threshold")]
    [InlineData("""{"notice":{"url":"x"}}""", "notice.url")]
    [InlineData("""{"models":[{"name":"m","dim":5}]}""", "models[0].dim")]
    [InlineData("""{"id":5}""", "id")]
    [InlineData("""{"kind":["verification","identification"]}""", "kind")]
    [InlineData("""{"kind":"surveillance"}""", "kind")]
    [InlineData("""{"kind":"Verification"}""", "kind")]
    [InlineData("""{"models":{}}""", "models")]
    [InlineData("""{"models":["m"]}""", "models[0]")]
    [InlineData("""{"models":[{"name":"m","dimensions":512,"encoding":"int8"},{"name":"m","dimensions":5,"encoding":"int8"}]}""", "models")]
    [InlineData("""{"models":[{"name":"m","dimensions":"512","encoding":"int8"}]}""", "models[0].dimensions")]
    [InlineData("""{"models":[{"name":"m","dimensions":512.5,"encoding":"int8"}]}""", "models[0].dimensions")]
    [InlineData("""{"models":[{"name":"m","dimensions":0,"encoding":"int8"}]}""", "models[0].dimensions")]
    [InlineData("""{"models":[{"name":"m","dimensions":4097,"encoding":"int8"}]}""", "models[0].dimensions")]
    [InlineData("""{"models":[{"name":"m","dimensions":512,"encoding":"float16"}]}""", "models[0].encoding")]
    [InlineData("""{"models":[{"name":"a b","dimensions":512,"encoding":"int8"}]}""", "models[0].name")]
    [InlineData("""{"maxRetention":"3 years"}""", "maxRetention")]
    [InlineData("""{"maxRetention":3}""", "maxRetention")]
    [InlineData("""{"alternatives":"badge"}""", "alternatives")]
    [InlineData("""{"alternatives":[1]}""", "alternatives[0]")]
    [InlineData("""{"notice":"abc"}""", "notice")]
    [InlineData("""{"notice":{"language":"en","sha256":"ABC"}}""", "notice.sha256")]
    [InlineData("""{"profile":"Mars"}""", "profile")]
    [InlineData("{\"description\":\"a\\u0000b\"}", "description")]
    [InlineData("{\"description\":\"\\ud800\"}", "JSON")]
    public void Malformed_json_unknown_members_and_wrong_types_are_misuse_that_names_the_member(string json, string named)
    {
        var refusal = Assert.Throws<FormatException>(() => Purpose.FromJson(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Null(refusal.InnerException);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        Assert.Throws<FormatException>(() => Purpose.FromJson("{\"description\":\"\xff\"}"u8.ToArray().Select(b => b == 0xC3 ? (byte)0xFF : b).ToArray()));
        Assert.Throws<FormatException>(() => Purpose.FromJson([.. "{\""u8, 0xFF, .. "\":1}"u8]));
    }

    [Fact]
    public void Parts_of_a_model_that_are_missing_are_told_by_their_path()
    {
        Purpose purpose = Purpose.FromJson("""{"models":[{},{"name":"m","dimensions":2,"encoding":"int8"}]}"""u8);
        Assert.Equal(["models[0].name", "models[0].dimensions", "models[0].encoding"], purpose.MissingMembers);
        Assert.Single(purpose.Models);
        Assert.Empty((purpose with { Models = purpose.Models }).MissingMembers);
    }

    [Fact]
    public void What_could_never_be_right_is_refused_when_it_is_set_in_code()
    {
        Assert.Throws<ArgumentException>(() => new Purpose { Profile = "cn+cn" });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Purpose { Kind = (PurposeKind)7 });
        Assert.Throws<ArgumentException>(() => new Purpose { Models = [new("m", 1, TemplateEncoding.Int8), new("m", 2, TemplateEncoding.Int8)] });
        Assert.Throws<ArgumentException>(() => new Purpose { Alternatives = [null!] });
        Assert.Throws<ArgumentException>(() => new Notice { Sha256 = "abc" });
        Assert.Throws<ArgumentException>(() => new Notice { Language = "e n" });
        Assert.Throws<ArgumentException>(() => new TemplateModel("", 1, TemplateEncoding.Int8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TemplateModel("m", 0, TemplateEncoding.Int8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TemplateModel("m", 4097, TemplateEncoding.Int8));
        Assert.Throws<ArgumentException>(() => new TemplateModel("m", 1, TemplateEncoding.None));
    }
}
