using System.Text.Json;

namespace FaceVault.Tests.Operations;

/// <summary>A person's report says everything that is kept about that person, and nothing of anybody else.</summary>
[Trait("Rule", "D7")]
public sealed class SubjectReportTests
{
    [Fact]
    public async Task A_report_holds_every_consent_of_the_person_with_its_purpose_and_history()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate"));
        await test.Vault.GrantConsentAsync(test.Grant("c-0", "ann"));
        await test.Vault.GrantConsentAsync(test.Grant("c-1", "ann", "gate") with { Recipients = ["The landlord"], EvidenceSha256 = new string('b', 64) });
        await test.Vault.GrantConsentAsync(test.Grant("c-2", "bob"));
        await test.Vault.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0));
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));

        SubjectReport report = await test.Vault.GetSubjectReportAsync(new SubjectId("ann"));
        JsonElement root = JsonDocument.Parse(report.ToJson()).RootElement;

        Assert.Equal((new SubjectId("ann"), test.Clock.Now), (report.Subject, report.MadeAt));
        Assert.Equal([ConsentStatus.Active, ConsentStatus.Destroyed], report.Consents.Select(c => c.Status));
        Assert.Equal((1, SubjectReport.Format, test.Vault.Origin, "ann"), (root.GetProperty("v").GetInt32(), Text(root, "format"), Text(root, "vault"), Text(root, "subject")));
        JsonElement[] consents = [.. root.GetProperty("consents").EnumerateArray()];
        Assert.Equal(["c-0", "c-1"], consents.Select(c => Text(c, "consent")));
        Assert.Equal(("door", "identification", 1, "active", 1), (Text(consents[0], "purpose"), Text(consents[0], "kind"), consents[0].GetProperty("version").GetInt32(), Text(consents[0], "status"), consents[0].GetProperty("templates").GetInt32()));
        Assert.Equal(["given"], Events(consents[0]));
        Assert.Equal(["given", "removed"], Events(consents[1]));
        Assert.Equal("The landlord", consents[1].GetProperty("recipients")[0].GetString());
        Assert.Equal(report.Consents[1].Certificates, consents[1].GetProperty("certificates").EnumerateArray().Select(i => i.GetInt64()));
        Assert.DoesNotContain("bob", System.Text.Encoding.UTF8.GetString(report.ToJson()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_kept_is_an_answer_and_nothing_prints_the_person()
    {
        await using TestVault test = await TestVault.InMemoryAsync();

        SubjectReport report = await test.Vault.GetSubjectReportAsync(new SubjectId("carol"));

        Assert.Empty(report.Consents);
        Assert.Equal(nameof(SubjectReport), report.ToString());
        Assert.ThrowsAny<Exception>(() => JsonSerializer.Serialize(report));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.GetSubjectReportAsync(default));
    }

    [Fact]
    public async Task What_was_kept_under_a_retired_purpose_is_reported_without_the_definition_that_is_gone()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.GrantConsentAsync(test.Grant("c-0", "ann"));
        await test.Vault.RetirePurposeAsync(new PurposeId(TestVault.Door));

        JsonElement consent = JsonDocument.Parse((await test.Vault.GetSubjectReportAsync(new SubjectId("ann"))).ToJson()).RootElement.GetProperty("consents")[0];

        Assert.Equal(("door", "destroyed"), (Text(consent, "purpose"), Text(consent, "status")));
        Assert.False(consent.TryGetProperty("description", out _));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static IEnumerable<string> Events(JsonElement consent) => consent.GetProperty("events").EnumerateArray().Select(e => Text(e, "kind"));
}
