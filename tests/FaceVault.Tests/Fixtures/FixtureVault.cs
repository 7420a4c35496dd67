using System.Globalization;
using System.Text;
using FaceVault.Tests.Operations;
using FaceVault.Tests.Tampering;

namespace FaceVault.Tests.Fixtures;

/// <summary>What is asked of a vault of one format, and what it must hold.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="People">Whom to ask about.</param>
/// <param name="Certificates">How many certificates these have.</param>
/// <param name="HasRules">Whether it was written with rotations, processing records, calibrations, restrictions and filing.</param>
internal sealed record FixtureFormat(string Name, People People, int Certificates, bool HasRules)
{
    public static readonly FixtureFormat First = new("2026-11-22", new(["c-0", "c-1", "r-1", "c-2", "c-3", "c-4", "v-0", "v-1"], [0, 1, 2, 3, 4, 20]), 4, false);
    public static readonly FixtureFormat Today = new("2026-11-23", new([.. First.People.Consents, "c-5", "s-0", "s-2", "t-0"], [.. First.People.Faces, 5]), 5, true);

    public static FixtureFormat Of(string name) => Assert.Single([First, Today], format => format.Name == name);
}

/// <summary>Makes and opens the vaults that are kept to be opened for ever after. Everybody in them is synthetic, and their root keys are public: they lie here.</summary>
internal static class FixtureVault
{
    public const string Answers = "answers.txt", Verifier = "verifier.txt";

    /// <summary>A duty to file that three persons bring about, and children up to fourteen.</summary>
    private const string Few = """{"name":"few","title":"Few","zone":"Asia/Shanghai","rows":[{"rule":"P11","filing":{"persons":3,"workingDays":2,"afterDue":"block"},"from":"2025-06-01","source":"CAC 15"}]}""";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A history with one of everything that today's version can write: <c>vault/</c>, <c>mirror0/</c> and <c>root0.key</c>, and what they must answer.</summary>
    public static async Task MakeAsync(string folder)
    {
        await using (var vault = new Vault(Options(folder, Now)))
        {
            await vault.InitializeAsync();
            await vault.EnsurePurposeAsync(TestVault.Purpose());
            await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift"));
            await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate"));
            await vault.AddPurposeVersionAsync(TestVault.Purpose(PurposeKind.Verification, "gate") with { Description = "Opening the second gate" });
            foreach ((string id, string purpose, int face) in ((string, string, int)[])
                [("c-0", TestVault.Door, 0), ("c-1", TestVault.Door, 1), ("c-2", TestVault.Door, 2), ("c-3", TestVault.Door, 3), ("c-4", TestVault.Door, 4), ("v-0", "lift", 0), ("v-1", "gate", 1)])
            {
                await vault.GrantConsentAsync(Grant(id, purpose: purpose));
                await vault.EnrollAsync(Scenario.Id(id), null, TestVault.Face(face));
                await vault.EnrollAsync(Scenario.Id(id), "synthetic8", TestVault.Face(face));
            }

            await vault.GrantConsentsAsync([.. Enumerable.Range(0, 60).Select(i => Grant($"f-{i}"))]); // so that there is a branch and a second leaf
            await vault.ReplaceTemplatesAsync(Scenario.Id("c-0"), null, [TestVault.Face(20)]);
            await vault.RenewConsentAsync(Scenario.Id("c-1"), Grant("r-1", "subject of c-1"));
            await vault.WithdrawConsentAsync(Scenario.Id("c-2"));
            await vault.EraseSubjectAsync(new SubjectId("subject of c-3"), "order 7");
            await vault.SetHoldAsync(HoldScope.OfConsents([Scenario.Id("c-4")]), "case 9");
            await Assert.ThrowsAsync<LegalHoldException>(() => vault.WithdrawConsentAsync(Scenario.Id("c-4")));
            await UnderRulesAsync(vault);
            await File.WriteAllTextAsync(Path.Combine(folder, Verifier), vault.VerifierKey + "\n");
        }

        using var copy = new Cli.TemporaryFolder(); // asking is counted, and written when the vault is closed
        FixtureTests.Copy(folder, copy.Path);
        await using Vault made = Open(copy.Path);
        await File.WriteAllTextAsync(Path.Combine(folder, Answers), await AskAsync(made, FixtureFormat.Today));
    }

