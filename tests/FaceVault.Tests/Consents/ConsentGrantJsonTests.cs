using System.Text;
using System.Text.Json.Nodes;
using FaceVault.Consents;

namespace FaceVault.Tests.Consents;

public class ConsentGrantJsonTests
{
    [Fact]
    public void Every_member_of_the_command_table_is_read()
    {
        ConsentGrant grant = ConsentGrant.FromJson(Encoding.UTF8.GetBytes(Examples.GrantJson));
        Assert.Equal("c-17", grant.Id.DangerousValue());
        Assert.Equal("emp-1042", grant.Subject.DangerousValue());
        Assert.Equal("door", grant.Purpose.Value);
        Assert.Equal(Examples.Now, grant.GivenAt);
        Assert.Equal(Examples.Now.AddYears(1), grant.ExpiresAt);
        Assert.Equal("en", grant.Notice!.Language);
        Assert.EndsWith("1", grant.Notice.Sha256, StringComparison.Ordinal);
        Assert.Equal(Examples.Now.AddMinutes(-1), grant.NoticeShownAt);
        Assert.Equal(("written", "adult", "form 12"), (grant.Form, grant.AgeBand, grant.InteractionId));
        Assert.Equal(new SubjectId("emp-7"), grant.Guardian);
        Assert.EndsWith("2", grant.EvidenceSha256, StringComparison.Ordinal);
        Assert.Equal(["Lift Ltd"], grant.Recipients);
        Assert.Equal(grant, ConsentGrant.FromJson(Encoding.UTF8.GetBytes(Examples.GrantJson)));
        Assert.NotEqual(grant, grant with { Recipients = [] });
    }

    [Fact]
    public void How_a_consent_came_about_is_read_and_kept_in_its_record()
    {
        JsonObject json = JsonNode.Parse(Examples.GrantJson)!.AsObject();
        json["serviceConditional"] = true;
        json["necessityReference"] = "Security concept 4.2";
        json["ageBand"] = "child";
        json["ageBandEnds"] = "2030-02-28";
        ConsentGrant grant = ConsentGrant.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()));
        Assert.Equal((true, "Security concept 4.2", "child", new DateOnly(2030, 2, 28)), (grant.ServiceConditional, grant.NecessityReference, grant.AgeBand, grant.AgeBandEnds));
        foreach (ConsentGrant other in new[] { grant, grant with { AgeBand = null }, grant with { AgeBandEnds = null }, grant with { Guardian = null }, grant with { AgeBand = null, AgeBandEnds = null, Guardian = null } })
        {
            ConsentRecord record = new() { Grant = other, PurposeVersion = 65537, Salt = new byte[32], CreatedIndex = 1, UseEndsAt = other.ExpiresAt };
            Assert.Equal(other, ConsentRecord.Parse(record.ToJson(), 10_000).Grant);
            Assert.Equal(other == grant, other.Equals(grant));
        }

        foreach ((string member, JsonNode wrong) in new (string, JsonNode)[] { ("serviceConditional", "yes"), ("ageBandEnds", "2030-02-30"), ("ageBandEnds", "28.02.2030"), ("ageBandEnds", "2030-02-28T00:00:00Z"), ("necessityReference", 4) })
        {
            JsonObject spoilt = json.DeepClone().AsObject();
            spoilt[member] = wrong;
            Assert.Contains(member, Assert.Throws<FormatException>(() => ConsentGrant.FromJson(Encoding.UTF8.GetBytes(spoilt.ToJsonString()))).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("id")]
    [InlineData("subject")]
    [InlineData("purpose")]
    [InlineData("given")]
    [InlineData("expires")]
    [InlineData("notice")]
    [InlineData("form")]
    [InlineData("ageBand")]
    [InlineData("guardian")]
    [InlineData("interaction")]
    [InlineData("evidenceSha256")]
    [InlineData("recipients")]
    public void A_missing_or_null_member_is_left_to_the_rules(string member)
    {
        JsonObject json = JsonNode.Parse(Examples.GrantJson)!.AsObject();
        json.Remove(member);
        ConsentGrant without = ConsentGrant.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()));
        json[member] = null;
        Assert.Equal(without, ConsentGrant.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString())));
        Assert.NotEqual(ConsentGrant.FromJson(Encoding.UTF8.GetBytes(Examples.GrantJson)), without);
    }

    [Theory]
    [InlineData("""{"subject":"canary" "x"}""", "JSON")]
    [InlineData("""{"subject":canary}""", "JSON")]
    [InlineData("""{"birthDate":"canary"}""", "birthDate")]
    [InlineData("""{"subject":["canary"]}""", "subject")]
    [InlineData("""{"subject":"canary\n"}""", "subject")]
    [InlineData("""{"given":"21.11.2026 canary"}""", "given")]
    [InlineData("""{"given":"2026-11-21"}""", "given")]
    [InlineData("""{"given":"2026-11-21T08:00:00"}""", "given")]
    [InlineData("""{"given":"2026-02-30T08:00:00Z"}""", "given")]
    [InlineData("""{"given":1763712000}""", "given")]
    [InlineData("""{"expires":true}""", "expires")]
    [InlineData("""{"notice":{"language":"en","sha256":"canary","shown":"2026-11-21T08:00:00Z"}}""", "notice.sha256")]
    [InlineData("""{"notice":{"seen":1}}""", "notice.seen")]
    [InlineData("""{"recipients":"canary"}""", "recipients")]
    [InlineData("""{"recipients":["a",{"name":"canary"}]}""", "recipients[1]")]
    [InlineData("""{"evidenceSha256":"canary"}""", "evidenceSha256")]
    [InlineData("""{"guardian":{"name":"canary"}}""", "guardian")]
    public void Misuse_names_the_member_and_repeats_no_value(string json, string named)
    {
        var refusal = Assert.Throws<FormatException>(() => ConsentGrant.FromJson(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refusal.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void More_recipients_than_anybody_can_name_are_refused()
    {
        string[] many = [.. Enumerable.Range(0, 65).Select(i => $"r{i}")];
        Assert.Throws<ArgumentOutOfRangeException>(() => Examples.Grant() with { Recipients = many });
        string json = "{\"recipients\":[" + string.Join(",", many.Select(r => $"\"{r}\"")) + "]}";
        Assert.Throws<FormatException>(() => ConsentGrant.FromJson(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(64, (Examples.Grant() with { Recipients = many[1..] }).Recipients.Count);
    }

    [Fact]
    public void Times_drop_their_fractions_and_keep_their_offset()
    {
        ConsentGrant grant = Examples.Grant() with { GivenAt = new DateTimeOffset(2026, 11, 21, 8, 0, 0, 999, TimeSpan.FromHours(8)) };
        Assert.Equal(0, grant.GivenAt.Millisecond);
        Assert.Equal(TimeSpan.FromHours(8), grant.GivenAt.Offset);
    }
}
