using System.Text;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Conventions;
using FaceVault.Tests.Erasure;

namespace FaceVault.Tests.Fixtures;

/// <summary>
/// A vault of each format that was ever released opens, answers as it did and goes on. A new one is made by
/// <c>FACEVAULT_MAKE_FIXTURE=/an/empty/folder dotnet test tests/FaceVault.Tests --filter A_fixture_is_made</c>; its folder is then put beside the others.
/// </summary>
public sealed class FixtureTests
{
    private const string Kept = "tests/FaceVault.Tests/Fixtures";

    public static TheoryData<string> Formats => [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, Kept)).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_vault_of_a_kept_format_answers_as_it_did_and_goes_on(string format)
    {
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(Repository.Root, Kept, format), copy.Path);
        string expected = await File.ReadAllTextAsync(copy[FixtureVault.Answers]);
        VerifierKey key = VerifierKey.Parse((await File.ReadAllTextAsync(copy[FixtureVault.Verifier])).TrimEnd());
        await using (Vault vault = FixtureVault.Open(copy.Path))
        {
            Assert.Equal(expected, await FixtureVault.AskAsync(vault));
            Assert.Equal(key, vault.VerifierKey);
            int certificates = 0;
            foreach (string consent in FixtureVault.People.Consents)
            {
                foreach (DeletionCertificate certificate in await vault.GetDeletionCertificatesAsync(new ConsentId(consent)))
                {
                    Assert.True(certificate.Check(key).IsValid);
                    Assert.Null(IndependentVerifier.Check(certificate.ToJson(), key.ToString()));
                    certificates++;
                }
            }

            Assert.Equal(4, certificates);
        }

        // It goes on: what is withdrawn today is destroyed, in the store and in the mirror.
        await using (Vault vault = FixtureVault.Open(copy.Path))
        {
            Assert.True((await vault.WithdrawConsentAsync(new ConsentId("c-0"))).Check(key).IsValid);
            await vault.LiftHoldAsync(HoldScope.OfConsents([new ConsentId("c-4")]));
            Assert.Equal(ConsentStatus.Destroyed, (await vault.GetConsentAsync(new ConsentId("c-4")))!.Status);
            AuditReport audit = await vault.AuditAsync();
            Assert.True(audit.IsIntact, string.Join('\n', audit.Findings));
        }
    }

    [Fact]
    public async Task Purposes_of_before_there_were_rotations_go_on_without_and_new_ones_have_them()
    {
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(Repository.Root, Kept, "2026-11-22"), copy.Path);
        await using (Vault vault = FixtureVault.Open(copy.Path))
        {
            Assert.All(await vault.ListPurposesAsync(), purpose => Assert.False(purpose.IsRotated));
            await vault.AddPurposeVersionAsync(Operations.TestVault.Purpose() with { Description = "Opening the front door of the new house" });
            await vault.AdmitModelAsync(new PurposeId("lift"), new TemplateModel("newer", 64, TemplateEncoding.Float32));
            await vault.EnsurePurposeAsync(Operations.TestVault.Purpose(id: "yard"));
        }

        await using (Vault vault = FixtureVault.Open(copy.Path))
        {
            Assert.Equal(["yard"], (await vault.ListPurposesAsync()).Where(purpose => purpose.IsRotated).Select(purpose => purpose.Definition.Id.Value));
            Assert.Equal(VerificationOutcome.Match, (await vault.VerifyFaceAsync(new ConsentId("v-0"), Operations.TestVault.Face(0), Threshold.At(0.9999f), Operations.TestVault.Model.Name)).Outcome);
        }
    }

    [Fact]
    public async Task A_fixture_is_made_where_it_is_asked_for_and_answers_as_it_says()
    {
        using var temporary = new TemporaryFolder();
        string folder = Environment.GetEnvironmentVariable("FACEVAULT_MAKE_FIXTURE") is { Length: > 0 } asked ? asked : temporary.Path;
        Directory.CreateDirectory(folder);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        await FixtureVault.MakeAsync(folder);
        await using Vault vault = FixtureVault.Open(folder);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, FixtureVault.Answers)), await FixtureVault.AskAsync(vault));
    }

    [Fact]
    public void A_root_key_that_lies_in_the_repository_says_that_it_is_public()
    {
        string label = File.ReadAllText(Path.Combine(Repository.Root, Kept, "README.md"), Encoding.UTF8);
        Assert.Contains("root keys in these folders are public", label, StringComparison.Ordinal);
        Assert.Contains("synthetic", label, StringComparison.Ordinal);
    }

    internal static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
