using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Mirrors and root locations come and go while the vault is in use; what a place holds that is off the list opens nothing, and one that nobody reached is named in the certificates it concerns.</summary>
[Trait("Claim", "E3")]
public sealed class PlacesTests
{
    private static readonly ConsentId One = Scenario.Id("c-1"), Two = Scenario.Id("c-2");

    [Fact]
    public async Task A_root_location_that_was_added_is_enough_to_open_the_vault_and_the_former_key_is_gone()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 1);
        test.KeepAttempts();
        long epoch = (await test.Vault.GetStatusAsync()).Epoch;
        await test.GrowAsync(roots: 1);
        Assert.Contains((await test.Vault.GetStatusAsync()).Places, p => p is { Description: "memory 1", IsCurrent: false, Id: null });
        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
        await test.Vault.AddRootLocationAsync("memory 1");
        VaultStatus status = await test.Vault.GetStatusAsync();
        Assert.Equal(epoch + 1, status.Epoch);
        Assert.All(status.Places.Where(p => p.Type == LocationType.Root), p => Assert.NotNull(p.Id));
        Assert.DoesNotContain(status.Warnings, w => w.Contains("one place only", StringComparison.Ordinal));
        Assert.Equal(VaultErrorCode.VaultExists, (await Assert.ThrowsAsync<VaultException>(() => test.Vault.AddRootLocationAsync("memory 1"))).Code);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.AddRootLocationAsync("memory 7"));

        test.Media[0].IsUnreachable = true;
        await test.ReopenAsync();
        Assert.True((await test.Vault.GetStatusAsync()).IsDegraded);
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(One));
        test.Media[0].IsUnreachable = false;
        Assert.Equal(2, (await test.Vault.WithdrawConsentAsync(One)).Locations.Count(l => l is { Type: LocationType.Root, Confirmed: true }));
        await Observation.AssertWholeAsync(test);
        test.Thief.AssertNothingCertifiedIsReadable();
    }

    [Fact]
    public async Task A_root_location_that_was_retired_holds_no_key_that_opens_anything_and_the_last_one_stays()
    {
        await using TestVault test = await Scenario.BuildAsync(2, 1);
        test.KeepAttempts();
        Assert.True(await test.Vault.RetireRootLocationAsync("memory 0"));
        using (RootReading retired = new RootVolume(test.Media[0], null, () => "").Read())
        using (RootReading left = new RootVolume(test.Media[1], null, () => "").Read())
            Assert.False(Assert.Single(retired.Records).DangerousKey.SequenceEqual(Assert.Single(left.Records).DangerousKey));
        Assert.Equal(VaultErrorCode.RootPathRefused, (await Assert.ThrowsAsync<VaultException>(() => test.Vault.RetireRootLocationAsync("memory 1"))).Code);
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(One);
        Assert.Single(certificate.Locations, l => l.Type == LocationType.Root);
        Assert.Equal(CertificateFinding.Valid, certificate.Check(test.Vault.VerifierKey));
        test.Media[1].IsUnreachable = true;
        await test.Vault.DisposeAsync();
        test.Renew();
        Assert.Equal(VaultErrorCode.StoreDamaged, (await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.OpenAsync())).Code);
        test.Media[1].IsUnreachable = false;
        test.Renew();
        await test.Vault.OpenAsync();
        await Observation.AssertWholeAsync(test);
        test.Thief.AssertNothingCertifiedIsReadable();
    }

    [Fact]
    public async Task A_retired_root_location_under_a_former_passphrase_keeps_nobody_from_opening()
    {
        await using TestVault test = await Scenario.BuildAsync(3, 0);
        await test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched("one"));
        Assert.True(await test.Vault.RetireRootLocationAsync("memory 1"));
        await test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched("two"));
        test.Passphrase = "two";
        await test.ReopenAsync();
        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
        await Observation.AssertWholeAsync(test);

        // The former passphrase opens that location alone, which holds nothing that opens anything.
        await test.Vault.DisposeAsync();
        test.Passphrase = "one";
        test.Renew();
        Assert.Equal(VaultErrorCode.RootPassphraseWrong, (await Assert.ThrowsAsync<VaultException>(() => test.Vault.OpenAsync())).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_place_that_is_retired_while_it_is_away_is_recorded_and_named_for_every_key_that_it_could_open(bool isRoot)
    {
        await using TestVault test = await Scenario.BuildAsync(2, 1);
        string id = (await test.Vault.GetStatusAsync()).Places.Single(p => p.Description == (isRoot ? "memory 1" : test.MirrorStores[0].Description)).Id!;
        Away(isAway: true);
        await test.ReopenAsync();
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(One));
        Assert.Contains((await test.Vault.GetStatusAsync()).Places, p => p.Id == id && !p.IsCurrent);

        Assert.False(await (isRoot ? test.Vault.RetireRootLocationAsync("memory 1") : test.Vault.RetirePlaceAsync(id)));
        Assert.Equal(LedgerEntryKind.LocationRetired, await LastPlaceEntryAsync(test.Vault));
        await test.Vault.GrantConsentAsync(test.Grant("c-between"));
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(One);
        Assert.Equal(CertificateFinding.ValidWithUnconfirmedPlaces, certificate.Check(test.Vault.VerifierKey));
        Assert.Single(certificate.Locations, l => !l.Confirmed);

        // Long after: a key of that time is named still, one that was created after the root key was replaced is not.
        await test.Vault.GrantConsentAsync(test.Grant("c-after"));
        Assert.Contains((await test.Vault.WithdrawConsentAsync(Two)).Locations, l => !l.Confirmed);
        Assert.Contains((await test.Vault.WithdrawConsentAsync(new ConsentId("c-between"))).Locations, l => !l.Confirmed);
        Assert.DoesNotContain((await test.Vault.WithdrawConsentAsync(new ConsentId("c-after"))).Locations, l => !l.Confirmed);

        Away(isAway: false);
        await test.ReopenAsync();
        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
        Assert.Contains((await test.Vault.GetStatusAsync()).Places, p => p is { IsCurrent: false, Id: null });
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"));

        void Away(bool isAway)
        {
            if (isRoot)
                test.Media[1].IsUnreachable = isAway;
            else
                test.MirrorStores[0].IsReachable = !isAway;
        }
    }

    [Fact]
    public async Task A_mirror_that_was_added_is_whole_and_one_that_was_dropped_is_not_written_any_more()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 1);
        await test.GrowAsync(mirrors: 1);
        KeyStoreImage? nothing = test.MirrorStores[1].Snapshot();
        await test.Vault.GrantConsentAsync(test.Grant("c-before"));
        Assert.Same(nothing, test.MirrorStores[1].Snapshot());
        await test.Vault.AddMirrorAsync("mirror1");
        await test.Vault.GrantConsentAsync(test.Grant("c-then"));
        await Observation.AssertWholeAsync(test);
        Assert.Equal(VaultErrorCode.VaultExists, (await Assert.ThrowsAsync<VaultException>(() => test.Vault.AddMirrorAsync("mirror1"))).Code);

        Assert.True(await test.Vault.DropMirrorAsync("mirror0"));
        KeyStoreImage dropped = test.MirrorStores[0].Snapshot()!;
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(One);
        Assert.Equal((1, 1), (certificate.Locations.Count(l => l.Type == LocationType.Mirror), certificate.ReadBack.Count(r => r.Type == LocationType.Mirror)));
        Assert.Same(dropped, test.MirrorStores[0].Snapshot());
        await test.ReopenAsync();
        Assert.Same(dropped, test.MirrorStores[0].Snapshot());
        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.DropMirrorAsync("mirror0"));
        await Assert.ThrowsAsync<VaultException>(() => test.Vault.RefillMirrorAsync("mirror0"));

        await test.Vault.AddMirrorAsync("mirror0"); // a former copy of this ledger and nothing else
        await Observation.AssertWholeAsync(test);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.RetirePlaceAsync("7"));
        Assert.Equal(VaultErrorCode.PlaceUnreachable, (await Assert.ThrowsAsync<VaultException>(() => test.Vault.RetirePlaceAsync(new string('0', 32)))).Code);
    }

    [Fact]
    public async Task A_folder_that_holds_something_else_is_no_place_for_a_mirror()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 0), other = await Scenario.BuildAsync(1, 0);
        await test.GrowAsync(mirrors: 1);
        KeyStoreImage foreign = other.Store.Snapshot()!;
        test.MirrorStores[0].Restore(foreign);
        Assert.Equal(VaultErrorCode.VaultExists, (await Assert.ThrowsAsync<VaultException>(() => test.Vault.AddMirrorAsync("mirror0"))).Code);
        Assert.Same(foreign, test.MirrorStores[0].Snapshot());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_addition_of_a_root_location_that_was_given_up_leaves_no_key_to_what_was_written_meanwhile(bool isKilled)
    {
        await using TestVault test = await Scenario.BuildAsync(1, 1);
        test.KeepAttempts();
        await test.GrowAsync(roots: 1);
        if (isKilled)
            test.Faults.KillAt(StoreStep.Commit, 1, StoreFaultMoment.During);
        else
            test.Faults.FailAt(StoreStep.Commit, 1, StoreFaultMoment.During);
        await Assert.ThrowsAnyAsync<Exception>(() => test.Vault.AddRootLocationAsync("memory 1"));
        if (isKilled)
        {
            test.Crash();
            await test.Vault.OpenAsync();
        }

        test.Thief.Look();
        Assert.True((await test.Vault.WithdrawConsentAsync(One)).Check(test.Vault.VerifierKey).IsValid);
        test.Thief.AssertNothingCertifiedIsReadable();
        await test.Vault.AddRootLocationAsync("memory 1");
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task Places_that_are_changed_at_once_all_stand_in_the_description()
    {
        using var folder = new Cli.TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        Directory.CreateDirectory(folder["used"]);
        folder.Write(Path.Combine("used", "keys.db"), "something else");
        Task refused = test.Vault.AddMirrorAsync(folder["used"]), added = test.Vault.AddMirrorAsync(folder["added"]);
        Assert.Equal(VaultErrorCode.VaultExists, (await Assert.ThrowsAsync<VaultException>(() => refused)).Code);
        await added;
        Assert.Equal([folder["added"]], VaultDescription.Read(Path.Combine(folder.Path, "vault")).Mirrors);
        Assert.Equal([folder["added"]], VaultDescription.Read(folder["added"]).Mirrors);
        Assert.False(File.Exists(Path.Combine(folder["used"], "vault.json")));
    }

    private static async Task<LedgerEntryKind> LastPlaceEntryAsync(Vault vault)
    {
        LedgerEntryKind last = LedgerEntryKind.None;
        await foreach (LedgerLine line in vault.ReadLedgerAsync())
            if (LedgerEntry.Parse(line.Entry).Place is not null)
                last = LedgerEntry.Parse(line.Entry).Kind;
        return last;
    }
}
