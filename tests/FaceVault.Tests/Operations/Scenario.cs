namespace FaceVault.Tests.Operations;

/// <summary>One operation on a vault whose whole state is known before and after.</summary>
/// <param name="Name">What the test is called by.</param>
/// <param name="Run">The operation, as a caller makes it.</param>
/// <param name="Stops">Whether its failure leaves consents stopped, to be ended by the next call.</param>
/// <param name="Prepare">What happens before, without faults.</param>
/// <param name="Resumes">Whether it goes in several commits, so that what was interrupted is ended by calling again.</param>
internal sealed record Scenario(string Name, Func<TestVault, Task> Run, bool Stops = false, Func<TestVault, Task>? Prepare = null, bool Resumes = false)
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("grant", t => t.Vault.GrantConsentsAsync([t.Grant("c-5"), t.Grant("c-6")])),
        new("enroll", t => t.Vault.EnrollAsync(Id("c-0"), null, TestVault.Face(20))),
        new("import", t => t.Vault.ImportAsync(new PurposeId(TestVault.Door), null, Items(t))),
        new("purpose", t => t.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift"))),
        new("withdraw", t => t.Vault.WithdrawConsentAsync(Id("c-1")), Stops: true),
        new("withdraw several", t => t.Vault.WithdrawConsentsAsync([Id("c-0"), Id("f-3"), Id("c-4")]), Stops: true),
        new("erase", t => t.Vault.EraseSubjectAsync(new SubjectId("subject of c-2"), "order 7"), Stops: true),
        new("replace", t => t.Vault.ReplaceTemplatesAsync(Id("c-1"), null, [TestVault.Face(20), TestVault.Face(21)])),
        new("remove one", t => t.Vault.RemoveTemplateAsync(Id("c-1"), 0)),
        new("renew", t => t.Vault.RenewConsentAsync(Id("c-1"), t.Grant("c-7", "subject of c-1"))),
        new("sweep", Sweep, Prepare: t => t.Vault.WithdrawConsentAsync(Id("c-0"))),
        new("admit model", t => t.Vault.AdmitModelAsync(new PurposeId(TestVault.Door), new TemplateModel("later", 64, TemplateEncoding.Float32))),
        new("retire model", t => t.Vault.RetireModelAsync(new PurposeId(TestVault.Door), "synthetic8")),
        new("retire purpose", t => t.Vault.RetirePurposeAsync(new PurposeId("lift")), Stops: true, Prepare: OfferLift, Resumes: true),
        new("hold", t => t.Vault.SetHoldAsync(HoldScope.OfConsents([Id("c-1"), Id("f-3")]), "case 12")),
        new("withdraw held", t => KeptAsync(t, "c-0", "c-1"), Stops: true, Prepare: t => t.Vault.SetHoldAsync(HoldScope.OfConsents([Id("c-1")]))),
        new("lift", t => t.Vault.LiftHoldAsync(HoldScope.OfConsents([Id("c-1"), Id("c-2")])), Stops: true, Prepare: HoldAndStop),
        new("restrict", t => t.Vault.RestrictConsentAsync(Id("c-1"), "request 7", RequesterRole.Subject)),
        new("withdraw restricted", t => t.Vault.WithdrawConsentAsync(Id("c-1")), Stops: true, Prepare: t => t.Vault.RestrictConsentAsync(Id("c-1"))),
        new("copy", t => t.Vault.CopyTemplatesAsync(Id("r-0"), static (_, _) => { }, "Lift Ltd"), Prepare: NameRecipient),
        new("mirror add", t => t.Vault.AddMirrorAsync($"mirror{t.MirrorStores.Count - 1}"), Prepare: t => t.GrowAsync(mirrors: 1)),
        new("mirror drop", t => t.Vault.DropMirrorAsync($"mirror{t.MirrorStores.Count - 1}"), Prepare: AddMirror),
        new("root add", t => t.Vault.AddRootLocationAsync($"memory {t.Media.Length - 1}"), Prepare: t => t.GrowAsync(roots: 1)),
        new("root retire", t => t.Vault.RetireRootLocationAsync("memory 0"), Prepare: AddRoot),
        new("refill", t => t.Vault.RefillMirrorAsync("mirror0"), Prepare: LoseMirror),
    ];

    public static ConsentId Id(string id) => new(id);

    /// <summary>Five people with faces, one of them with two templates, and sixty grants without, so that a full leaf and the tail are touched.</summary>
    public static async Task<TestVault> BuildAsync(int roots, int mirrors)
    {
        TestVault test = await TestVault.InMemoryAsync(roots, mirrors);
        await test.EnrollAsync(3);
        await test.Vault.EnrollAsync(Id("c-1"), null, TestVault.Face(101));
        await test.Vault.GrantConsentsAsync([.. Enumerable.Range(0, 60).Select(i => test.Grant($"f-{i}"))]);
        await test.EnrollAsync(2, from: 3);
        return test;
    }

    private static async IAsyncEnumerable<Enrollment> Items(TestVault test)
    {
        await Task.CompletedTask;
        yield return new Enrollment { Grant = test.Grant("c-5"), Embedding = TestVault.Face(5) };
        yield return new Enrollment { Grant = test.Grant("c-6"), Embedding = TestVault.Face(6) };
        yield return new Enrollment { Grant = test.Grant("c-6"), Embedding = TestVault.Face(7) };
        yield return new Enrollment { Grant = test.Grant("c-0"), Embedding = TestVault.Face(20) };
    }

    private static Task Sweep(TestVault test)
    {
        test.Clock.Now = test.Start.AddYears(4);
        return test.Vault.SweepAsync();
    }

    private static async Task KeptAsync(TestVault test, params string[] consents)
    {
        try
        {
            await test.Vault.WithdrawConsentsAsync([.. consents.Select(Id)]);
            Assert.Fail("A hold keeps one of them.");
        }
        catch (LegalHoldException)
        {
            // stopped and kept, as it must be
        }
    }

    private static async Task NameRecipient(TestVault test)
    {
        await test.Vault.GrantConsentAsync(test.Grant("r-0") with { Recipients = ["Lift Ltd"] });
        await test.Vault.EnrollAsync(Id("r-0"), null, TestVault.Face(41));
    }

    private static async Task OfferLift(TestVault test)
    {
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift"));
        await test.Vault.GrantConsentsAsync([test.Grant("l-0", purpose: "lift"), test.Grant("l-1", purpose: "lift")]);
        await test.Vault.EnrollAsync(Id("l-0"), null, TestVault.Face(40));
    }

    private static async Task HoldAndStop(TestVault test)
    {
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([Id("c-1"), Id("c-2")]));
        await KeptAsync(test, "c-1");
    }

    private static async Task AddMirror(TestVault test)
    {
        await test.GrowAsync(mirrors: 1);
        await test.Vault.AddMirrorAsync($"mirror{test.MirrorStores.Count - 1}");
    }

    private static async Task AddRoot(TestVault test)
    {
        await test.GrowAsync(roots: 1);
        await test.Vault.AddRootLocationAsync($"memory {test.Media.Length - 1}");
    }

    private static async Task LoseMirror(TestVault test)
    {
        await test.Vault.DisposeAsync();
        if (test.MirrorStores.Count > 0)
            test.MirrorStores[0].Restore(null);
        test.Renew();
        await test.Vault.OpenAsync();
    }
}
