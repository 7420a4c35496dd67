using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>A damaged consent record, ledger line or draft keeps no key alive: the destruction goes through, and what cannot be certified is said and certified once the key store is whole again.</summary>
[Trait("Claim", "E4")]
public sealed class DamagedEvidenceTests
{
    private static readonly ConsentId One = Scenario.Id("c-1"), Two = Scenario.Id("c-2"), Three = Scenario.Id("c-3");

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_consent_whose_record_is_damaged_or_missing_is_destroyed_and_certified(int mirrors, bool missing)
    {
        await using TestVault test = await MakeAsync(mirrors);
        (KeyTable table, long row) = (KeyTable.Record, SlotOf(test, One));
        ConsentReceipt receipt = (await test.Vault.GetReceiptAsync(One))!;
        test.Store.Tamper(table, row, missing ? null : Flip(test.Store.Snapshot()![table].Find(row)!));

        DeletionCertificate certificate = (await test.Vault.WithdrawConsentsAsync([Two, One]).WaitAsync(Observation.Patience))[1];

        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal((receipt.LedgerIndex, 2), (certificate.CreatedIndex, certificate.TemplateCount));
        Assert.True(certificate.Check(test.Vault.VerifierKey, receipt).IsValid);
        Assert.Equal(certificate.Removed.Line, (await test.Vault.GetDeletionCertificateAsync(certificate.CompletedIndex)).Removed.Line);
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).Owed);
        test.Thief.AssertNothingCertifiedIsReadable();
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.Contains(audit.Findings, f => f is { Code: "record", IsBroken: true });
        await test.ReopenAsync();
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Three))!.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("order 7")]
    public async Task A_record_that_opens_and_has_come_too_far_is_damage_and_keeps_nobody_from_being_destroyed(string? order)
    {
        await using TestVault test = await MakeAsync(1);
        test.Store.Tamper(KeyTable.Record, SlotOf(test, One), TooFar(test, SlotOf(test, One)));
        DeletionCertificate certificate = Assert.Single(await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-1"), order).WaitAsync(Observation.Patience));
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).Owed);
        test.Thief.AssertNothingCertifiedIsReadable();
        await test.ReopenAsync();
        Assert.Equal((ConsentStatus.Destroyed, ConsentStatus.Active), ((await test.Vault.GetConsentAsync(One))!.Status, (await test.Vault.GetConsentAsync(Two))!.Status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_order_to_erase_somebody_whose_record_is_damaged_is_carried_out(bool missing)
    {
        await using TestVault test = await MakeAsync(1);
        uint slot = SlotOf(test, One);
        test.Store.Tamper(KeyTable.Record, slot, missing ? null : Flip(test.Store.Snapshot()![KeyTable.Record].Find(slot)!));
        DeletionCertificate certificate = Assert.Single(await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-1"), "order 7").WaitAsync(Observation.Patience));
        Assert.Equal((true, DeletionTrigger.Erased), (certificate.Check(test.Vault.VerifierKey).IsValid, certificate.Trigger));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_key_whose_ledger_line_is_damaged_is_destroyed_and_certified_when_the_line_is_back(int mirrors)
    {
        await using TestVault test = await MakeAsync(mirrors);
        long row = test.Store.Snapshot()![KeyTable.Ledger].Range(0, (await test.Vault.GetReceiptAsync(One))!.LedgerIndex).Last().Key;
        byte[] line = test.Store.Snapshot()![KeyTable.Ledger].Find(row)!;
        long epoch = (await test.Vault.GetStatusAsync()).Epoch;
        test.Store.Tamper(KeyTable.Ledger, row, Flip(line));

        await AssertOwedAsync(test, () => test.Vault.WithdrawConsentAsync(One));
        Assert.Equal(epoch + 1, (await test.Vault.GetStatusAsync()).Epoch);
        AssertOneKeyEverywhere(test);

        // The others are not held up, and the vault is as usable as before.
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Two))!.Status);
        await Record.ExceptionAsync(() => test.Vault.WithdrawConsentAsync(Two).WaitAsync(Observation.Patience));
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(Two))!.Status);
        await test.ReopenAsync();
        await AssertOwedAsync(test, () => test.Vault.WithdrawConsentAsync(One));
        Assert.Contains((await test.Vault.GetStatusAsync()).Warnings, w => w.Contains("restore --keys", StringComparison.Ordinal));
        Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f is { Code: "certificate", IsBroken: true });
        await Record.ExceptionAsync(() => test.Vault.WithdrawConsentAsync(Three).WaitAsync(Observation.Patience));
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(Three))!.Status);

        if (mirrors > 0)
            await RestoreKeysAsync(test);
        else
            test.Store.Tamper(KeyTable.Ledger, row, line);
        await AssertCertifiedAsync(test, One, Two, Three);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_certificate_whose_draft_is_damaged_is_owed_alone_until_it_is_back(int mirrors)
    {
        await using TestVault test = await MakeAsync(mirrors);
        void DieOverDrafts()
        {
            if (test.MirrorStores.Prepend(test.Store).All(s => s.Snapshot()![KeyTable.Draft].Count == 2))
                test.Faults.Kill();
        }

        for (int step = 1; step < 40; step++)
            test.Faults.CallAt(step, DieOverDrafts);
        await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.WithdrawConsentsAsync([One, Two]).WaitAsync(Observation.Patience));
        test.Crash();
        (long draft, byte[] blob) = test.Store.Snapshot()![KeyTable.Draft].Range(0, long.MaxValue).First();
        test.Store.Tamper(KeyTable.Draft, draft, Flip(blob));

        await test.Vault.OpenAsync();
        VaultStatus status = await test.Vault.GetStatusAsync();
        Assert.Equal((1, false), (status.Owed, status.IsDegraded));
        AssertOneKeyEverywhere(test);
        ConsentId owed = (await test.Vault.GetConsentAsync(One))!.Status == ConsentStatus.Stopped ? One : Two;
        await AssertOwedAsync(test, () => test.Vault.WithdrawConsentAsync(owed));
        Assert.True((await test.Vault.WithdrawConsentAsync(owed == One ? Two : One).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
        Assert.True((await test.Vault.WithdrawConsentAsync(Three).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
        await test.Vault.SweepAsync().WaitAsync(Observation.Patience);

        if (mirrors > 0)
            await RestoreKeysAsync(test);
        else
            test.Store.Tamper(KeyTable.Draft, draft, blob);
        await AssertCertifiedAsync(test, One, Two, Three);
    }

    /// <summary>The work list has room for one former key of a slot: a second one would be certified in its place, and the first never.</summary>
    [Fact]
    public async Task A_consent_whose_former_key_is_not_certified_yet_is_not_re_keyed_again()
    {
        await using TestVault test = await MakeAsync(0);
        for (int step = 1; step < 40; step++)
        {
            test.Faults.CallAt(step, () =>
            {
                if (test.Store.Snapshot()![KeyTable.Draft].Count == 1)
                    test.Faults.Kill();
            });
        }

        await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]).WaitAsync(Observation.Patience));
        test.Crash();
        (long draft, byte[] blob) = test.Store.Snapshot()![KeyTable.Draft].Range(0, long.MaxValue).Single();
        test.Store.Tamper(KeyTable.Draft, draft, Flip(blob));
        await test.Vault.OpenAsync();

        VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(21)]).WaitAsync(Observation.Patience));
        Assert.Contains("restore --keys", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(One))!.Status);

        test.Store.Tamper(KeyTable.Draft, draft, blob);
        await test.ReopenAsync();
        await test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(21)]).WaitAsync(Observation.Patience);
        Assert.Equal(2, (await test.Vault.GetDeletionCertificatesAsync(One)).Count);
    }

    [Fact]
    public async Task Evidence_whose_record_is_damaged_holds_up_no_other_evidence()
    {
        await using TestVault test = await MakeAsync(0);
        await test.Vault.WithdrawConsentsAsync([One, Two]);
        byte[] record = test.Store.Snapshot()![KeyTable.Record].Find(SlotOf(test, One))!;
        uint slot = SlotOf(test, One);
        test.Store.Tamper(KeyTable.Record, slot, Flip(record));
        test.Clock.Now = test.Start.AddYears(4);

        ErasureIncompleteException incomplete = await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.SweepAsync().WaitAsync(Observation.Patience));

        Assert.Contains("restore --keys", incomplete.Message, StringComparison.Ordinal);
        Assert.Null(await test.Vault.GetConsentAsync(Two));
        test.Store.Tamper(KeyTable.Record, slot, record);
        Assert.Equal(1, (await test.Vault.SweepAsync().WaitAsync(Observation.Patience)).EvidenceDestroyed);
        Assert.Null(await test.Vault.GetConsentAsync(One));
    }

    [Theory]
    [InlineData(nameof(KeyTable.Ledger))]
    [InlineData(nameof(KeyTable.Record))]
    [InlineData(nameof(KeyTable.Certificate))]
    public async Task A_mirror_that_is_behind_and_holds_the_only_copy_of_a_damaged_row_is_not_overwritten_unasked(string table)
    {
        KeyTable damaged = Enum.Parse<KeyTable>(table);
        await using TestVault test = await MakeAsync(1);
        await test.Vault.WithdrawConsentAsync(Two);
        test.MirrorStores[0].IsReachable = false;
        await test.Vault.GrantConsentAsync(test.Grant("later"));
        await test.Vault.DisposeAsync();
        (long key, byte[] blob) = test.Store.Snapshot()![damaged].Range(0, long.MaxValue).First();
        test.Store.Tamper(damaged, key, Flip(blob));
        test.MirrorStores[0].IsReachable = true;
        test.Renew();

        await test.Vault.OpenAsync();
        await Record.ExceptionAsync(() => test.Vault.SweepAsync().WaitAsync(Observation.Patience));
        VaultException held = await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(Three).WaitAsync(Observation.Patience));

        Assert.Contains("not overwritten", held.Message, StringComparison.Ordinal);
        Assert.Equal(blob, test.MirrorStores[0].Snapshot()![damaged].Find(key));
        Assert.True((await test.Vault.GetStatusAsync()).IsDegraded);
        await test.Vault.GrantConsentAsync(test.Grant("later still"));
        test.Store.Tamper(damaged, key, blob); // recovered from the mirror by hand
        Assert.True((await test.Vault.WithdrawConsentAsync(Three).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
        await test.Vault.SweepAsync();
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task A_mirror_that_is_spared_is_filled_anew_when_somebody_has_put_it_away()
    {
        await using TestVault test = await MakeAsync(1);
        test.MirrorStores[0].IsReachable = false;
        await test.Vault.GrantConsentAsync(test.Grant("later"));
        uint slot = SlotOf(test, One);
        test.Store.Tamper(KeyTable.Record, slot, Flip(test.Store.Snapshot()![KeyTable.Record].Find(slot)!));
        test.MirrorStores[0].IsReachable = true;
        await test.ReopenAsync();
        Assert.True((await test.Vault.GetStatusAsync()).IsDegraded);

        KeyStoreImage spared = test.MirrorStores[0].Snapshot()!;
        VaultException refused = await Assert.ThrowsAsync<VaultException>(() => test.Vault.RefillMirrorAsync("mirror0"));
        Assert.Contains("not overwritten", refused.Message, StringComparison.Ordinal);
        Assert.Same(spared, test.MirrorStores[0].Snapshot());
        test.MirrorStores[0].Restore(null);
        await test.Vault.RefillMirrorAsync("mirror0");

        Assert.True((await test.Vault.WithdrawConsentAsync(One).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
    }

    private static async Task<TestVault> MakeAsync(int mirrors)
    {
        TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors);
        test.KeepAttempts();
        await test.EnrollAsync(5);
        await test.Vault.EnrollAsync(One, null, TestVault.Face(101));
        return test;
    }

    private static async Task AssertOwedAsync(TestVault test, Func<Task> withdrawing)
    {
        ErasureIncompleteException owed = await Assert.ThrowsAsync<ErasureIncompleteException>(() => withdrawing().WaitAsync(Observation.Patience));
        Assert.Contains("is destroyed", owed.Message, StringComparison.Ordinal);
        Assert.Contains("restore --keys", owed.Message, StringComparison.Ordinal);
        Assert.Equal(VaultErrorCode.StoreDamaged, Assert.IsType<VaultException>(owed.InnerException).Code);
        Assert.Equal(1, (await test.Vault.GetStatusAsync()).Owed);
    }

    private static async Task AssertCertifiedAsync(TestVault test, params ConsentId[] consents)
    {
        await test.Vault.SweepAsync().WaitAsync(Observation.Patience);
        foreach (ConsentId consent in consents)
        {
            Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(consent))!.Status);
            Assert.True((await test.Vault.WithdrawConsentAsync(consent).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
        }

        await Observation.AssertWholeAsync(test);
        test.Thief.AssertNothingCertifiedIsReadable();
    }

    /// <summary>What <c>restore --keys</c> does, with stores in memory.</summary>
    private static async Task RestoreKeysAsync(TestVault test)
    {
        await test.Vault.DisposeAsync();
        test.Store.CopyFrom(test.MirrorStores[0], test.Store.ReadPlaceId());
        test.Renew();
        await test.Vault.OpenAsync();
    }

    private static void AssertOneKeyEverywhere(TestVault test)
    {
        using var locations = new FaceVault.Keys.InMemoryRootKeyStore(test.Media);
        foreach (IRootLocation location in locations.Locations)
        {
            using RootReading reading = location.Read();
            Assert.Single(reading.Records);
        }
    }

    private static uint SlotOf(TestVault test, ConsentId consent)
    {
        using FaceVault.Commits.ReadScope view = test.Vault.Engine.Read();
        return view.FindConsent(System.Text.Encoding.UTF8.GetBytes(consent.DangerousValue()));
    }

    /// <summary>The record of a living consent, sealed as the vault seals it, that says of its key that it was removed.</summary>
    private static byte[] TooFar(TestVault test, uint slot)
    {
        using FaceVault.Commits.ReadScope view = test.Vault.Engine.Read();
        using var cursor = new TreeCursor(view.Store, view.Crown);
        Assert.True(cursor.TryGet(slot, out KeyEntry entry));
        ConsentRecord record = SealedConsentRecord.Open(entry.EvidenceKey, view.Crown.VaultId, slot, entry.RecordVersion, view.Store.Read(KeyTable.Record, slot)!);
        return SealedConsentRecord.Seal(entry.EvidenceKey, view.Crown.VaultId, slot, entry.RecordVersion, record.Append(new ConsentEvent(ConsentEventKind.Removed, test.Clock.Now, "withdrawn")));
    }

    private static byte[] Flip(byte[] blob)
    {
        byte[] flipped = [.. blob];
        flipped[blob.Length / 2] ^= 4;
        return flipped;
    }
}
