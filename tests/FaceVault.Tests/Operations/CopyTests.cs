using System.Text.Json;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>D7, P5, S1: a person gets the templates before they are destroyed, a recipient only if the consent names it, each copy is recorded first, and there are only so many a day.</summary>
[Trait("Rule", "P5")]
[Trait("Rule", "S1")]
[Trait("Rule", "D7")]
public sealed class CopyTests
{
    private static readonly ConsentId One = Scenario.Id("c-1");

    [Theory]
    [InlineData(PurposeKind.Verification)]
    [InlineData(PurposeKind.Identification)]
    [InlineData(PurposeKind.Analysis)]
    public async Task A_person_gets_every_template_as_its_model_made_it(PurposeKind kind)
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: kind);
        await test.EnrollAsync(3);
        await test.Vault.EnrollAsync(One, "synthetic8", TestVault.Face(8));
        List<(TemplateModel Model, float[] Values)> copied = [];

        Assert.Equal(2, await test.Vault.CopyTemplatesAsync(One, (model, values) => copied.Add((model, values.ToArray())), reference: "request 7", role: RequesterRole.Subject));

        Assert.Equal([("synthetic", TemplateEncoding.Float32), ("synthetic8", TemplateEncoding.Int8)], copied.Select(c => (c.Model.Name, c.Model.Encoding)));
        Assert.True(Cosine(copied[0].Values, TestVault.Face(1)) > 0.999999);
        Assert.True(Cosine(copied[1].Values, TestVault.Face(8)) > 0.999);
        Assert.Equal(["given", "copied request 7 subject"], await EventsAsync(test, "subject of c-1"));
        Assert.Equal(["""{"count":2,"kind":"templates-copied","time":"2026-11-21T12:00:00Z"}"""], await CopiesAsync(test));
        Assert.Empty((await test.Vault.GetConsentAsync(One))!.RecipientsToNotify);
        await test.ReopenAsync();
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task A_recipient_gets_a_copy_only_if_the_consent_names_it_and_is_kept_for_the_day_the_consent_ends()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.GrantConsentAsync(test.Grant("c-1") with { Recipients = ["Lift Ltd", "Gate Ltd"] });
        await test.Vault.EnrollAsync(One, null, TestVault.Face(1));

        Assert.Equal([ViolationCode.RecipientNotConsented], await RefusedAsync(test, One, "Landlord"));
        Assert.Equal([ViolationCode.RecipientNotConsented], await RefusedAsync(test, One, "lift ltd"));
        Assert.Equal(1, await CopyAsync(test, One, "Lift Ltd"));
        Assert.Equal(1, await CopyAsync(test, One, "Lift Ltd"));
        Assert.Equal(1, await CopyAsync(test, One, null));
        await test.Vault.WithdrawConsentAsync(One);
        Assert.Equal(["Lift Ltd"], (await test.Vault.GetConsentAsync(One))!.RecipientsToNotify);
        Assert.Equal([ViolationCode.ConsentWithdrawn, ViolationCode.RecipientNotConsented], await RefusedAsync(test, One, "Landlord")); // all reasons at once
        JsonElement consent = JsonDocument.Parse((await test.Vault.GetSubjectReportAsync(new SubjectId("subject of c-1"))).ToJson()).RootElement.GetProperty("consents")[0];
        Assert.Equal("Lift Ltd", Assert.Single(consent.GetProperty("recipientsToNotify").EnumerateArray()).GetString());
        Assert.Equal(["given", "copied Lift Ltd", "copied Lift Ltd", "copied", "removed"], await EventsAsync(test, "subject of c-1"));
    }

    [Fact]
    public async Task A_restricted_consent_is_copied_for_its_person_alone_and_an_ended_one_for_nobody()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.GrantConsentAsync(test.Grant("c-1") with { Recipients = ["Lift Ltd"] });
        await test.Vault.EnrollAsync(One, null, TestVault.Face(1));
        await test.EnrollAsync(1);
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Description = "Opening the door and the lift" });
        Assert.Equal([ViolationCode.PurposeVersionNotConsented], await RefusedAsync(test, One, "Lift Ltd"));
        Assert.Equal(1, await CopyAsync(test, One, null));
        await test.Vault.RestrictConsentAsync(One);
        Assert.Equal(1, await CopyAsync(test, One, null));
        Assert.Contains(ViolationCode.Restricted, await RefusedAsync(test, One, "Lift Ltd"));
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([One]));
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(One));
        Assert.Equal([ViolationCode.Restricted], await RefusedAsync(test, One, null)); // withdrawn, and kept by the hold alone
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        Assert.Equal([ViolationCode.RetentionExpired], await RefusedAsync(test, Scenario.Id("c-0"), null));
        Assert.Equal([ViolationCode.ConsentMissing], await RefusedAsync(test, Scenario.Id("nobody"), null));
    }

    [Fact]
    public async Task So_many_templates_are_copied_a_day_whoever_restarts_the_vault_or_sets_its_clock_back()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        test.MaxTemplateCopiesPerDay = 3;
        await test.ReopenAsync();
        await test.EnrollAsync(5);
        await test.Vault.EnrollAsync(One, null, TestVault.Face(8));
        Assert.Equal(2, await CopyAsync(test, One, null));
        Assert.Equal([ViolationCode.RateLimited], await RefusedAsync(test, One, null));
        Assert.Equal(1, await CopyAsync(test, Scenario.Id("c-0"), null));
        await test.Vault.GrantConsentsAsync([.. Enumerable.Range(0, 3000).Select(i => test.Grant($"f-{i}"))]); // more than one stretch of the ledger
        Assert.Equal([ViolationCode.RateLimited], await RefusedAsync(test, Scenario.Id("c-2"), null));
        await test.ReopenAsync();
        Assert.Equal([ViolationCode.RateLimited], await RefusedAsync(test, Scenario.Id("c-2"), null));
        test.Clock.Now = new DateTimeOffset(2026, 11, 21, 23, 59, 59, TimeSpan.Zero);
        Assert.Equal([ViolationCode.RateLimited], await RefusedAsync(test, Scenario.Id("c-2"), null));
        test.Clock.Now = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(1, await CopyAsync(test, Scenario.Id("c-2"), null));
        Assert.Equal(2, await CopyAsync(test, One, null));
        Assert.Equal([ViolationCode.RateLimited], await RefusedAsync(test, Scenario.Id("c-3"), null));
        await test.ReopenAsync();
        Assert.Equal([ViolationCode.RateLimited], await RefusedAsync(test, Scenario.Id("c-3"), null));
        Assert.Equal(4, (await CopiesAsync(test)).Length);
        test.Clock.Now = test.Start; // what was copied later counts, and nobody can tell what has ended
        Assert.Equal([ViolationCode.ClockRollback, ViolationCode.RateLimited], await RefusedAsync(test, Scenario.Id("c-3"), null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_copied_under_a_clock_that_ran_ahead_does_not_count_today_once_the_clock_is_accepted(bool reopened)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        test.MaxTemplateCopiesPerDay = 2;
        await test.ReopenAsync();
        await test.EnrollAsync(2);
        Assert.Equal(1, await CopyAsync(test, One, null));
        test.Clock.Now = test.Start.AddDays(40);
        Assert.Equal(1, await CopyAsync(test, One, null));
        Assert.Equal(1, await CopyAsync(test, One, null));
        test.Clock.Now = test.Start.AddMinutes(1);
        await test.Vault.AcceptClockAsync();
        if (reopened)
            await test.ReopenAsync();
        Assert.Equal(1, await CopyAsync(test, One, null));
        Assert.Equal([ViolationCode.RateLimited], await RefusedAsync(test, One, null)); // with the one of this day before
    }

    [Fact]
    public async Task A_copy_that_could_not_be_recorded_is_not_handed_out_and_costs_nothing()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        test.MaxTemplateCopiesPerDay = 1;
        await test.ReopenAsync();
        await test.EnrollAsync(2);
        int seen = 0;
        test.Faults.FailAt(StoreStep.Commit, 1, StoreFaultMoment.Before);
        await Assert.ThrowsAnyAsync<Exception>(() => test.Vault.CopyTemplatesAsync(One, (_, _) => seen++));
        Assert.Equal(0, seen);
        Assert.Equal(1, await CopyAsync(test, One, null));
        Assert.Equal([ViolationCode.RateLimited], await RefusedAsync(test, Scenario.Id("c-0"), null));
    }

    /// <summary>P4: what is kept for public security leaves for nobody, also not for the person; what was refused is counted.</summary>
    [Fact]
    [Trait("Rule", "P4")]
    public async Task What_is_kept_for_public_security_does_not_leave()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "square") with { Profile = "cn", Category = "publicSecurity", Places = ["publicPlace"], Signage = "Plate at each entrance" });
        await test.Vault.GrantConsentAsync(test.Grant("c-1", purpose: "square") with { Form = "written", Recipients = ["Lift Ltd"] });
        await test.Vault.EnrollAsync(One, null, TestVault.Face(1));
        Assert.Equal([ViolationCode.DisclosureForbidden], await RefusedAsync(test, One, null));
        Assert.Equal([ViolationCode.DisclosureForbidden], await RefusedAsync(test, One, "Lift Ltd"));
        Assert.Equal([ViolationCode.RecipientNotConsented, ViolationCode.DisclosureForbidden], await RefusedAsync(test, One, "Landlord"));
        DateOnly today = DateOnly.FromDateTime(test.Clock.Now.UtcDateTime);
        ProcessingRecord record = (await test.Vault.ListProcessingRecordsAsync(today, today)).Single(r => r.Purpose?.Value == "square");
        Assert.Equal((3, 1), (record.Refusals[ViolationCode.DisclosureForbidden], record.Refusals[ViolationCode.RecipientNotConsented]));
        JsonElement rules = JsonDocument.Parse(await test.Vault.ExportPublicRulesAsync()).RootElement.GetProperty("purposes")[1];
        Assert.Equal(("nobody", "publicSecurity", "Plate at each entrance"), (rules.GetProperty("recipients").GetString(), rules.GetProperty("category").GetString(), rules.GetProperty("signage").GetString()));
    }

    /// <summary>P4: templates get from one purpose version to another by a renewal alone.</summary>
    [Fact]
    [Trait("Rule", "P4")]
    public async Task What_is_kept_for_public_security_is_not_bound_to_something_else()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        Purpose square = TestVault.Purpose(PurposeKind.Verification, "square") with { Profile = "cn", Category = "publicSecurity", Places = ["publicPlace"], Signage = "Plate at each entrance" };
        await test.Vault.EnsurePurposeAsync(square);
        await test.Vault.GrantConsentAsync(test.Grant("c-1", "anna", "square") with { Form = "written" });
        await test.Vault.EnrollAsync(One, null, TestVault.Face(1));
        ConsentGrant renewed = test.Grant("c-2", "anna", "square") with { Form = "written" };
        await test.Vault.AddPurposeVersionAsync(square with { Category = null, Places = [], Signage = null });
        await Unchanged.RefusesAsync(test, ViolationCode.DisclosureForbidden, v => v.RenewConsentAsync(One, renewed));
        await test.Vault.AddPurposeVersionAsync(square with { Signage = "Plates at both entrances" });
        await test.Vault.RenewConsentAsync(One, renewed);
        Assert.Equal(1, (await test.Vault.GetConsentAsync(renewed.Id))!.Templates);
        Assert.Equal([ViolationCode.DisclosureForbidden], await RefusedAsync(test, renewed.Id, null));
    }

    /// <summary>A withdrawal waits until the caller has what it copies; inside the function it would wait for itself.</summary>
    [Fact]
    public async Task Inside_the_function_nothing_is_destroyed()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        Task<DeletionCertificate>? withdrawal = null;
        await test.Vault.CopyTemplatesAsync(One, (_, values) =>
        {
            withdrawal = test.Vault.WithdrawConsentAsync(One);
            Assert.Equal(64, values.Length);
        });
        await Assert.ThrowsAsync<InvalidOperationException>(() => withdrawal!);
        await test.Vault.WithdrawConsentAsync(One);
    }

    private static async Task<int> CopyAsync(TestVault test, ConsentId consent, string? recipient)
    {
        int seen = 0;
        Assert.Equal(await test.Vault.CopyTemplatesAsync(consent, (_, _) => seen++, recipient), seen);
        return seen;
    }

    private static async Task<ViolationCode[]> RefusedAsync(TestVault test, ConsentId consent, string? recipient)
    {
        int seen = 0;
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.CopyTemplatesAsync(consent, (_, _) => seen++, recipient));
        Assert.Equal(0, seen);
        return [.. refused.Violations.Select(v => v.Code)];
    }

    private static async Task<string[]> CopiesAsync(TestVault test)
    {
        var lines = new List<string>();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            if (line.Entry.Contains("templates-copied", StringComparison.Ordinal))
                lines.Add(line.Entry);
        return [.. lines];
    }

    private static async Task<IEnumerable<string>> EventsAsync(TestVault test, string subject)
    {
        JsonElement consent = JsonDocument.Parse((await test.Vault.GetSubjectReportAsync(new SubjectId(subject))).ToJson()).RootElement.GetProperty("consents")[0];
        return [.. consent.GetProperty("events").EnumerateArray().Select(e => string.Join(' ', new[] { "kind", "recipient", "reference", "role" }.Where(name => e.TryGetProperty(name, out _)).Select(name => e.GetProperty(name).GetString())))];
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, left = 0, right = 0;
        for (int i = 0; i < a.Length; i++)
            (dot, left, right) = (dot + (a[i] * b[i]), left + (a[i] * a[i]), right + (b[i] * b[i]));
        return dot / Math.Sqrt(left * right);
    }
}
