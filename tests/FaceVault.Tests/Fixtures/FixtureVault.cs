using System.Globalization;
using FaceVault.Tests.Operations;
using FaceVault.Tests.Tampering;

namespace FaceVault.Tests.Fixtures;

/// <summary>Makes and opens the vaults that are kept to be opened for ever after. Everybody in them is synthetic, and their root keys are public: they lie here.</summary>
internal static class FixtureVault
{
    public const string Answers = "answers.txt", Verifier = "verifier.txt";
    public static readonly People People = new(["c-0", "c-1", "r-1", "c-2", "c-3", "c-4", "v-0", "v-1"], [0, 1, 2, 3, 4, 20]);

    /// <summary>A history with one of everything that today's version can write: <c>vault/</c>, <c>mirror0/</c> and <c>root0.key</c>, and what they must answer.</summary>
    public static async Task MakeAsync(string folder)
    {
        await using (TestVault test = await TestVault.InFilesAsync(folder, roots: 1, mirrors: 1))
        {
            await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift"));
            await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate"));
            await test.Vault.AddPurposeVersionAsync(TestVault.Purpose(PurposeKind.Verification, "gate") with { Description = "Opening the second gate" });
            foreach ((string id, string purpose, int face) in ((string, string, int)[])
                [("c-0", TestVault.Door, 0), ("c-1", TestVault.Door, 1), ("c-2", TestVault.Door, 2), ("c-3", TestVault.Door, 3), ("c-4", TestVault.Door, 4), ("v-0", "lift", 0), ("v-1", "gate", 1)])
            {
                await test.Vault.GrantConsentAsync(test.Grant(id, purpose: purpose));
                await test.Vault.EnrollAsync(Scenario.Id(id), null, TestVault.Face(face));
                await test.Vault.EnrollAsync(Scenario.Id(id), "synthetic8", TestVault.Face(face));
            }

            await test.Vault.GrantConsentsAsync([.. Enumerable.Range(0, 60).Select(i => test.Grant($"f-{i}"))]); // so that there is a branch and a second leaf
            await test.Vault.ReplaceTemplatesAsync(Scenario.Id("c-0"), null, [TestVault.Face(20)]);
            await test.Vault.RenewConsentAsync(Scenario.Id("c-1"), test.Grant("r-1", "subject of c-1"));
            await test.Vault.WithdrawConsentAsync(Scenario.Id("c-2"));
            await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-3"), "order 7");
            await test.Vault.SetHoldAsync(HoldScope.OfConsents([Scenario.Id("c-4")]), "case 9");
            await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(Scenario.Id("c-4")));
            await File.WriteAllTextAsync(Path.Combine(folder, Verifier), test.Vault.VerifierKey + "\n");
        }

        using var copy = new Cli.TemporaryFolder(); // asking is counted, and written when the vault is closed
        FixtureTests.Copy(folder, copy.Path);
        await using Vault vault = Open(copy.Path);
        await File.WriteAllTextAsync(Path.Combine(folder, Answers), await AskAsync(vault));
    }

    /// <summary>The vault in a folder that may be written to.</summary>
    public static Vault Open(string folder)
    {
        string root = Path.Combine(folder, "root0.key");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var options = new VaultOptions
        {
            TimeProvider = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)),
            MatchingThreads = 1,
            Directory = Path.Combine(folder, "vault"),
            RootKey = new FileRootKeyStore([root]) { AllowEphemeral = true },
        };
        options.Mirrors.Add(Path.Combine(folder, "mirror0"));
        return new Vault(options);
    }

    /// <summary>Status, and the answer to every question; nothing may be broken, owed or missing.</summary>
    public static async Task<string> AskAsync(Vault vault)
    {
        Tampering.Answers answers = await Tampering.Answers.OfAsync(vault, People);
        Assert.Empty(answers.Complaints);
        VaultStatus status = await vault.GetStatusAsync();
        Assert.Equal((0, false, 0L), (status.Owed, status.IsDegraded, status.HeadLag));
        AuditReport audit = await vault.AuditAsync();
        Assert.DoesNotContain(audit.Findings, f => f.Code is not ("orphan" or "hold"));
        return string.Create(CultureInfo.InvariantCulture,
            $"status: {status.Origin} epoch {status.Epoch} commit {status.Commit} ledger {status.LedgerSize} consents {status.Consents} slots {status.Slots} purposes {status.Purposes}\naudit: {audit.Slots} slots {audit.Records} records {audit.Templates} templates {audit.LedgerLines} lines {audit.Certificates} certificates\n")
            + answers.ToText();
    }
}
