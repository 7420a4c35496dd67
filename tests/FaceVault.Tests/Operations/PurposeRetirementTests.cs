using FaceVault.Keys;
using FaceVault.Tests.Cli;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>A retired purpose takes all its consents with it, then its own secret; what it was called stays known.</summary>
[Trait("Claim", "E3")]
public sealed class PurposeRetirementTests
{
    private static readonly PurposeId Lift = new("lift");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_consents_are_destroyed_and_certified_and_the_id_says_what_became_of_it(bool inFiles)
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = inFiles ? await TestVault.InFilesAsync(folder.Path, roots: 2, mirrors: 1) : await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await OfferAsync(test);
        Gallery gallery = await test.Vault.GetGalleryAsync(Lift);
        Assert.Equal(2, gallery.Count);
        IReadOnlyList<DeletionCertificate> certificates = await test.Vault.RetirePurposeAsync(Lift);
        Assert.Equal(3, certificates.Count);
        Assert.All(certificates, c => Assert.Equal((DeletionTrigger.PurposeRetired, true), (c.Trigger, c.Check(test.Vault.VerifierKey).IsValid)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => gallery.IdentifyAsync(TestVault.Face(30), 1, Threshold.RankOnly));
        await AssertRetiredAsync(test);
        Assert.Empty(await test.Vault.RetirePurposeAsync(Lift));
        await test.ReopenAsync();
        await AssertRetiredAsync(test);
        Assert.Equal(2, (await test.Vault.GetStatusAsync()).Consents); // of the other purpose
        Assert.True((await test.Vault.AuditAsync()).IsIntact);

        test.Clock.Now = test.Clock.Now.AddYears(3).AddDays(1);
        Assert.Equal(3, (await test.Vault.SweepAsync()).EvidenceDestroyed);
        Assert.Null(await test.Vault.GetConsentAsync(new ConsentId("l-0")));
    }