    /// <summary>The vault in a folder that may be written to.</summary>
    public static Vault Open(string folder, DateTimeOffset? now = null)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Root(folder), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new Vault(Options(folder, now ?? Now));
    }

    public static ConsentGrant Grant(string id, string? subject = null, string purpose = TestVault.Door) => TestVault.GrantAt(Now, id, subject, purpose);

    /// <summary>Status, and the answer to every question; nothing may be broken, owed or missing.</summary>
    public static async Task<string> AskAsync(Vault vault, FixtureFormat format)
    {
        string rules = format.HasRules ? await AskRulesAsync(vault) : ""; // at first: the questions below are counted
        Tampering.Answers answers = await Tampering.Answers.OfAsync(vault, format.People);
        Assert.Empty(answers.Complaints);
        VaultStatus status = await vault.GetStatusAsync();
        Assert.Equal((0, false, 0L), (status.Owed, status.IsDegraded, status.HeadLag));
        AuditReport audit = await vault.AuditAsync();
        Assert.DoesNotContain(audit.Findings, f => f.Code is not ("orphan" or "hold"));
        return string.Create(CultureInfo.InvariantCulture,
            $"status: {status.Origin} epoch {status.Epoch} commit {status.Commit} ledger {status.LedgerSize} consents {status.Consents} slots {status.Slots} purposes {status.Purposes}\naudit: {audit.Slots} slots {audit.Records} records {audit.Templates} templates {audit.LedgerLines} lines {audit.Certificates} certificates\n")
            + rules + answers.ToText();
    }

    private static VaultOptions Options(string folder, DateTimeOffset now)
    {
        var options = new VaultOptions
        {
            TimeProvider = new FixedClock(now),
            MatchingThreads = 1,
            RecordInterval = TimeSpan.FromDays(1), // as many commits, whatever the time they take
            Directory = Path.Combine(folder, "vault"),
            RootKey = new FileRootKeyStore([Root(folder)]) { AllowEphemeral = true },
            WorkingDays = new WorkingDayCalendar(new DateOnly(2026, 1, 1), new DateOnly(2028, 1, 1), [], []),
        };
        options.Mirrors.Add(Path.Combine(folder, "mirror0"));
        options.Profiles.Add(RuleProfile.FromJson(Encoding.UTF8.GetBytes(Few)));
        return options;
    }

    private static string Root(string folder) => Path.Combine(folder, "root0.key");

    /// <summary>What the rules brought: a restriction, profiles with a duty to file, a child, a copy, a calibration, a retired purpose with its rotation, and counts of uses and refusals.</summary>
    private static async Task UnderRulesAsync(Vault vault)
    {
        await vault.GrantConsentAsync(Grant("c-5"));
        await vault.EnrollAsync(Scenario.Id("c-5"), null, TestVault.Face(5));
        await vault.RestrictConsentAsync(Scenario.Id("c-5"), "request 9", RequesterRole.Subject);
        await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "pool") with { Profile = "cn+few" });
        await vault.GrantConsentsAsync([Grant("s-0", purpose: "pool") with { Recipients = ["the pool's keeper"] }, Grant("s-1", purpose: "pool") with { Form = "written" }]);
        await vault.GrantConsentAsync(Grant("s-2", purpose: "pool") with { AgeBand = "child", AgeBandEnds = new DateOnly(2027, 3, 1), Guardian = new SubjectId("guardian of s-2") });
        await vault.EnrollAsync(Scenario.Id("s-0"), null, TestVault.Face(0));
        await vault.EnrollAsync(Scenario.Id("s-2"), null, TestVault.Face(5));
        Assert.True(await vault.RecordFilingAsync("filing 12"));
        Assert.Equal(1, await vault.CopyTemplatesAsync(Scenario.Id("s-0"), static (_, _) => { }, "the pool's keeper", "request 10"));
        LabelledScores scores = LabelledScores.ForIdentification(TestVault.Model, 100, 100, 100);
        scores.AddMated(1, 0.9f);
        for (int i = 0; i < 60; i++)
            scores.AddNonMated(i, i + 100, i / 100f);
        await vault.SetCalibrationAsync(new PurposeId(TestVault.Door), scores.Calibrate(0.1, Now));
        await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Analysis, "shed"));
        await vault.GrantConsentAsync(Grant("t-0", purpose: "shed"));
        await vault.EnrollAsync(Scenario.Id("t-0"), null, TestVault.Face(5));
        await vault.AnalyzeAsync(Scenario.Id("t-0"), static values => values.Length);
        await vault.RetirePurposeAsync(new PurposeId("shed"));
        Assert.True((await vault.VerifyFaceAsync(Scenario.Id("s-0"), TestVault.Face(0), Threshold.At(0.9f))).IsMatch);
        Assert.Equal(ViolationCode.Restricted, Assert.Single((await Assert.ThrowsAsync<RefusedException>(() => vault.EnrollAsync(Scenario.Id("c-5"), null, TestVault.Face(5)))).Violations).Code);
    }

    private static async Task<string> AskRulesAsync(Vault vault)
    {
        var lines = new List<string>();
        foreach (ProcessingRecord r in await vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue))
            lines.Add($"record: {r.Day:yyyy-MM-dd} {r.Purpose} {r.ConsentsGranted} granted {r.Enrolments} enrolled {r.Verifications} {r.VerificationMatches} verified {r.Searches} {r.SearchHits} searched {r.Analyses} analysed {r.Copies} copied {r.Restrictions} restricted {r.Withdrawals} withdrawn {r.Erasures} erased {r.Retirements} retired {r.KeysDestroyed} destroyed {string.Join(' ', r.Refusals.OrderBy(f => f.Key).Select(f => $"{f.Key} {f.Value}"))}");
        foreach (FilingStatus f in await vault.GetFilingAsync())
            lines.Add($"filing: {f.Threshold} persons, {f.Persons} now, crossed {f.CrossedOn:yyyy-MM-dd} due {f.DueOn:yyyy-MM-dd} filed {f.FiledAt:yyyy-MM-dd} {f.Reference}");
        foreach (PurposeInfo purpose in await vault.ListPurposesAsync())
        {
            lines.Add($"rotated: {purpose.Definition.Id} {purpose.IsRotated}");
            foreach (ThresholdCalibration c in purpose.Calibrations)
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"calibrated: {purpose.Definition.Id} {c.Model.Name} {c.Kind} {c.Threshold} for {c.WantedRate} up to {c.LargestGallery}"));
        }

        foreach (string id in (string[])["c-5", "s-0", "s-2"])
            lines.Add($"consent: {Encoding.UTF8.GetString(await vault.ExportConsentAsync(Scenario.Id(id)))}");
        return string.Concat(lines.Select(line => line + "\n"));
    }
}
