using System.Text;

namespace FaceVault.Tests.Consents;

public class ConsentReceiptTests
{
    [Fact]
    public void A_receipt_has_one_spelling_and_reads_back()
    {
        ConsentReceipt receipt = Receipt();
        string json = Encoding.UTF8.GetString(receipt.ToJson());
        Assert.Equal(
            """{"checkpoint":"door.example\n3\n","consent":"c-17","expires":"2027-11-21T08:00:00Z","format":"facevault-consent-receipt/v1","given":"2026-11-21T07:59:00Z","index":2,"purpose":"door","salt":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","subject":"emp-1042","useEnds":"2027-05-21T08:00:00Z","v":1,"vault":"door.example","version":1}""",
            json);
        Assert.Equal(receipt, ConsentReceipt.Parse(receipt.ToJson()));
        Assert.Equal(receipt, ConsentReceipt.Parse(Encoding.UTF8.GetBytes(json + "\r\n")));
        ConsentReceipt bare = receipt with { Checkpoint = null, Subject = new SubjectId("Zoë \"Q\" \\ 😀 \u2028") };
        Assert.Equal(bare, ConsentReceipt.Parse(bare.ToJson()));
        Assert.NotEqual(receipt, bare);
    }

    [Fact]
    public void No_byte_of_a_receipt_can_change_without_being_refused_or_read_as_another_receipt()
    {
        ConsentReceipt receipt = Receipt();
        byte[] json = receipt.ToJson();
        for (int i = 0; i < json.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. json];
                changed[i] ^= (byte)(1 << bit);
                try
                {
                    ConsentReceipt other = ConsentReceipt.Parse(changed);
                    Assert.NotEqual(receipt, other);
                    Assert.True(changed.AsSpan().Trim(" \t\r\n"u8).SequenceEqual(other.ToJson()));
                }
                catch (FormatException)
                {
                }
            }
        }
    }

    [Theory]
    [InlineData("\"v\":1", "\"v\":2")]
    [InlineData("receipt/v1", "receipt/v2")]
    [InlineData("\"index\":2", "\"index\":-1")]
    [InlineData("\"index\":2", "\"index\":2.0")]
    [InlineData("\"version\":1", "\"version\":0")]
    [InlineData("\"version\":1", "\"version\":1,\"x\":1")]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1")]
    [InlineData("BwcHBwc=", "BwcHBwd=")]
    [InlineData("\"salt\":\"Bwc", "\"salt\":\"")]
    [InlineData("c-17", "")]
    [InlineData(",\"given\":\"2026-11-21T07:59:00Z\"", "")]
    [InlineData("07:59:00Z", "07:59:00+00:00")]
    [InlineData("{\"checkpoint\"", "{ \"checkpoint\"")]
    [InlineData("\"subject\":\"emp-1042\"", "\"subject\":\"emp-\\u0031042\"")]
    [InlineData("\"subject\":\"emp-1042\"", "\"subject\":7")]
    public void What_is_not_a_receipt_in_its_one_spelling_is_refused_without_repeating_it(string from, string to)
    {
        string json = Encoding.UTF8.GetString(Receipt().ToJson());
        Assert.Contains(from, json, StringComparison.Ordinal);
        var refusal = Assert.Throws<FormatException>(() => ConsentReceipt.Parse(Encoding.UTF8.GetBytes(json.Replace(from, to, StringComparison.Ordinal))));
        Assert.DoesNotContain("1042", refusal.ToString(), StringComparison.Ordinal);
    }

    internal static ConsentReceipt Receipt() => new()
    {
        Vault = "door.example",
        Consent = new ConsentId("c-17"),
        Subject = new SubjectId("emp-1042"),
        Purpose = new PurposeId("door"),
        Version = 1,
        GivenAt = Examples.Now.AddMinutes(-1),
        ExpiresAt = Examples.Now.AddYears(1),
        UseEndsAt = Examples.Now.AddMonths(6),
        LedgerIndex = 2,
        Salt = Enumerable.Repeat((byte)7, 32).ToArray(),
        Checkpoint = "door.example\n3\n",
    };
}
