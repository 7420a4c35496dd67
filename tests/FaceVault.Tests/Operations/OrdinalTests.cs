using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>The numbers of a consent's templates never begin again: a row that nothing counts, at the end of them, costs nobody a template.</summary>
public sealed class OrdinalTests
{
    private static readonly ConsentId Zero = Scenario.Id("c-0");

    public static TheoryData<ushort, string> Ends => new() { { 65_534, "enroll" }, { 65_535, "enroll" }, { 65_535, "import" }, { 65_534, "replace" }, { 65_535, "replace" }, { 65_535, "remove one" } };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task An_orphan_with_the_last_number_is_refused_and_what_is_there_stays(ushort ordinal, string operation)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        await test.Vault.EnrollAsync(Zero, null, TestVault.Face(20));
        uint slot;
        using (FaceVault.Commits.ReadScope view = test.Vault.Engine.Read())
            slot = view.FindConsent("c-0"u8);
        test.Vault.Engine.Templates.Append([new TemplateRow(slot, ordinal, new byte[64])]);

        VaultException full = await Assert.ThrowsAsync<VaultException>(() => Change(test, operation));

        Assert.Equal(VaultErrorCode.CapacityExceeded, full.Code);
        Assert.Equal(2, (await test.Vault.GetConsentAsync(Zero))!.Templates);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        foreach (int person in (int[])[0, 20])
            Assert.Equal(Zero, (await gallery.IdentifyAsync(TestVault.Face(person, capture: 1), 1, Threshold.RankOnly))[0].Consent);
        await test.Vault.EnrollAsync(Scenario.Id("c-1"), null, TestVault.Face(21));
        Assert.Equal(2, (await test.Vault.WithdrawConsentAsync(Zero)).TemplateCount);
    }

    private static Task Change(TestVault test, string operation) => operation switch
    {
        "enroll" => test.Vault.EnrollAsync(Zero, null, TestVault.Face(30)),
        "replace" => test.Vault.ReplaceTemplatesAsync(Zero, null, [TestVault.Face(30), TestVault.Face(31)]),
        "remove one" => test.Vault.RemoveTemplateAsync(Zero, 0),
        _ => test.Vault.ImportAsync(new PurposeId(TestVault.Door), null, One(new Enrollment(test.Grant("c-0"), TestVault.Face(30)))),
    };

    private static async IAsyncEnumerable<Enrollment> One(Enrollment item)
    {
        await Task.CompletedTask;
        yield return item;
    }
}
