using FaceVault.Samples;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace FaceVault.Tests.Documentation;

/// <summary>Runs the code that the pages quote.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_vault_is_opened_and_a_purpose_ensured_as_the_page_says()
    {
        string first = folder["a.key"], second = folder["b.key"], definition = folder.Write("door.json", Purpose.Template);
        var options = new VaultOptions { Directory = folder["vault"], RootKey = new FileRootKeyStore(first, second) { AllowEphemeral = true } };
        await using (var vault = new Vault(options))
            await vault.InitializeAsync();
        await GettingStartedSamples.OpenAsync(folder["vault"], first, second, definition);
        await GettingStartedSamples.OpenAsync(folder["vault"], first, second, definition);
        Assert.DoesNotContain("urgent", await OperatingSamples.WatchAsync(folder["vault"]));
    }

    [Fact]
    public async Task A_passphrase_is_read_from_its_file()
    {
        string first = folder["a.key"], second = folder["b.key"];
        await using (var vault = new Vault(new VaultOptions { Directory = folder["vault"], RootKey = new FileRootKeyStore(first, second) { AllowEphemeral = true, Passphrase = "correct horse"u8 } }))
            await vault.InitializeAsync();
        await using var again = new Vault(new VaultOptions { Directory = folder["vault"], RootKey = OperatingSamples.WithPassphrase(folder.Write("words", "correct horse\n"), first, second) });
        await again.OpenAsync();
    }

    [Fact]
    public async Task A_grant_gives_a_receipt_or_every_reason_why_not()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        string form = folder.Write("c-1.json", Form("c-1", "2026-11-21T11:00:00Z")), receipt = folder["receipt"];
        using var log = new StringWriter();
        Assert.Equal("granted", await GettingStartedSamples.GrantAsync(test.Vault, form, receipt, log));
        Assert.Equal("c-1", ConsentReceipt.Parse(File.ReadAllBytes(receipt)).Consent.DangerousValue());
        Assert.Equal("refused", await GettingStartedSamples.GrantAsync(test.Vault, folder.Write("c-2.json", Form("*", "2026-11-21T13:00:00Z", "another")), receipt, log));
        Assert.Contains("ConsentMissing id: ", log.ToString(), StringComparison.Ordinal);
        Assert.Contains("ConsentMissing given: ", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verification_has_three_answers()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(2);
        var consent = new ConsentId("c-1");
        float[] own = Face(1), other = [.. own.Select(x => -x)];
        await test.Vault.ReplaceTemplatesAsync(consent, null, [own]);
        Assert.Equal("open", await GettingStartedSamples.VerifyAsync(test.Vault, consent, own));
        Assert.Equal("the bell", await GettingStartedSamples.VerifyAsync(test.Vault, consent, other));
        Assert.Equal("destroyed", await DeletionSamples.WithdrawAsync(test.Vault, consent, folder["certificate"]));
        Assert.Equal("refused: ConsentWithdrawn", await GettingStartedSamples.VerifyAsync(test.Vault, consent, own));
    }

    [Fact]
    public async Task A_vault_is_registered_and_another_lives_in_memory()
    {
        var services = new ServiceCollection();
        GettingStartedSamples.Register(services, folder["vault"], folder["a.key"], folder["b.key"]);
        await using ServiceProvider provider = services.BuildServiceProvider();
        VaultException missing = await Assert.ThrowsAsync<VaultException>(() => provider.GetRequiredService<Vault>().OpenAsync());
        Assert.Equal(VaultErrorCode.VaultNotFound, missing.Code);
        Assert.True(await GettingStartedSamples.TestAsync(TimeProvider.System));
    }

    [Fact]
    public async Task A_consent_is_renewed_a_purpose_changed_and_a_hold_set_and_lifted()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        ConsentInfo before = (await test.Vault.GetConsentAsync(new ConsentId("c-1")))!;
        Renewal renewal = await ConsentSamples.RenewAsync(test.Vault, before.Consent, folder.Write("renewed.json", Form("c-1-renewed", "2026-11-21T12:00:00Z", before.Subject.DangerousValue())));
        Assert.Equal(DeletionTrigger.Superseded, renewal.Certificate.Trigger);
        Assert.True(renewal.Certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal(1, await ConsentSamples.HoldAsync(test.Vault, before.Subject, renewal.Receipt.Consent));
        int living = (await test.Vault.ListPurposesAsync())[0].Consents;
        Assert.Equal(1, living);
        Assert.Equal(living, await ConsentSamples.ChangeAsync(test.Vault, folder.Write("door.json", Purpose.Template)));
    }

    [Fact]
    public async Task A_purpose_moves_to_another_model()
    {
        await using var vault = new Vault(VaultOptions.InMemoryForTests());
        await vault.InitializeAsync();
        Purpose template = Purpose.FromJson(folder.Write("door.json", Purpose.Template)); // the page names its model
        await vault.EnsurePurposeAsync(template with { Notice = TestVault.Purpose().Notice });
        foreach (string id in (string[])["c-1", "c-2"])
        {
            await vault.GrantConsentAsync(TestVault.GrantAt(TimeProvider.System.GetUtcNow(), id));
            await vault.EnrollAsync(new ConsentId(id), null, Face(1, 512));
        }

        Assert.Equal(2, await ModelSamples.MoveAsync(vault, _ => Task.FromResult(Face(2, 512))));
        DeletionCertificate replaced = await ModelSamples.ReplaceAsync(vault, new ConsentId("c-1"), Face(3, 512), Face(4, 512));
        Assert.Equal((DeletionTrigger.Replaced, 2), (replaced.Trigger, replaced.TemplateCount)); // the old model's and the new one's
        Gallery gallery = await vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Equal(("mobilefacenet-2", 3), (gallery.Model.Name, gallery.Count));
        (int found, IReadOnlyList<Match> named) = await SearchSamples.SearchAsync(vault, [Face(3, 512), Face(4, 512)]);
        Assert.InRange(found, 2, 4);
        Assert.Single(named);
    }

    [Fact]
    public async Task A_withdrawal_says_how_far_it_came_and_a_stranger_checks_its_certificate()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2);
        await test.EnrollAsync(3);
        ConsentId first = new("c-0"), second = new("c-1");
        string certificate = folder["certificate"], receipt = folder.Write("receipt", (await test.Vault.GetReceiptAsync(first))!.ToJson());
        Assert.Equal("destroyed", await DeletionSamples.WithdrawAsync(test.Vault, first, certificate));
        string key = test.Vault.VerifierKey.ToString();
        Assert.Equal("it holds", await DeletionSamples.CheckAsync(certificate, key, receipt));
        folder.Write("receipt", (await test.Vault.GetReceiptAsync(second))!.ToJson());
        Assert.NotEqual("it holds", await DeletionSamples.CheckAsync(certificate, key, receipt));

        await test.Vault.SetHoldAsync(HoldScope.OfConsents([second]));
        Assert.Equal("stopped and kept", await DeletionSamples.WithdrawAsync(test.Vault, second, certificate));
        ConsentInfo third = (await test.Vault.GetConsentAsync(new ConsentId("c-2")))!;
        Assert.Equal(1, await DeletionSamples.EraseAsync(test.Vault, third.Subject));
        Assert.Equal(0, (await DeletionSamples.SweepAsync(test.Vault)).Expired);
    }

    [Fact]
    public async Task A_consent_is_copied_and_restricted_as_the_page_says()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        using var form = new MemoryStream();
        Assert.Equal((1, 64 * 4L), (await RightsSamples.CopyAsync(test.Vault, new ConsentId("c-0"), form), form.Length));
        Assert.NotEmpty(await RightsSamples.RulesAsync(test.Vault));
        Assert.NotEmpty(await RightsSamples.StateAsync(test.Vault));
        Assert.True(await RightsSamples.RestrictAsync(test.Vault, new ConsentId("c-0")));
        Assert.False(await RightsSamples.RestrictAsync(test.Vault, new ConsentId("c-0")));
    }

    [Fact]
    public async Task Templates_are_archived()
    {
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.EnrollAsync(1);
        await OperatingSamples.ArchiveAsync(test.Vault, folder["archive"]);
        Assert.True(File.Exists(Path.Combine(folder["archive"], "templates.db")));
    }

    private static float[] Face(int person, int dimensions = 64) => [.. Enumerable.Range(1, dimensions).Select(i => MathF.Sin(i * person))];

    private static string Form(string id, string given, string subject = "subject of c-1") => $$"""
        { "id": "{{id}}", "subject": "{{subject}}", "purpose": "door", "given": "{{given}}", "expires": "2027-05-21T08:00:00Z",
          "notice": { "language": "en", "sha256": "{{new string('a', 64)}}", "shown": "2026-11-21T07:58:00Z" } }
        """;
}
