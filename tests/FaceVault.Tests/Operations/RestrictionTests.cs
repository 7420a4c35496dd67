using System.Text;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Operations;
using FaceVault.Storage;
using FaceVault.Tests.Cli;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Operations;

/// <summary>D4: active, restricted, shredded, never back; a restriction ends every use but storage at once, and ends no deletion.</summary>
[Trait("Rule", "D4")]
[Trait("Rule", "D8")]
public sealed class RestrictionTests
{
    private static readonly ConsentId One = Scenario.Id("c-1");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restricted_consent_is_kept_used_by_nobody_and_destroyed_when_it_is_withdrawn(bool inFiles)
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = inFiles ? await TestVault.InFilesAsync(folder.Path, roots: 2, mirrors: 1) : await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await test.EnrollAsync(3);
        Gallery open = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door)), hidden = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door), null, GalleryMode.Sealed);

        Assert.True(await test.Vault.RestrictConsentAsync(One, "request 7/2026", RequesterRole.Guardian));
        Assert.Equal((2, 2), (open.Count, hidden.Count));
        Assert.False(await test.Vault.RestrictConsentAsync(One, "request 8/2026"));
        await AssertRestrictedAsync(test);
        await test.ReopenAsync();
        await AssertRestrictedAsync(test);
        Assert.Equal(2, (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))).Count);
        await test.Vault.SweepAsync();
        await AssertRestrictedAsync(test);
        await test.Vault.GrantConsentAsync(test.Grant("c-9", "subject of c-1")); // a new consent is the way back to use

        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(One, RequesterRole.Subject);
        Assert.Equal((DeletionTrigger.Withdrawn, 1), (certificate.Trigger, certificate.TemplateCount));
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.True(certificate.CheckReceipt((await test.Vault.GetReceiptAsync(One))!));
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(One))!.Status);
        Assert.Equal(["given", "restricted request 7/2026 guardian", "stopped withdrawn subject", "removed withdrawn"], Events(test, One));
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).Restricted);
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.RestrictConsentAsync(One));
        Assert.Equal(ViolationCode.ConsentWithdrawn, Assert.Single(refused.Violations).Code);
        await test.ReopenAsync();
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        if (!inFiles)
            test.Thief.AssertNothingCertifiedIsReadable();
    }

    [Fact]
    public async Task Whoever_asked_stands_in_the_sealed_record_and_nowhere_in_the_ledger()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        await test.Vault.WithdrawConsentAsync(One, RequesterRole.Representative);
        await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-2"), "order 7", role: RequesterRole.Relative);
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"));

        Assert.Equal(["given", "removed withdrawn"], Events(test, Scenario.Id("c-0")));
        Assert.Equal(["given", "stopped withdrawn representative", "removed withdrawn"], Events(test, One));
        Assert.Equal(["given", "stopped erased order 7 relative", "removed erased"], Events(test, Scenario.Id("c-2")));
        Assert.Contains("\"role\":\"relative\"", Encoding.UTF8.GetString((await test.Vault.GetSubjectReportAsync(new SubjectId("subject of c-2"))).ToJson()), StringComparison.Ordinal);
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            Assert.DoesNotContain("relative", line.Entry, StringComparison.Ordinal);
    }

    /// <summary>The commitment in a certificate names the order of the erasure, never the reason of the restriction before it.</summary>
    [Fact]
    public async Task An_erasure_of_a_restricted_consent_under_a_hold_is_certified_later_with_its_own_reference()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        await test.Vault.RestrictConsentAsync(One, "request 7");
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([One]), "case 12");
        Assert.False((await test.Vault.GetConsentAsync(One))!.IsKept);
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.EraseSubjectAsync(new SubjectId("subject of c-1"), "order 9", role: RequesterRole.Authority));
        Assert.True((await test.Vault.GetConsentAsync(One))!.IsKept);
        Assert.False(await test.Vault.RestrictConsentAsync(One));
        await test.ReopenAsync();
        DeletionCertificate certificate = Assert.Single(await test.Vault.LiftHoldAsync(HoldScope.OfConsents([One])));
        Assert.Equal(DeletionTrigger.Erased, certificate.Trigger);
        Assert.Equal(["given", "restricted request 7", "held case 12", "stopped erased order 9 authority", "released", "removed erased"], Events(test, One));
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).Restricted);
    }

    /// <summary>The withdrawal had no reference: the restriction's reason is not its.</summary>
    [Fact]
    public async Task A_certificate_commits_to_no_reason_of_a_restriction()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(test.Grant("c-1"));
        await test.Vault.RestrictConsentAsync(One, "request 7");
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(One);
        var commitment = new byte[Commitments.Size];
        Commitments.Consent(receipt.Salt.Span, "subject of c-1"u8, "c-1"u8, [], commitment);
        LedgerLine removed = default!;
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            if (line.Index == certificate.RemovedIndex)
                removed = line;
        Assert.Contains(Convert.ToHexStringLower(commitment), removed.Entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_use_that_began_before_is_waited_for_and_said_when_it_does_not_end()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        test.DrainTimeout = TimeSpan.FromMilliseconds(100);
        await test.ReopenAsync();
        Assert.True(test.Vault.Engine.Leases.TryAcquire(SlotOf(test, One), out SlotLease lease));
        using (lease)
        {
            VaultException late = await Assert.ThrowsAsync<VaultException>(() => test.Vault.RestrictConsentAsync(One).WaitAsync(Observation.Patience));
            Assert.Equal(VaultErrorCode.VaultFaulted, late.Code);
            await AssertRestrictedAsync(test); // recorded all the same
        }

        Assert.False(await test.Vault.RestrictConsentAsync(One));
    }

    [Fact]
    public async Task A_damaged_record_keeps_nobody_from_being_restricted()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        uint slot = SlotOf(test, One);
        test.Store.Tamper(KeyTable.Record, slot, [.. test.Store.Snapshot()![KeyTable.Record].Find(slot)!.Reverse()]);
        Assert.True(await test.Vault.RestrictConsentAsync(One));
        Assert.Equal(1, (await test.Vault.GetStatusAsync()).Restricted);
        VaultException unknown = await Assert.ThrowsAsync<VaultException>(() => test.Vault.RestrictConsentAsync(new ConsentId("nobody")));
        Assert.Equal(VaultErrorCode.ConsentUnknown, unknown.Code);
    }

    /// <summary>Restrictions, holds, withdrawals, time and sweeps in any order, beside a table of what each does.</summary>
    [Fact]
    public void Whatever_comes_in_whatever_order_leads_one_way() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => RunAsync(seed).GetAwaiter().GetResult()).Check(Deep.Config(25));

    private static async Task RunAsync(int seed)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        var random = new Random(seed);
        bool held = false, over = false;
        string standing = "active"; // active, aside, kept, gone
        for (int step = 0; step < 12; step++)
        {
            switch (random.Next(7))
            {
                case 0 when standing == "gone":
                    await Assert.ThrowsAsync<RefusedException>(() => test.Vault.RestrictConsentAsync(One));
                    break;
                case 0:
                    Assert.Equal(standing == "active", await test.Vault.RestrictConsentAsync(One, $"step {step}"));
                    standing = standing == "active" ? "aside" : standing;
                    break;
                case 1:
                    await test.Vault.SetHoldAsync(HoldScope.OfConsents([One]));
                    held = true;
                    break;
                case 2:
                    Assert.Equal(standing == "kept" ? 1 : 0, (await test.Vault.LiftHoldAsync(HoldScope.OfConsents([One]))).Count);
                    (held, standing) = (false, standing == "kept" ? "gone" : standing);
                    break;
                case 3 when held && standing != "gone":
                    await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(One));
                    standing = "kept";
                    break;
                case 3:
                    Assert.True((await test.Vault.WithdrawConsentAsync(One)).Check(test.Vault.VerifierKey).IsValid);
                    standing = "gone";
                    break;
                case 4 when random.Next(3) == 0 && !over:
                    test.Clock.Now = test.Clock.Now.AddMonths(7);
                    over = true;
                    break;
                case 5:
                    await test.Vault.SweepAsync();
                    if (over && (standing is "active" or "aside"))
                        standing = held ? "kept" : "gone";
                    break;
                case 6:
                    await test.ReopenAsync();
                    break;
            }

            ConsentInfo info = (await test.Vault.GetConsentAsync(One))!;
            ConsentStatus expected = standing switch { "gone" => ConsentStatus.Destroyed, "active" => over ? ConsentStatus.Expired : ConsentStatus.Active, _ => ConsentStatus.Restricted };
            Assert.Equal((seed, step, expected, held, standing == "kept"), (seed, step, info.Status, info.IsHeld, info.IsKept));
            Assert.Equal(standing is "aside" or "kept" ? 1 : 0, (await test.Vault.GetStatusAsync()).Restricted);
            if (standing == "active" && !over)
                continue;
            RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EnrollAsync(One, null, TestVault.Face(7)));
            Assert.Equal(standing switch { "gone" => ViolationCode.ConsentWithdrawn, "active" => ViolationCode.RetentionExpired, _ => ViolationCode.Restricted }, Assert.Single(refused.Violations).Code);
        }

        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    private static async Task AssertRestrictedAsync(TestVault test)
    {
        ConsentInfo info = (await test.Vault.GetConsentAsync(One))!;
        Assert.Equal((ConsentStatus.Restricted, false, false, 1), (info.Status, info.IsHeld, info.IsKept, info.Templates));
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EnrollAsync(One, null, TestVault.Face(7)));
        Assert.Equal(ViolationCode.Restricted, Assert.Single(refused.Violations).Code);
        refused = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(7)]));
        Assert.Equal(ViolationCode.Restricted, Assert.Single(refused.Violations).Code);
        VaultStatus status = await test.Vault.GetStatusAsync();
        Assert.Equal((0, 0, 1), (status.Owed, status.Held, status.Restricted));
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.Equal((true, 0L, 1L), (audit.IsIntact, audit.Held, audit.Restricted));
        Assert.Empty(await test.Vault.GetDeletionCertificatesAsync(One));
        Assert.DoesNotContain("c-1", await Observation.FacesAsync(test));
    }

    private static IEnumerable<string> Events(TestVault test, ConsentId consent)
    {
        using ReadScope view = test.Vault.Engine.Read();
        uint slot = view.FindConsent(Encoding.UTF8.GetBytes(consent.DangerousValue()));
        view.Tree.TryGet(slot, out KeyEntry entry);
        return [.. Resolving.ReadRecord(view, slot, entry).Events.Select(e => string.Join(' ', new[] { ConsentEvent.NameOf(e.Kind), e.Trigger, e.Reference, e.Role }.OfType<string>()))];
    }

    private static uint SlotOf(TestVault test, ConsentId consent)
    {
        using ReadScope view = test.Vault.Engine.Read();
        return view.FindConsent(Encoding.UTF8.GetBytes(consent.DangerousValue()));
    }
}
