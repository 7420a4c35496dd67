using FaceVault.Samples;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Keys;

/// <summary>A root key store written against the public surface alone keeps the contract, and a vault lives on it.</summary>
public sealed class TokenRootKeyStoreTests : RootKeyStoreContract
{
    private readonly Token token = new();

    [Fact]
    public void The_samples_see_nothing_internal() =>
        Assert.DoesNotContain(typeof(Vault).Assembly.GetCustomAttributesData(),
            a => a.AttributeType.Name == "InternalsVisibleToAttribute" && ((string)a.ConstructorArguments[0].Value!).StartsWith("FaceVault.Samples", StringComparison.Ordinal));

    [Fact]
    public async Task A_vault_whose_root_key_lies_on_a_token_destroys_and_proves_it()
    {
        using var folder = new TemporaryFolder();
        VerifierKey verifier;
        DeletionCertificate certificate;
        await using (Vault vault = Open(folder.Path))
        {
            await vault.InitializeAsync();
            await vault.EnsurePurposeAsync(TestVault.Purpose());
            for (int i = 0; i < 2; i++)
            {
                await vault.GrantConsentAsync(TestVault.GrantAt(DateTimeOffset.UtcNow, $"c-{i}"));
                await vault.EnrollAsync(new ConsentId($"c-{i}"), null, TestVault.Face(i));
            }

            byte[] before = token.Dump();
            certificate = await vault.WithdrawConsentAsync(new ConsentId("c-0"));
            Assert.NotEqual(before, token.Dump());
            verifier = vault.VerifierKey;
        }

        Assert.Equal(CertificateFinding.Valid, certificate.Check(verifier));
        Assert.Contains(certificate.Locations, l => l is { Type: LocationType.Root, Medium: "token", Method: "the token erases the object", Confirmed: true });
        await using (Vault again = Open(folder.Path))
        {
            await again.OpenAsync();
            Assert.Equal(1, (await again.GetStatusAsync()).Consents);
            Assert.True((await again.AuditAsync()).IsIntact);
        }

        token.IsPlugged = false;
        await using Vault away = Open(folder.Path);
        Assert.Equal(VaultErrorCode.RootKeyMissing, (await Assert.ThrowsAsync<VaultException>(() => away.OpenAsync())).Code);
    }

    protected override IRootKeyStore OpenStore() => new TokenRootKeyStore(token);

    protected override byte[]? Image() => token.IsBlank ? null : token.Dump();

    private Vault Open(string folder) => new(new VaultOptions { Directory = Path.Combine(folder, "vault"), RootKey = OpenStore() });
}
