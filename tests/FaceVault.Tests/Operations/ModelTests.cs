using FaceVault.Tests.Cli;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>A purpose admits models, one of them current; that is a matter of ledger entries, not of versions.</summary>
public sealed class ModelTests
{
    private static readonly PurposeId Door = new(TestVault.Door);
    private static readonly TemplateModel Newer = new("newer", 64, TemplateEncoding.Float32);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Templates_move_from_one_model_to_the_next_without_a_new_consent(bool inFiles)
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = inFiles ? await TestVault.InFilesAsync(folder.Path) : await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        Assert.True(await test.Vault.AdmitModelAsync(Door, Newer));
        Assert.False(await test.Vault.AdmitModelAsync(Door, Newer));
        Assert.Equal(["newer", "synthetic", "synthetic8"], await ModelsAsync(test));
        Assert.False(await test.Vault.EnsurePurposeAsync(TestVault.Purpose())); // the definition that was registered is still the same
        Assert.Equal(["c-0", "c-1", "c-2"], await WithoutAsync(test, "newer"));
        Assert.Empty(await WithoutAsync(test, "synthetic"));

        await test.Vault.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(10)); // null is the new current one
        await test.Vault.ReplaceTemplatesAsync(new ConsentId("c-1"), "newer", [TestVault.Face(11)]);
        Assert.Equal(["c-2"], await WithoutAsync(test, "newer"));
        Assert.Equal(["c-1"], await WithoutAsync(test, "synthetic"));
        RefusedException inUse = await RefuseAsync(test, ViolationCode.ModelInUse, v => v.RetireModelAsync(Door, "synthetic"));
        Assert.Contains("2 templates", inUse.Violations[0].Reason, StringComparison.Ordinal);

        Gallery old = await test.Vault.GetGalleryAsync(Door, "synthetic");
        Assert.Equal(2, old.Count);
        Assert.Equal(2, await test.Vault.RetireModelAsync(Door, "synthetic", leaveTemplates: true));
        Assert.Equal(0, await test.Vault.RetireModelAsync(Door, "synthetic", leaveTemplates: true));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => old.IdentifyAsync(TestVault.Face(2), 1, Threshold.RankOnly));
        await AssertRetiredAsync(test);
        await test.ReopenAsync();
        await AssertRetiredAsync(test);

        // Withdrawing, and coming back, go on as ever.
        Assert.True((await test.Vault.WithdrawConsentAsync(new ConsentId("c-2"))).Check(test.Vault.VerifierKey).IsValid);
        Assert.True(await test.Vault.AdmitModelAsync(Door, TestVault.Model, makeCurrent: false));
        Assert.Equal(["newer", "synthetic8", "synthetic"], await ModelsAsync(test));
        Assert.Equal(1, (await test.Vault.GetGalleryAsync(Door, "synthetic")).Count);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task The_ledger_says_what_was_admitted_and_retired_and_no_version_is_made()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.AdmitModelAsync(Door, Newer, makeCurrent: false);
        await test.Vault.RetireModelAsync(Door, "synthetic8");
        await test.Vault.AdmitModelAsync(Door, Newer); // only the order changes
        var lines = new List<string>();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            lines.Add(line.Entry);
        Assert.Contains("\"kind\":\"model-admitted\",\"model\":\"newer\",\"purpose\":\"door\"", lines[^2], StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"model-retired\",\"model\":\"synthetic8\",\"purpose\":\"door\"", lines[^1], StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(await test.Vault.ListPurposesAsync()).Version);
        Assert.Equal("synthetic8", Assert.Single(Assert.Single(await test.Vault.ListPurposesAsync()).RetiredModels).Name);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_and_nothing_is_written()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await RefusesAsync(test, ViolationCode.ModelNotAdmitted, v => v.AdmitModelAsync(Door, new TemplateModel("synthetic", 32, TemplateEncoding.Float32)));
        await RefusesAsync(test, ViolationCode.ModelNotAdmitted, v => v.AdmitModelAsync(Door, new TemplateModel("synthetic", 64, TemplateEncoding.Int8)));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.RetireModelAsync(Door, "unheard"));
        await FailsAsync(test, VaultErrorCode.PurposeUnknown, v => v.AdmitModelAsync(new PurposeId("gate"), Newer));
        await test.Vault.RetireModelAsync(Door, "synthetic");
        await RefusesAsync(test, ViolationCode.ModelNotAdmitted, v => v.RetireModelAsync(Door, "synthetic8"));
        await RefusesAsync(test, ViolationCode.ModelNotAdmitted, v => v.AdmitModelAsync(Door, new TemplateModel("synthetic", 32, TemplateEncoding.Float32)));
    }

    [Fact]
    public async Task A_new_version_begins_with_the_models_of_its_definition()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await test.Vault.AdmitModelAsync(Door, Newer);
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Description = "Opening the door of the new office" });
        Assert.Equal(["synthetic", "synthetic8"], await ModelsAsync(test));
        await test.ReopenAsync();
        Assert.Equal(["synthetic", "synthetic8"], await ModelsAsync(test));
        await test.Vault.RenewConsentAsync(new ConsentId("c-0"), test.Grant("c-9", "subject of c-0"));
        Assert.Equal(1, (await test.Vault.GetGalleryAsync(Door, "synthetic")).Count);
    }

    /// <summary>Whoever writes the store cannot bring back a list of models that was replaced: the purpose has another secret since.</summary>
    [Fact]
    public async Task An_earlier_row_put_back_does_not_open()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        const long row = (1 << 16) | 1;
        byte[] before = test.Store.Snapshot()![FaceVault.Storage.KeyTable.Purpose].Find(row)!;
        await test.Vault.RetireModelAsync(Door, "synthetic8");
        await test.Vault.DisposeAsync();
        test.Store.Tamper(FaceVault.Storage.KeyTable.Purpose, row, before);
        test.Renew();
        VaultException damaged = await Assert.ThrowsAsync<VaultException>(() => test.Vault.OpenAsync());
        Assert.Equal(VaultErrorCode.StoreDamaged, damaged.Code);
    }

    [Fact]
    public async Task A_vault_that_inspects_sees_the_models_of_now()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await using Vault inspecting = test.Make(VaultAccess.Inspect);
        Assert.Equal(2, Assert.Single(await inspecting.ListPurposesAsync()).Definition.Models.Count);
        await test.Vault.AdmitModelAsync(Door, Newer);
        await inspecting.GetStatusAsync();
        Assert.Equal(3, Assert.Single(await inspecting.ListPurposesAsync()).Definition.Models.Count);
    }

    private static async Task AssertRetiredAsync(TestVault test)
    {
        Assert.Equal(["newer", "synthetic8"], await ModelsAsync(test));
        await RefuseAsync(test, ViolationCode.ModelNotAdmitted, v => v.GetGalleryAsync(Door, "synthetic"));
        await RefuseAsync(test, ViolationCode.ModelNotAdmitted, v => v.EnrollAsync(new ConsentId("c-2"), "synthetic", TestVault.Face(3)));
        Assert.Equal(2, (await test.Vault.GetGalleryAsync(Door)).Count);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    private static async Task<RefusedException> RefuseAsync(TestVault test, ViolationCode code, Func<Vault, Task> call)
    {
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(() => call(test.Vault));
        Assert.Equal(code, Assert.Single(refusal.Violations).Code);
        return refusal;
    }

    private static async Task<string[]> ModelsAsync(TestVault test) =>
        [.. Assert.Single(await test.Vault.ListPurposesAsync()).Definition.Models.Select(m => m.Name)];

    private static async Task<string[]> WithoutAsync(TestVault test, string model)
    {
        var found = new List<string>();
        await foreach (ConsentInfo consent in test.Vault.ListConsentsAsync(Door, model))
            found.Add(consent.Consent.DangerousValue());
        return [.. found.Order(StringComparer.Ordinal)];
    }
}
