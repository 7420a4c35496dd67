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
        FixtureFormat kept = FixtureFormat.Of(format);
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(Repository.Root, Kept, format), copy.Path);
        string expected = await File.ReadAllTextAsync(copy[FixtureVault.Answers]);
        VerifierKey key = VerifierKey.Parse((await File.ReadAllTextAsync(copy[FixtureVault.Verifier])).TrimEnd());
        await using (Vault vault = FixtureVault.Open(copy.Path))
        {
            Assert.Equal(expected, await FixtureVault.AskAsync(vault, kept));
            Assert.Equal(key, vault.VerifierKey);
            int certificates = 0;
            foreach (string consent in kept.People.Consents)
            {
                foreach (DeletionCertificate certificate in await vault.GetDeletionCertificatesAsync(new ConsentId(consent)))
                {
                    Assert.True(certificate.Check(key).IsValid);
                    Assert.Null(IndependentVerifier.Check(certificate.ToJson(), key.ToString()));
                    certificates++;
                }
            }

            Assert.Equal(kept.Certificates, certificates);
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

    /// <summary>Nothing is counted for the time before, and from now on everything.</summary>
    [Fact]
    public async Task A_vault_of_before_there_were_records_filings_and_calibrations_has_none_and_begins_them()
    {
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(Repository.Root, Kept, FixtureFormat.First.Name), copy.Path);
        await using Vault vault = FixtureVault.Open(copy.Path);
        await vault.OpenAsync();
        Assert.Empty(await vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue));
        Assert.Empty(await vault.GetFilingAsync());
        Assert.All(await vault.ListPurposesAsync(), purpose => Assert.Empty(purpose.Calibrations));
        await vault.WithdrawConsentAsync(new ConsentId("c-0"));
        ProcessingRecord record = Assert.Single(await vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue));
        Assert.Equal((0, 1, 1, false), (record.ConsentsGranted, record.Withdrawals, record.KeysDestroyed, record.IsIncomplete));
        Assert.True((await vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task A_vault_with_rules_holds_its_people_to_them_when_it_is_opened_later()
    {
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(Repository.Root, Kept, FixtureFormat.Today.Name), copy.Path);
        await using (Vault vault = FixtureVault.Open(copy.Path))
        {
            Assert.Equal(["door", "lift", "gate", "pool"], (await vault.ListPurposesAsync()).Where(purpose => purpose.IsRotated).Select(purpose => purpose.Definition.Id.Value));
            long granted = (await vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue)).Sum(record => record.ConsentsGranted);
            Assert.Equal(73, granted);
            await RefusedAsync(ViolationCode.Restricted, () => vault.EnrollAsync(new ConsentId("c-5"), null, Operations.TestVault.Face(5)));
            await RefusedAsync(ViolationCode.ConsentBundled, () => vault.GrantConsentAsync(FixtureVault.Grant("s-9", "subject of c-0", "pool") with { InteractionId = "interaction of c-0" }));
            Assert.Equal(VaultErrorCode.PurposeRetired, (await Assert.ThrowsAsync<VaultException>(() => vault.GrantConsentAsync(FixtureVault.Grant("t-9", purpose: "shed")))).Code);
            Gallery gallery = await vault.GetGalleryAsync(new PurposeId("door"));
            Assert.Equal(new ConsentId("c-0"), Assert.Single(await gallery.IdentifyAsync(Operations.TestVault.Face(20), 1, Threshold.Calibrated)).Consent);
            Assert.Empty(await gallery.IdentifyAsync(Operations.TestVault.Face(5), 1, Threshold.Calibrated));
            Assert.Equal(["the pool's keeper"], (await vault.GetConsentAsync(new ConsentId("s-0")))!.RecipientsToNotify);
            await vault.GrantConsentAsync(FixtureVault.Grant("s-9", purpose: "pool"));
            Assert.Equal(granted + 1, (await vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue)).Sum(record => record.ConsentsGranted));
        }

        await using (Vault vault = FixtureVault.Open(copy.Path, new DateTimeOffset(2027, 2, 28, 16, 0, 0, TimeSpan.Zero))) // midnight in Shanghai: the child's band has ended
        {
            FaceVerification child = await vault.VerifyFaceAsync(new ConsentId("s-2"), Operations.TestVault.Face(5), Threshold.At(0.9f));
            Assert.Equal((VerificationOutcome.Refused, ViolationCode.GuardianConsentRequired), (child.Outcome, Assert.Single(child.Violations).Code));
            Assert.True((await vault.VerifyFaceAsync(new ConsentId("s-0"), Operations.TestVault.Face(0), Threshold.At(0.9f))).IsMatch);
            await vault.EnrollAsync(new ConsentId("s-0"), null, Operations.TestVault.Face(0)); // filed, and so not overdue
            Assert.True((await vault.AuditAsync()).IsIntact);
        }
    }

    private static async Task RefusedAsync(ViolationCode code, Func<Task> call) => Assert.Equal(code, Assert.Single((await Assert.ThrowsAsync<RefusedException>(call)).Violations).Code);

    [Fact]
    public async Task Purposes_of_before_there_were_rotations_go_on_without_and_new_ones_have_them()
    {
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(Repository.Root, Kept, FixtureFormat.First.Name), copy.Path);
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
        using var copy = new TemporaryFolder(); // what is asked is counted and written: the folder stays as it was made
        Copy(folder, copy.Path);
        await using Vault vault = FixtureVault.Open(copy.Path);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, FixtureVault.Answers)), await FixtureVault.AskAsync(vault, FixtureFormat.Today));
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
