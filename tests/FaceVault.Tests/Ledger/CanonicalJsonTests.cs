using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Ledger;

public sealed class CanonicalJsonTests
{
    private static string Canonicalize(string json) => Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)));

    // github.com/cyberphone/json-canonicalization, testdata/input and testdata/output, the files that lie in our part of JSON (weird.json without its number is RFC 8785 §3.2.3).
    [Theory]
    [InlineData("{\n  \"peach\": \"This sorting order\",\n  \"péché\": \"is wrong according to French\",\n  \"pêche\": \"but canonicalization MUST\",\n  \"sin\":   \"ignore locale\"\n}", "{\"peach\":\"This sorting order\",\"péché\":\"is wrong according to French\",\"pêche\":\"but canonicalization MUST\",\"sin\":\"ignore locale\"}")]
    [InlineData("{\n  \"1\": {\"f\": {\"f\": \"hi\",\"F\": 5} ,\"\\n\": 56},\n  \"10\": { },\n  \"\": \"empty\",\n  \"a\": { },\n  \"111\": [ {\"e\": \"yes\",\"E\": \"no\" } ],\n  \"A\": { }\n}", "{\"\":\"empty\",\"1\":{\"\\n\":56,\"f\":{\"F\":5,\"f\":\"hi\"}},\"10\":{},\"111\":[{\"E\":\"no\",\"e\":\"yes\"}],\"A\":{},\"a\":{}}")]
    [InlineData("{\"Unnormalized Unicode\":\"A\\u030a\"}", "{\"Unnormalized Unicode\":\"A\u030a\"}")]
    [InlineData("[56,{\"d\":true,\"10\":false,\"1\":[]}]", "[56,{\"1\":[],\"10\":false,\"d\":true}]")]
    [InlineData("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}", "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}")]
    [InlineData("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"", "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")]
    [InlineData("\"\\u0000\\u0008\\u0009\\u000b\\u000c\\u000d\\u001f\\u007f\\u2028</script>\"", "\"\\u0000\\b\\t\\u000b\\f\\r\\u001f\u007f\u2028</script>\"")]
    [InlineData(" -9007199254740991 ", "-9007199254740991")]
    public void Published_vectors_come_out_as_published(string input, string expected)
    {
        Assert.Equal(expected, Canonicalize(input));
        Assert.True(CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(expected)));
        Assert.Equal(input == expected, CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(input)));
    }

    /// <summary>The same project's testdata/input/weird.json and testdata/outhex/weird.txt, to the byte.</summary>
    [Fact]
    public void The_weird_file_of_the_published_suite_comes_out_as_its_bytes()
    {
        const string input = "{\n  \"\\u20ac\": \"Euro Sign\",\n  \"\\r\": \"Carriage Return\",\n  \"\\u000a\": \"Newline\",\n  \"1\": \"One\",\n  \"\\u0080\": \"Control\\u007f\",\n  \"\\ud83d\\ude02\": \"Smiley\",\n"
            + "  \"\\u00f6\": \"Latin Small Letter O With Diaeresis\",\n  \"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\",\n  \"</script>\": \"Browser Challenge\"\n}\n";
        const string expected = "7b225c6e223a224e65776c696e65222c225c72223a2243617272696167652052657475726e222c2231223a224f6e65222c223c2f7363726970743e223a2242726f77736572204368616c6c656e6765222c22c280223a22436f6e74726f6c7f22"
            + "2c22c3b6223a224c6174696e20536d616c6c204c6574746572204f205769746820446961657265736973222c22e282ac223a224575726f205369676e222c22f09f9882223a22536d696c6579222c22efacb3223a22486562726577204c65747465722044616c6574205769746820446167657368227d";
        Assert.Equal(expected, Convert.ToHexStringLower(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(input))));
    }

    /// <summary>The three files of that suite that hold <c>null</c> or a fraction (arrays, structures, values), and its numbers at the border.</summary>
    [Theory]
    [InlineData("[56,{\"d\":true,\"10\":null,\"1\":[]}]")]
    [InlineData("{\"1\":{\"f\":{\"f\":\"hi\",\"F\":5},\"\\n\":56.0}}")]
    [InlineData("{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]}")]
    [InlineData("{\"literals\":[null,true,false]}")]
    [InlineData("9007199254740994")]
    [InlineData("9007199254740996")]
    [InlineData("1e+21")]
    [InlineData("0.000001")]
    public void What_the_published_suite_has_beyond_our_part_of_JSON_is_refused(string input) => Assert.Throws<FormatException>(() => Canonicalize(input));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("1.0")]
    [InlineData("1e2")]
    [InlineData("-0")]
    [InlineData("01")]
    [InlineData("9007199254740992")]
    [InlineData("-9007199254740992")]
    [InlineData("99999999999999999999")]
    [InlineData("{\"a\":1,\"a\":1}")]
    [InlineData("{\"a\":1,\"\\u0061\":1}")]
    [InlineData("{\"a\":null}")]
    [InlineData("[1,]")]
    [InlineData("[1]//x")]
    [InlineData("[1] [1]")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("\uFEFF{}")]
    [InlineData("{'a':1}")]
    [InlineData("NaN")]
    public void What_is_outside_the_part_of_JSON_is_refused(string input) => Assert.Throws<FormatException>(() => Canonicalize(input));

    [Fact]
    public void Broken_UTF_8_and_deep_nesting_are_refused()
    {
        Assert.Throws<FormatException>(() => CanonicalJson.Canonicalize([(byte)'"', 0xC3, (byte)'"']));
        Assert.Throws<FormatException>(() => CanonicalJson.Canonicalize([(byte)'"', 0xED, 0xA0, 0x80, (byte)'"']));
        Assert.Equal(new string('[', 16) + new string(']', 16), Canonicalize(new string('[', 16) + new string(']', 16)));
        Assert.Throws<FormatException>(() => Canonicalize(new string('[', 17) + new string(']', 17)));
        Assert.Throws<FormatException>(() => CanonicalJson.Canonicalize(new byte[CanonicalJson.MaxLength + 1]));
    }

    [Fact]
    public void Any_string_has_one_form_that_is_read_back_as_itself()
    {
        Check.One(Deep.Config(500), Prop.ForAll<string>(value =>
        {
            string? text = value is null || !FaceVault.Ledger.NoteText.IsWellFormed(value) ? "x" : value;
            string json = System.Text.Json.JsonSerializer.Serialize(text);
            byte[] canonical = CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json));
            return CanonicalJson.IsCanonical(canonical) && System.Text.Json.JsonSerializer.Deserialize<string>(canonical) == text;
        }));
    }
}
