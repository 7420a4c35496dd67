using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>Imports: batches, several templates a consent, and a second run that finds everything there.</summary>
public sealed class ImportTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Theory]
    [InlineData(null)]
    [InlineData("synthetic8")]
    public async Task A_second_run_skips_what_is_there_and_adds_what_is_not(string? model)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        Enrollment[] items = [.. Enumerable.Range(0, 30).Select(i => new Enrollment(test.Grant($"c-{i / 3}"), TestVault.Face(i / 3, capture: i % 3)))];
        ImportResult first = await test.Vault.ImportAsync(Door, model, Items(items[..20]));
        Assert.Equal((7, 20, 0, 7), (first.Granted, first.Enrolled, first.Skipped, first.Receipts.Count));
        string before = Print(test);
        ImportResult again = await test.Vault.ImportAsync(Door, model, Items(items[..20]));
        Assert.Equal((0, 0, 20), (again.Granted, again.Enrolled, again.Skipped));
        Assert.Equal(before, Print(test));
        ImportResult rest = await test.Vault.ImportAsync(Door, model, Items(items));
        Assert.Equal((3, 10, 20), (rest.Granted, rest.Enrolled, rest.Skipped));
        Gallery gallery = await test.Vault.GetGalleryAsync(Door, model);
        Assert.Equal(30, gallery.Count);
        for (int i = 0; i < 10; i++)
            Assert.Equal(new ConsentId($"c-{i}"), (await gallery.IdentifyAsync(TestVault.Face(i, capture: 9), 1, Threshold.RankOnly))[0].Consent);
        Assert.Equal(3, (await test.Vault.GetConsentAsync(new ConsentId("c-4")))!.Templates);
        Assert.Equal(30, (await test.Vault.AuditAsync()).Templates);
        await test.ReopenAsync();
        Assert.Equal(30, (await test.Vault.GetGalleryAsync(Door, model)).Count);
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(new ConsentId("c-4"));
        Assert.Equal(3, certificate.TemplateCount);
        Assert.True(certificate.CheckReceipt(first.Receipts.Single(r => r.Consent == new ConsentId("c-4"))));
    }

    [Fact]
    public async Task A_batch_with_a_bad_item_is_not_written_and_the_batches_before_it_are()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        Enrollment[] items = [.. Enumerable.Range(0, 4200).Select(i => new Enrollment(test.Grant($"c-{i}"), TestVault.Face(i % 50)))];
        items[4150] = new Enrollment(items[4150].Grant with { ExpiresAt = default }, items[4150].Embedding);
        var told = new List<long>();
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.ImportAsync(Door, null, Items(items), new Told(told)));
        Assert.Equal(("items[4150].expires", ViolationCode.ConsentUnlimited), (refusal.Violations[0].Field, refusal.Violations[0].Code));
        NamesNobody(refusal);
        Assert.Equal(4096, Assert.Single(told));
        Assert.Equal(4096, (await test.Vault.GetStatusAsync()).Consents);
        items[4150] = new Enrollment(test.Grant("c-4150"), TestVault.Face(3));
        ImportResult rest = await test.Vault.ImportAsync(Door, null, Items(items));
        Assert.Equal((104, 104, 4096), (rest.Granted, rest.Enrolled, rest.Skipped));
    }

    [Fact]
    public async Task A_withdrawn_consent_is_not_filled_again_by_an_import()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.ImportAsync(Door, null, Items(new Enrollment(test.Grant("c-0"), TestVault.Face(0))));
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        await RefusesAsync(test, ViolationCode.ConsentWithdrawn, v => v.ImportAsync(Door, null, Items(new Enrollment(test.Grant("c-0"), TestVault.Face(0)))));
    }

    [Fact]
    public async Task Synthetic_consents_are_called_so_for_ever()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.ImportAsync(Door, null, Items(new Enrollment(test.Grant("c-0"), TestVault.Face(0))), synthetic: true);
        DeletionCertificate replaced = await test.Vault.ReplaceTemplatesAsync(new ConsentId("c-0"), null, [TestVault.Face(1)]);
        DeletionCertificate withdrawn = await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        Assert.True(replaced.Synthetic);
        Assert.True(withdrawn.Synthetic);
        Assert.True(withdrawn.Check(test.Vault.VerifierKey).IsValid);
    }

    private sealed class Told(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }
}
