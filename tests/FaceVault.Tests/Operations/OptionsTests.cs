namespace FaceVault.Tests.Operations;

/// <summary>Settings are checked whole and copied when a vault is made.</summary>
public sealed class OptionsTests
{
    public static TheoryData<Action<VaultOptions>, string> Wrong() => new()
    {
        { o => o.Directory = " ", "Directory" },
        { o => o.RootKey = null, "RootKey" },
        { o => o.Mirrors.Add(""), "Mirrors" },
        { o => o.Origin = "", "Origin" },
        { o => o.Origin = "a b", "Origin" },
        { o => o.Access = (VaultAccess)2, "Access" },
        { o => o.LockTimeout = TimeSpan.FromTicks(-1), "LockTimeout" },
        { o => o.DrainTimeout = TimeSpan.Zero, "DrainTimeout" },
        { o => o.MatchingThreads = 0, "MatchingThreads" },
        { o => o.MatchingThreads = 1025, "MatchingThreads" },
        { o => o.MaxWaitingCallers = 0, "MaxWaitingCallers" },
        { o => o.MaxWaitingCallers = 65_537, "MaxWaitingCallers" },
        { o => o.MaxTemplateCopiesPerDay = -1, "MaxTemplateCopiesPerDay" },
        { o => o.MaxTemplateCopiesPerDay = 1_000_001, "MaxTemplateCopiesPerDay" },
        { o => o.TimeProvider = null!, "TimeProvider" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task A_setting_out_of_range_is_refused_and_named(Action<VaultOptions> set, string property)
    {
        VaultOptions options = VaultOptions.InMemoryForTests();
        set(options);
        ArgumentException refused = Assert.Throws<ArgumentException>("options", () => new Vault(options));
        Assert.Contains("VaultOptions." + property, refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>("options", () => Vault.RestoreAsync(options, "mirror", null));
    }

    [Fact]
    public void All_settings_that_are_wrong_are_named_at_once()
    {
        string message = Assert.Throws<ArgumentException>(() => new Vault(new VaultOptions { MatchingThreads = -1, DrainTimeout = TimeSpan.Zero })).Message;
        Assert.All(new[] { "Directory", "RootKey", "MatchingThreads", "DrainTimeout" }, property => Assert.Contains("VaultOptions." + property, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changing_the_settings_later_changes_nothing()
    {
        VaultOptions options = VaultOptions.InMemoryForTests();
        await using var vault = new Vault(options);
        options.Access = VaultAccess.Inspect;
        options.Origin = "a b";
        options.Mirrors.Add("");
        await vault.InitializeAsync();
        Assert.StartsWith("facevault.local/", vault.Origin, StringComparison.Ordinal);
        Assert.DoesNotContain((await vault.GetStatusAsync()).Places, place => place.Type == LocationType.Mirror);
    }

    [Fact]
    public async Task A_vault_in_memory_outlives_its_object_and_proves_its_deletions()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        await using (var vault = new Vault(options))
        {
            await vault.InitializeAsync();
            await vault.EnsurePurposeAsync(TestVault.Purpose());
            await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-1"));
            await vault.EnrollAsync(new ConsentId("c-1"), null, TestVault.Face(1));
        }

        await using (var vault = new Vault(options))
        {
            DeletionCertificate certificate = await vault.WithdrawConsentAsync(new ConsentId("c-1"));
            Assert.Equal(CertificateFinding.Valid, certificate.Check(vault.VerifierKey));
            Assert.All(certificate.Locations, location => Assert.Equal("memory", location.Medium));
            Assert.Equal(clock.Now, certificate.MadeAt);
        }

        await using var other = new Vault(VaultOptions.InMemoryForTests(clock));
        Assert.Equal(VaultErrorCode.VaultNotFound, (await Assert.ThrowsAsync<VaultException>(() => other.OpenAsync())).Code);
    }
}
