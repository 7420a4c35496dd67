using System.Text;
using FaceVault.Cli;
using FaceVault.Cli.Demo;
using FaceVault.Cli.Input;

namespace FaceVault.Tests.Cli;

public sealed class ConsentInputTests : IDisposable
{
    private const string Header = "identity,consent,subject,given,expires,noticeSha256,form,ageBand,interaction,evidenceSha256";

    private static readonly string Hash = new('a', 64);

    private static readonly Purpose Door = Purpose.FromJson(Encoding.UTF8.GetBytes(Purpose.Template));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Dictionary<string, ConsentGrant> Read(string text) => ConsentTable.Read(_folder.Write("consents.csv", text), Door);

    [Fact]
    public void A_row_of_the_consents_table_is_a_grant()
    {
        ConsentGrant grant = Read($"{Header},guardian\np-1,c-1,s-1,2026-01-02T03:04:05Z,2027-01-02T03:04:05Z,{Hash},written,child,i-1,{Hash},g-1\n")["p-1"];

        var expected = new ConsentGrant
        {
            Id = new("c-1"),
            Subject = new("s-1"),
            Purpose = new("door"),
            GivenAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            ExpiresAt = new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Notice = new Notice { Language = "en", Sha256 = Hash },
            NoticeShownAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Form = "written",
            AgeBand = "child",
            Guardian = new SubjectId("g-1"),
            InteractionId = "i-1",
            EvidenceSha256 = Hash,
        };
        Assert.Equal(expected, grant);
    }

    [Fact]
    public void A_table_may_say_when_an_age_band_ends()
    {
        ConsentGrant grant = Read($"{Header},ageBandEnds,guardian\np-1,c-1,s-1,2026-01-02T03:04:05Z,2027-01-02T03:04:05Z,{Hash},written,child,i-1,{Hash},2030-06-01,g-1\n")["p-1"];
        Assert.Equal((new DateOnly(2030, 6, 1), new SubjectId("g-1")), (grant.AgeBandEnds, grant.Guardian));
    }

    [Fact]
    public void An_empty_field_is_a_missing_member_that_the_vault_will_refuse_with_its_rule()
    {
        ConsentGrant grant = Read($"{Header}\np-1,,,,,,,,,\n")["p-1"];

        Assert.Equal(new ConsentGrant { Purpose = new("door") }, grant);
    }

    [Theory]
    [InlineData("p-1,c-1,s-1,yesterday,2027-01-02T03:04:05Z,,written,adult,i-1,", "given")]
    [InlineData("p-1,c-1,s-1,2026-01-02T03:04:05Z,2027-01-02T03:04:05Z,XYZ,written,adult,i-1,", "sha256")]
    [InlineData(",c-1,s-1,,,,,,,", "identity is empty")]
    [InlineData("p-1,c-1,s-1,,,,,,,\np-1,c-2,s-1,,,,,,,", "earlier line")]
    [InlineData("p-1,c-1", "2 fields")]
    public void A_malformed_row_is_misuse_and_its_line_is_named(string rows, string reason)
    {
        CliException refusal = Assert.Throws<CliException>(() => Read($"{Header}\n{rows}\n"));

        Assert.Equal(("CsvMalformed", ExitCode.Misuse), (refusal.Code, refusal.ExitCode));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c-1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_synthetic_consent_belongs_to_an_adult_with_an_interaction_of_its_own_and_ends_with_the_retention()
    {
        var now = new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);

        ConsentGrant grant = SyntheticConsents.Grant("p-1", Door, now);

        Assert.Equal((new ConsentId("p-1@door"), new SubjectId("p-1"), new PurposeId("door")), (grant.Id, grant.Subject, grant.Purpose));
        Assert.Equal((now, new DateTimeOffset(2025, 2, 28, 12, 0, 0, TimeSpan.Zero)), (grant.GivenAt, grant.ExpiresAt));
        Assert.Equal((Door.Notice, now), (grant.Notice, grant.NoticeShownAt));
        Assert.Equal("adult", grant.AgeBand);
        Assert.NotEqual(grant.InteractionId, SyntheticConsents.Grant("p-2", Door, now).InteractionId);
    }

    [Fact]
    public void Ids_are_read_one_a_line_from_a_file_or_standard_input()
    {
        var terminal = new Terminal { In = new StringReader("@a\r\n\nb c\n@a\n"), Out = TextWriter.Null, Error = TextWriter.Null };

        Assert.Equal(["@a", "b c"], TextFile.ReadIds("-", terminal));
        Assert.Equal(["x"], TextFile.ReadIds(_folder.Write("ids", "\uFEFFx"), terminal));
        Assert.Equal("ListMalformed", Assert.Throws<CliException>(() => TextFile.ReadIds(_folder.Write("ids", "\n\n"), terminal)).Code);
        Assert.Equal("ListMalformed", Assert.Throws<CliException>(() => TextFile.ReadIds(_folder.Write("ids", [0xC3, 0x28]), terminal)).Code);
    }

    [Fact]
    public void Synthetic_faces_are_the_same_every_time_and_images_of_one_person_are_alike()
    {
        var faces = new SyntheticFaces(128, 7);

        Assert.Equal(faces.Image(3, 0), new SyntheticFaces(128, 7).Image(3, 0));
        Assert.True(Cosine(faces.Image(3, 0), faces.Image(3, 1)) > 0.55);
        Assert.True(Math.Abs(Cosine(faces.Image(3, 0), faces.Image(4, 0))) < 0.4);
        Assert.NotEqual(faces.Image(3, 0), new SyntheticFaces(128, 8).Image(3, 0));
    }

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
}
