using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Rows sealed under a former key of a living slot: gone before the completion is logged, so that a crash leaves them owed and not forgotten; what an archive brings back a sweep removes.</summary>
[Trait("Claim", "E4")]
public sealed class FormerRowsTests
{
    private static readonly ConsentId One = Scenario.Id("c-1");

    [Theory]
    [InlineData("replace")]
    [InlineData("remove one")]
    public async Task A_re_key_that_dies_anywhere_leaves_no_row_of_the_former_key_to_an_open_vault(string operation)
    {
        Scenario scenario = Scenario.All.Single(s => s.Name == operation);
        Rehearsal run = await Rehearsal.OfAsync(operation, 2, 1);
        for (int step = 1; step <= run.StoreSteps; step++)
        {
            await using TestVault test = await run.OpenAsync();
            test.Faults.KillAt(StoreStep.Any, step, StoreFaultMoment.After);
            await Record.ExceptionAsync(() => scenario.Run(test).WaitAsync(Observation.Patience));
            test.Crash();
            await test.Vault.OpenAsync().WaitAsync(Observation.Patience);
            Assert.Equal((step, 0), (step, FormerRows(test)));
        }
    }

    [Theory]
    [InlineData("replace")]
    [InlineData("remove one")]
    public async Task A_re_key_with_a_failing_step_leaves_no_row_of_the_former_key_once_it_is_certified(string operation)
    {
        Scenario scenario = Scenario.All.Single(s => s.Name == operation);
        Rehearsal run = await Rehearsal.OfAsync(operation, 2, 1);
        for (int step = 1; step <= run.StoreSteps; step++)
        {
            await using TestVault test = await run.OpenAsync();
            test.Faults.FailAt(StoreStep.Any, step, StoreFaultMoment.Before);
            await Record.ExceptionAsync(() => scenario.Run(test).WaitAsync(Observation.Patience));
            if ((await test.Vault.GetDeletionCertificatesAsync(One)).Count > 0)
                Assert.Equal((step, 0), (step, FormerRows(test)));
        }
    }

    [Fact]
    public async Task Rows_that_an_archive_brought_back_are_deleted_by_the_next_sweep()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        RowTable archive = test.Templates.Snapshot()!;
        await test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]);
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-2"));
        PutBack(test, archive);
        Assert.NotEqual(0, FormerRows(test));
        Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f.Code == "orphan");

        await test.Vault.SweepAsync();

        Assert.Equal(0, FormerRows(test));
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.True(audit.Findings.Count == 0, string.Join('\n', audit.Findings));
        Assert.Contains("face 20 is c-1", await Observation.FacesAsync(test));
        Assert.Contains("face 0 is c-0", await Observation.FacesAsync(test));
    }

    [Fact]
    public async Task Writing_to_a_slot_deletes_them_too()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        RowTable archive = test.Templates.Snapshot()!;
        await test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]);
        PutBack(test, archive);

        await test.Vault.EnrollAsync(One, null, TestVault.Face(21));

        Assert.Equal(0, FormerRows(test));
        await Observation.AssertWholeAsync(test);
    }

    private static void PutBack(TestVault test, RowTable archive)
    {
        foreach ((long id, byte[] blob) in archive.Range(0, long.MaxValue))
            test.Templates.Tamper(TemplateRowId.Slot(id), TemplateRowId.Ordinal(id), blob);
    }

    private static int FormerRows(TestVault test)
    {
        using ReadScope view = test.Vault.Engine.Read();
        int former = 0;
        foreach ((long id, _) in test.Templates.Snapshot()!.Range(0, long.MaxValue))
            if (view.Tree.TryGet(TemplateRowId.Slot(id), out KeyEntry entry) && (!entry.IsLiving || TemplateRowId.Ordinal(id) < entry.FirstOrdinal))
                former++;
        return former;
    }
}