    /// <summary>Its secret is out of the crown, its definitions out of the store, and an earlier crown opens with no key that is left.</summary>
    [Fact]
    public async Task The_definitions_are_gone_with_the_secret()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await OfferAsync(test);
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose(id: "lift") with { Description = "The lift of the new house" });
        byte[] former = test.Store.Snapshot()![FaceVault.Storage.KeyTable.Crown].Find(0)!;
        Assert.Equal(3, Rows(test));
        await test.Vault.RetirePurposeAsync(Lift);
        Assert.Equal(2, Rows(test)); // the door's, and what says that the lift is retired
        using (FaceVault.Commits.ReadScope view = test.Vault.Engine.Read())
            Assert.Single(view.Crown.Purposes);
        using var roots = new InMemoryRootKeyStore(test.Media);
        foreach (IRootLocation location in roots.Locations)
        {
            using RootReading reading = location.Read();
            foreach (RootRecord record in reading.Records)
                Assert.Null(CrownCodec.TryOpen(former, new FaceVault.Cryptography.RootKey(record.DangerousKey), record.VaultId.ToArray()));
        }

        string[] kinds = [.. (await LinesAsync(test)).TakeLast(1)];
        Assert.Contains("\"kind\":\"purpose-retired\",\"purpose\":\"lift\"", kinds[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Held_consents_block_it_before_anything_is_stopped()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await OfferAsync(test);
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([new ConsentId("l-1")]));
        RefusedException held = await RefusesAsync(test, ViolationCode.LegalHold, v => v.RetirePurposeAsync(Lift));
        Assert.Contains("1 consents", held.Violations[0].Reason, StringComparison.Ordinal);
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(new ConsentId("l-0")))!.Status);
        await test.Vault.GrantConsentAsync(test.Grant("l-9", purpose: "lift")); // it goes on
        await test.Vault.LiftHoldAsync(HoldScope.OfPurpose(Lift));
        Assert.Equal(4, (await test.Vault.RetirePurposeAsync(Lift)).Count);
    }

    /// <summary>Evidence of consents that were destroyed before may be under a hold: it does not need the purpose.</summary>
    [Fact]
    public async Task Held_evidence_does_not_block_it_and_can_be_released_afterwards()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await OfferAsync(test);
        await test.Vault.WithdrawConsentAsync(new ConsentId("l-1"));
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([new ConsentId("l-1")]));
        Assert.Equal(2, (await test.Vault.RetirePurposeAsync(Lift)).Count);
        Assert.True((await test.Vault.GetConsentAsync(new ConsentId("l-1")))!.IsHeld);
        Assert.Empty(await test.Vault.LiftHoldAsync(HoldScope.OfPurpose(Lift)));
        Assert.False((await test.Vault.GetConsentAsync(new ConsentId("l-1")))!.IsHeld);
    }

    [Fact]
    public async Task With_a_place_away_the_consents_are_stopped_and_calling_again_ends_it()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 1, mirrors: 1);
        await OfferAsync(test);
        test.MirrorStores[0].IsReachable = false;
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.RetirePurposeAsync(Lift).WaitAsync(Observation.Patience));
        Assert.Equal(ConsentStatus.Stopped, (await test.Vault.GetConsentAsync(new ConsentId("l-0")))!.Status);
        Assert.Equal(2, (await test.Vault.ListPurposesAsync()).Count);
        test.MirrorStores[0].IsReachable = true;
        Assert.Equal(3, (await test.Vault.RetirePurposeAsync(Lift)).Count);
        await AssertRetiredAsync(test);
    }

    private static async Task OfferAsync(TestVault test)
    {
        await test.EnrollAsync(2);
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "lift"));
        for (int i = 0; i < 3; i++)
            await test.Vault.GrantConsentAsync(test.Grant($"l-{i}", purpose: "lift"));
        await test.Vault.EnrollAsync(new ConsentId("l-0"), null, TestVault.Face(30));
        await test.Vault.EnrollAsync(new ConsentId("l-1"), null, TestVault.Face(31));
    }

    private static async Task AssertRetiredAsync(TestVault test)
    {
        Assert.Equal(TestVault.Door, Assert.Single(await test.Vault.ListPurposesAsync()).Definition.Id.Value);
        await FailAsync(test, v => v.GetGalleryAsync(Lift));
        await FailAsync(test, v => v.GrantConsentAsync(test.Grant("l-8", purpose: "lift")));
        await FailAsync(test, v => v.EnsurePurposeAsync(TestVault.Purpose(id: "lift")));
        await FailAsync(test, v => v.AddPurposeVersionAsync(TestVault.Purpose(id: "lift")));
        await FailAsync(test, v => v.AdmitModelAsync(Lift, TestVault.Model));
        RefusedException withdrawn = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EnrollAsync(new ConsentId("l-0"), null, TestVault.Face(30)));
        Assert.Equal(ViolationCode.ConsentWithdrawn, Assert.Single(withdrawn.Violations).Code);
        var left = new List<ConsentInfo>();
        await foreach (ConsentInfo consent in test.Vault.ListConsentsAsync(Lift))
            left.Add(consent);
        Assert.Equal(3, left.Count);
        Assert.All(left, c => Assert.Equal(ConsentStatus.Destroyed, c.Status));
    }

    private static async Task FailAsync(TestVault test, Func<Vault, Task> call) =>
        Assert.Equal(VaultErrorCode.PurposeRetired, (await Assert.ThrowsAsync<VaultException>(() => call(test.Vault))).Code);

    private static int Rows(TestVault test) => test.Store.Snapshot()!.Blobs().Count(b => b.Table == FaceVault.Storage.KeyTable.Purpose && !FaceVault.Records.CountRow.Is(b.Key));

    private static async Task<List<string>> LinesAsync(TestVault test)
    {
        var lines = new List<string>();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            lines.Add(line.Entry);
        return lines;
    }
}
