using FaceVault.Storage;
using FsCheck;
using FsCheck.Fluent;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>C2 (SPC 4(2)): one act of consent, one purpose; also in one batch, after a restart, beside damage, and only as long as there is evidence of it.</summary>
[Trait("Rule", "C2")]
public sealed class InteractionTests
{
    private const string Canteen = "canteen";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_act_stands_for_one_purpose_and_serves_it_again(bool reopened)
    {
        await using TestVault test = await MakeAsync();
        await test.Vault.GrantConsentAsync(Grant(test, "c-1", "form 12"));
        if (reopened)
            await test.ReopenAsync();
        string before = Print(test);
        Violation violation = Assert.Single((await RefusedAsync(test, Grant(test, "c-2", "form 12", Canteen))).Violations);
        Assert.Equal((ViolationCode.ConsentBundled, "C2", "interaction"), (violation.Code, violation.Rule, violation.Field));
        Assert.Equal(before, Print(test));

        await test.Vault.GrantConsentAsync(Grant(test, "c-3", "form 12")); // another person, the same act and purpose: a form for a family
        await test.Vault.GrantConsentAsync(Grant(test, "c-4", "form 13", Canteen));
        await test.Vault.GrantConsentAsync(Grant(test, "c-5", null, Canteen));
        await test.Vault.RenewConsentAsync(new ConsentId("c-1"), Grant(test, "c-6", "form 12", subject: "subject of c-1"));
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-3")); // what was withdrawn was given all the same
        await RefusedAsync(test, Grant(test, "c-7", "form 12", Canteen));
        await RefusedAsync(test, Grant(test, "c-7", "form 13"));
    }

    [Fact]
    public async Task A_batch_and_callers_who_share_a_commit_are_judged_together()
    {
        await using TestVault test = await MakeAsync();
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.GrantConsentsAsync([Grant(test, "c-1", "form 12"), Grant(test, "c-2", "form 12", Canteen), Grant(test, "c-3", "form 12")]));
        Assert.Equal(("grants[1].interaction", ViolationCode.ConsentBundled), (Assert.Single(refusal.Violations).Field, refusal.Violations[0].Code));

