using System.Text;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Operations;
using FaceVault.Storage;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>D4: a legal hold keeps keys from dying and nothing from being stopped; what was stopped under it is destroyed when it is lifted.</summary>
[Trait("Claim", "E4")]
[Trait("Rule", "D4")]
public sealed class HoldTests
{
    private static readonly ConsentId Zero = Scenario.Id("c-0"), One = Scenario.Id("c-1"), Two = Scenario.Id("c-2");
    private static readonly HoldScope OnOne = HoldScope.OfConsents([One]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_held_consent_is_stopped_kept_over_reopening_and_destroyed_when_the_hold_is_lifted(bool inFiles)
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = inFiles ? await TestVault.InFilesAsync(folder.Path, roots: 2, mirrors: 1) : await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await test.EnrollAsync(3);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Equal(1, await test.Vault.SetHoldAsync(OnOne, "case 12/2026"));
        Assert.Equal(0, await test.Vault.SetHoldAsync(OnOne, "case 12/2026"));
        Assert.Equal((ConsentStatus.Active, true), await StandingAsync(test, One));
        Assert.Equal(3, gallery.Count); // a hold alone ends no use

        LegalHoldException kept = await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(One));
        Assert.Equal(VaultErrorCode.LegalHold, kept.Code);
        Assert.Empty(kept.Certificates);
        await AssertKeptAsync(test, One);
        Assert.Equal(2, gallery.Count);
        await test.ReopenAsync();
        await AssertKeptAsync(test, One);
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(One));
        await test.Vault.SweepAsync();
        await AssertKeptAsync(test, One);
        await test.Vault.GrantConsentAsync(test.Grant("c-9", "subject of c-1")); // what is kept stands in nobody's way

        DeletionCertificate certificate = Assert.Single(await test.Vault.LiftHoldAsync(OnOne));
        Assert.Equal(DeletionTrigger.Withdrawn, certificate.Trigger);
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal((ConsentStatus.Destroyed, false), await StandingAsync(test, One));
        Assert.Empty(await test.Vault.LiftHoldAsync(OnOne));
        await test.ReopenAsync();
        Assert.Equal((ConsentStatus.Destroyed, false), await StandingAsync(test, One));
        Assert.Equal(certificate.CompletedIndex, (await test.Vault.WithdrawConsentAsync(One)).CompletedIndex);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        if (!inFiles)
            test.Thief.AssertNothingCertifiedIsReadable();
    }

    [Fact]
    public async Task Withdrawing_several_destroys_those_that_no_hold_keeps_and_hands_over_their_certificates()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        await test.Vault.SetHoldAsync(OnOne);
        LegalHoldException kept = await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentsAsync([Zero, One, Two]));
        Assert.Equal(2, kept.Certificates.Count);
        Assert.All(kept.Certificates, c => Assert.True(c.Check(test.Vault.VerifierKey).IsValid));
        Assert.Equal(ConsentStatus.Destroyed, (await StandingAsync(test, Zero)).Status);
        await AssertKeptAsync(test, One);
    }

    /// <summary>The order's reference is part of the commitment in the certificate: it must survive the waiting.</summary>
    [Fact]
    public async Task An_erasure_under_a_hold_is_certified_later_with_its_own_reference()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(test.Grant("c-1"));
        var subject = new SubjectId("subject of c-1");
        Assert.Equal(1, await test.Vault.SetHoldAsync(HoldScope.OfSubject(subject), "case 12"));
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.EraseSubjectAsync(subject, "order 7/2026"));
        await test.ReopenAsync();
        DeletionCertificate certificate = Assert.Single(await test.Vault.LiftHoldAsync(HoldScope.OfSubject(subject), "case 12 closed"));
        Assert.Equal(DeletionTrigger.Erased, certificate.Trigger);
        Assert.True(certificate.CheckReceipt(receipt));
        ConsentRecord record = RecordOf(test, One);
        Assert.Equal(["given", "held case 12", "restricted order 7/2026", "released case 12 closed", "removed"], record.Events.Select(e => $"{ConsentEvent.NameOf(e.Kind)} {e.Reference}".Trim()));
        byte[] commitment = Commit(record, "order 7/2026");
        Assert.Contains(Convert.ToHexStringLower(commitment), (await LinesAsync(test))[(int)certificate.RemovedIndex], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_stopped_before_the_hold_and_is_not_destroyed_yet_is_kept()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        Task<DeletionCertificate> withdrawal;
        using (Use(test, One))
        {
            withdrawal = test.Vault.WithdrawConsentAsync(One);
            while ((await test.Vault.GetStatusAsync()).Owed == 0)
                await Task.Delay(5);
            Assert.Equal(1, await test.Vault.SetHoldAsync(OnOne)); // between step 0 and step 2
            Assert.Equal(0, (await test.Vault.GetStatusAsync()).Owed);
        }

        await Assert.ThrowsAsync<LegalHoldException>(() => withdrawal.WaitAsync(Observation.Patience));
        await AssertKeptAsync(test, One);
        Assert.Single(await test.Vault.LiftHoldAsync(OnOne));
    }

    /// <summary>The batch was prepared without a hold; on the writer, before a key is staged, the hold is read again.</summary>
    [Fact]
    public async Task A_hold_that_comes_between_the_preparation_and_the_destroying_commit_is_seen()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        VaultEngine engine = test.Vault.Engine;
        uint slot = SlotOf(test, One);
        RecordFacts facts;
        using (ReadScope view = engine.Read())
        {
            view.Tree.TryGet(slot, out KeyEntry entry);
            facts = engine.Options.Evidence.Read(entry, slot, view.Store.Read(KeyTable.Record, slot)!);
        }

        await engine.Enqueue(new StopItem(engine, [new StopRequest(slot, DeletionTrigger.Withdrawn, null)]));
        await test.Vault.SetHoldAsync(OnOne);
        long epoch = (await test.Vault.GetStatusAsync()).Epoch;
        await engine.Enqueue(new DestroyingItem([new Shred(slot, facts)]));
        Assert.Equal(epoch, (await test.Vault.GetStatusAsync()).Epoch);
        await AssertKeptAsync(test, One);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        await test.Vault.LiftHoldAsync(OnOne);
        Assert.Equal(ConsentStatus.Destroyed, (await StandingAsync(test, One)).Status);
    }

    [Fact]
    public async Task Evidence_whose_date_falls_under_a_hold_lives_until_the_sweep_after_its_lifting()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        await test.Vault.WithdrawConsentAsync(One);
        Assert.Equal(1, await test.Vault.SetHoldAsync(OnOne));
        test.Clock.Now = test.Clock.Now.AddYears(3).AddMinutes(1);
        Assert.Equal(0, (await test.Vault.SweepAsync()).EvidenceDestroyed);
        Assert.Equal((ConsentStatus.Destroyed, true), await StandingAsync(test, One));
        await test.ReopenAsync();
        Assert.Equal(0, (await test.Vault.SweepAsync()).EvidenceDestroyed);
        Assert.Empty(await test.Vault.LiftHoldAsync(OnOne));
        Assert.Equal((ConsentStatus.Destroyed, false), await StandingAsync(test, One));
        Assert.Equal(1, (await test.Vault.SweepAsync()).EvidenceDestroyed);
        Assert.Null(await test.Vault.GetConsentAsync(One));
    }

    [Fact]
    public async Task A_sweep_stops_what_has_run_out_under_a_hold_and_keeps_it()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        await test.Vault.SetHoldAsync(OnOne);
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        Assert.Equal(new SweepResult(2, 0, 0, 1), await test.Vault.PreviewSweepAsync());
        Assert.Equal(new SweepResult(2, 0, 0, 1), await test.Vault.SweepAsync());
        await AssertKeptAsync(test, One);
        Assert.Equal(new SweepResult(0, 0, 0), await test.Vault.SweepAsync());
        Assert.Equal(DeletionTrigger.Expired, Assert.Single(await test.Vault.LiftHoldAsync(OnOne)).Trigger);
    }

    [Fact]
    public async Task What_would_destroy_a_held_key_is_refused_and_enrolling_beside_it_goes_on()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        await test.Vault.SetHoldAsync(OnOne);
        await Unchanged.RefusesAsync(test, ViolationCode.LegalHold, v => v.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]));
        await Unchanged.RefusesAsync(test, ViolationCode.LegalHold, v => v.RemoveTemplateAsync(One, 0));
        await Unchanged.RefusesAsync(test, ViolationCode.LegalHold, v => v.RenewConsentAsync(One, test.Grant("c-7", "subject of c-1")));
        await test.Vault.EnrollAsync(One, null, TestVault.Face(21));
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(One));
        await test.ReopenAsync();
        await Unchanged.RefusesAsync(test, ViolationCode.Restricted, v => v.EnrollAsync(One, null, TestVault.Face(22)));
        await Unchanged.RefusesAsync(test, ViolationCode.Restricted, v => v.RenewConsentAsync(One, test.Grant("c-7", "subject of c-1")));
        Assert.Empty((await (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))).IdentifyAsync(TestVault.Face(1), 1, Threshold.At(0.99f))));
    }

    [Fact]
    public async Task The_ledger_counts_holds_and_names_nobody()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        long before = (await test.Vault.GetStatusAsync()).LedgerSize;
        Assert.Equal(65, await test.Vault.SetHoldAsync(HoldScope.OfPurpose(new PurposeId(TestVault.Door)), "case 12"));
        await test.Vault.LiftHoldAsync(OnOne);
        VaultStatus status = await test.Vault.GetStatusAsync();
        Assert.Equal((64, 0, before + 2), (status.Held, status.Restricted, status.LedgerSize));
        string[] lines = await LinesAsync(test);
        Assert.StartsWith("{\"count\":65,\"kind\":\"hold-set\",\"time\":", lines[^2], StringComparison.Ordinal);
        Assert.StartsWith("{\"count\":1,\"kind\":\"hold-lifted\",\"time\":", lines[^1], StringComparison.Ordinal);
        await test.Vault.DisposeAsync();
        test.Renew();
        await test.Vault.OpenAsync();
        Assert.Equal(64, (await test.Vault.GetStatusAsync()).Held);
        await test.Vault.DisposeAsync();
        await using Vault inspecting = test.Make(VaultAccess.Inspect);
        Assert.Equal(64, (await inspecting.GetStatusAsync()).Held);
        Assert.Equal(64, (await inspecting.AuditAsync()).Held);
    }

    [Fact]
    public async Task A_hold_is_durable_in_a_root_location_before_it_answers()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        await test.Vault.SetHoldAsync(OnOne);
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).HeadLag);
        await test.Vault.LiftHoldAsync(OnOne);
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).HeadLag);
    }

    [Fact]
    public async Task A_degraded_vault_sets_holds_and_lifting_one_says_what_waits()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 1);
        test.MirrorStores[0].IsReachable = false;
        Assert.Equal(1, await test.Vault.SetHoldAsync(OnOne));
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(One));
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.LiftHoldAsync(OnOne).WaitAsync(Observation.Patience));
        Assert.Equal((ConsentStatus.Stopped, false), await StandingAsync(test, One));
        test.MirrorStores[0].IsReachable = true;
        await test.Vault.SweepAsync();
        Assert.Equal((ConsentStatus.Destroyed, false), await StandingAsync(test, One));
    }

    [Fact]
    public async Task A_hold_on_what_is_unknown_changes_nothing()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        await Unchanged.FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.SetHoldAsync(HoldScope.OfConsents([One, Scenario.Id("nobody")])));
        await Unchanged.FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.SetHoldAsync(HoldScope.OfSubject(new SubjectId("nobody"))));
        await Unchanged.FailsAsync(test, VaultErrorCode.PurposeUnknown, v => v.LiftHoldAsync(HoldScope.OfPurpose(new PurposeId("nothing"))));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.SetHoldAsync(OnOne, ""));
        Assert.Throws<ArgumentException>(() => HoldScope.OfConsents([default]));
    }

    [Fact]
    public async Task A_damaged_record_keeps_nobody_from_being_held_or_kept()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        uint slot = SlotOf(test, One);
        test.Store.Tamper(KeyTable.Record, slot, [.. test.Store.Snapshot()![KeyTable.Record].Find(slot)!.Reverse()]);
        Assert.Equal(1, await test.Vault.SetHoldAsync(OnOne));
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(One));
        Assert.Equal(1, (await test.Vault.GetStatusAsync()).Restricted);
    }

    private static async Task AssertKeptAsync(TestVault test, ConsentId consent)
    {
        Assert.Equal((ConsentStatus.Restricted, true), await StandingAsync(test, consent));
        VaultStatus status = await test.Vault.GetStatusAsync();
        Assert.Equal((0, 1, 1), (status.Owed, status.Held, status.Restricted));
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.Equal((true, 1L, 1L), (audit.IsIntact, audit.Held, audit.Restricted));
        Assert.Empty(await test.Vault.GetDeletionCertificatesAsync(consent));
        using ReadScope view = test.Vault.Engine.Read();
        Assert.True(view.Tree.TryGet(view.FindConsent(Encoding.UTF8.GetBytes(consent.DangerousValue())), out KeyEntry entry) && entry.IsLiving);
    }

    private static async Task<(ConsentStatus Status, bool IsHeld)> StandingAsync(TestVault test, ConsentId consent)
    {
        ConsentInfo info = (await test.Vault.GetConsentAsync(consent))!;
        return (info.Status, info.IsHeld);
    }

    private static async Task<string[]> LinesAsync(TestVault test)
    {
        var lines = new List<string>();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            lines.Add(line.Entry);
        return [.. lines];
    }

    private static ConsentRecord RecordOf(TestVault test, ConsentId consent)
    {
        using ReadScope view = test.Vault.Engine.Read();
        uint slot = view.FindConsent(Encoding.UTF8.GetBytes(consent.DangerousValue()));
        view.Tree.TryGet(slot, out KeyEntry entry);
        return Resolving.ReadRecord(view, slot, entry);
    }

    private static byte[] Commit(ConsentRecord record, string reference)
    {
        var commitment = new byte[32];
        FaceVault.Ledger.Commitments.Consent(
            record.Salt.Span, Encoding.UTF8.GetBytes(record.Grant.Subject.DangerousValue()), Encoding.UTF8.GetBytes(record.Grant.Id.DangerousValue()), Encoding.UTF8.GetBytes(reference), commitment);
        return commitment;
    }

    private static uint SlotOf(TestVault test, ConsentId consent)
    {
        using ReadScope view = test.Vault.Engine.Read();
        return view.FindConsent(Encoding.UTF8.GetBytes(consent.DangerousValue()));
    }

    private static SlotLease Use(TestVault test, ConsentId consent)
    {
        Assert.True(test.Vault.Engine.Leases.TryAcquire(SlotOf(test, consent), out SlotLease lease));
        return lease;
    }
}