        Task<ConsentReceipt>[] together = [.. Enumerable.Range(0, 40).Select(i => test.Vault.GrantConsentAsync(Grant(test, $"d-{i}", "form 14", i % 2 == 0 ? TestVault.Door : Canteen)))];
        await Task.WhenAll(together.Select(task => task.ContinueWith(static _ => { }, TaskScheduler.Default)));
        int[] granted = [.. Enumerable.Range(0, 40).Where(i => together[i].IsCompletedSuccessfully)];
        Assert.Equal(20, granted.Length);
        Assert.Single(granted.Select(i => i % 2).Distinct());
    }

    [Fact]
    public async Task An_import_and_the_look_before_it_refuse_an_act_of_another_purpose()
    {
        await using TestVault test = await MakeAsync();
        await test.Vault.GrantConsentAsync(Grant(test, "c-1", "form 12", Canteen));
        Enrollment[] items = [.. Enumerable.Range(0, 10).Select(i => new Enrollment(Grant(test, $"d-{i}", i == 7 ? "form 12" : "form 1"), TestVault.Face(i)))];
        foreach (Func<Task> call in new Func<Task>[] { () => test.Vault.CheckImportAsync(new PurposeId(TestVault.Door), null, Items(items)), () => test.Vault.ImportAsync(new PurposeId(TestVault.Door), null, Items(items)) })
        {
            Violation violation = Assert.Single((await Assert.ThrowsAsync<RefusedException>(call)).Violations);
            Assert.Equal(("items[7].interaction", ViolationCode.ConsentBundled), (violation.Field, violation.Code));
        }

        Assert.Equal(9, (await test.Vault.ImportAsync(new PurposeId(TestVault.Door), null, Items([.. items.Where((_, i) => i != 7)]))).Granted);
        await RefusedAsync(test, Grant(test, "c-9", "form 1", Canteen));
    }

    [Fact]
    public async Task An_act_is_free_again_when_its_evidence_is_destroyed()
    {
        await using TestVault test = await MakeAsync();
        await test.Vault.GrantConsentAsync(Grant(test, "c-1", "form 12"));
        test.Clock.Now += TimeSpan.FromDays(100);
        await test.Vault.GrantConsentAsync(Grant(test, "c-2", "form 12"));
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-2")); // the newer evidence dies first
        await RefusedAsync(test, Grant(test, "c-3", "form 12", Canteen));
        test.Clock.Now = test.Start.AddDays(101).AddYears(3);
        Assert.Equal(1, (await test.Vault.SweepAsync()).EvidenceDestroyed);
        await RefusedAsync(test, Grant(test, "c-3", "form 12", Canteen));
        test.Clock.Now = test.Clock.Now.AddYears(3).AddDays(1);
        Assert.Equal(1, (await test.Vault.SweepAsync()).EvidenceDestroyed);
        await test.Vault.GrantConsentAsync(Grant(test, "c-3", "form 12", Canteen));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_record_refuses_its_subject_only_and_only_until_it_is_whole(bool known)
    {
        await using TestVault test = await MakeAsync();
        await test.Vault.GrantConsentAsync(Grant(test, "c-1", "form 12"));
        if (known)
            await test.Vault.GrantConsentAsync(Grant(test, "c-2", "form 2")); // the index has read the record before it is damaged
        byte[] whole = test.Store.Snapshot()![KeyTable.Record].Find(1)!;
        if (!known)
            await test.ReopenAsync();
        test.Store.Tamper(KeyTable.Record, 1, [.. whole.Select((b, i) => (byte)(i == 40 ? b ^ 1 : b))]);

        RefusedException refusal = await RefusedAsync(test, Grant(test, "c-3", known ? "form 12" : "form 99", Canteen, "subject of c-1"));
        Assert.Equal((ViolationCode.ConsentBundled, "interaction"), (Assert.Single(refusal.Violations).Code, refusal.Violations[0].Field));
        await test.Vault.GrantConsentAsync(Grant(test, "c-4", "form 4", Canteen)); // somebody else
        await test.Vault.GrantConsentAsync(Grant(test, "c-5", null, Canteen, "subject of c-1")); // names no act

        test.Store.Tamper(KeyTable.Record, 1, whole);
        await RefusedAsync(test, Grant(test, "c-6", "form 12", Canteen));
        await test.Vault.RenewConsentAsync(new ConsentId("c-5"), Grant(test, "c-7", "form 98", Canteen, "subject of c-1"));
    }

    [Fact]
    public async Task Nothing_of_an_act_stands_in_the_clear_in_any_store()
    {
        await using TestVault test = await MakeAsync();
        await test.Vault.GrantConsentAsync(Grant(test, "c-1", "canary of an act"));
        await RefusedAsync(test, Grant(test, "c-2", "canary of an act", Canteen));
        Assert.All(test.Store.Snapshot()!.Blobs(), row => Assert.Equal(-1, row.Blob.AsSpan().IndexOf("canary"u8)));
    }

    [Fact]
    public void Over_random_grants_an_act_never_stands_for_two_purposes_and_no_other_grant_is_refused() =>
        Prop.ForAll(Gen.Choose(0, 999).NonEmptyListOf().ToArbitrary(), moves => AgreesWithAModelAsync([.. moves]).GetAwaiter().GetResult()).Check(Deep.Config(15));

    private static async Task<bool> AgreesWithAModelAsync(int[] moves)
    {
        string[] purposes = [TestVault.Door, Canteen, "gate"];
        await using TestVault test = await MakeAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "gate"));
        var model = new Dictionary<string, string>();
        for (int i = 0; i < moves.Length; i++)
        {
            if (moves[i] % 17 == 0)
                await test.ReopenAsync();
            string act = $"act {moves[i] % 5}", purpose = purposes[moves[i] / 5 % 3];
            bool allowed = model.TryAdd(act, purpose) || model[act] == purpose;
            try
            {
                await test.Vault.GrantConsentAsync(Grant(test, $"c-{i}", act, purpose));
                Assert.True(allowed);
            }
            catch (RefusedException refusal)
            {
                Assert.Equal((false, ViolationCode.ConsentBundled), (allowed, Assert.Single(refusal.Violations).Code));
            }
        }

        return true;
    }

    private static ConsentGrant Grant(TestVault test, string id, string? act, string purpose = TestVault.Door, string? subject = null) => test.Grant(id, subject, purpose) with { InteractionId = act };

    private static Task<RefusedException> RefusedAsync(TestVault test, ConsentGrant grant) => Assert.ThrowsAsync<RefusedException>(() => test.Vault.GrantConsentAsync(grant));

    private static async Task<TestVault> MakeAsync()
    {
        TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: Canteen));
        return test;
    }
}
