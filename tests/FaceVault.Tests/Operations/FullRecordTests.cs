using System.Text;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>A consent record has a largest size. What fills it, holds without end and templates replaced for years, never stands in the way of a destruction.</summary>
[Trait("Claim", "E4")]
public sealed class FullRecordTests
{
    private static readonly ConsentId One = Scenario.Id("c-1");
    private static readonly string Reference = new('"', 256); // twice as long at rest

    [Fact]
    public async Task A_consent_with_a_full_record_can_be_held_released_erased_and_certified()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 1);
        await FillAsync(test);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(1, await test.Vault.SetHoldAsync(HoldScope.OfConsents([One]), Reference));
            Assert.Empty(await test.Vault.LiftHoldAsync(HoldScope.OfConsents([One]), Reference));
        }

        Assert.Equal(VaultErrorCode.CapacityExceeded, (await Assert.ThrowsAsync<VaultException>(() => test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]))).Code);
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([One]), Reference);
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.EraseSubjectAsync(new SubjectId("subject of c-1"), Reference));
        DeletionCertificate certificate = Assert.Single(await test.Vault.LiftHoldAsync(HoldScope.OfConsents([One])));
        Assert.Equal((DeletionTrigger.Erased, true), (certificate.Trigger, certificate.Check(test.Vault.VerifierKey).IsValid));
        await test.ReopenAsync();
        Assert.Equal(certificate.CompletedIndex, Assert.Single(await test.Vault.GetDeletionCertificatesAsync(One)).CompletedIndex);
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task A_consent_with_a_full_record_goes_on_under_a_renewed_one()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 0);
        await FillAsync(test);
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([One]), Reference); // the last that is noted
        await test.Vault.LiftHoldAsync(HoldScope.OfConsents([One]), Reference);
        await test.Vault.RenewConsentAsync(One, test.Grant("c-7", "subject of c-1"));
        await test.Vault.ReplaceTemplatesAsync(Scenario.Id("c-7"), null, [TestVault.Face(20)]);
        await Observation.AssertWholeAsync(test);
    }

    /// <summary>As many holds as leave room for one more note.</summary>
    private static async Task FillAsync(TestVault test)
    {
        uint slot;
        using (ReadScope view = test.Vault.Engine.Read())
            slot = view.FindConsent(Encoding.UTF8.GetBytes("c-1"));
        await test.Vault.Engine.Enqueue(new Fill(slot, test.Start));
    }

    private sealed class Fill(uint slot, DateTimeOffset time) : OrdinaryItem
    {
        public override void Apply(CommitDraft draft)
        {
            draft.IsChanging = true;
            KeyEntry entry = draft.Edit(slot);
            ConsentRecord record = SealedConsentRecord.Open(entry.EvidenceKey, draft.Crown.VaultId, slot, entry.RecordVersion, draft.Reader.Read(KeyTable.Record, slot)!);
            ConsentRecord longer = record.Append(new ConsentEvent(ConsentEventKind.Held, time, null, Reference));
            int each = longer.ToJson().Length - record.ToJson().Length;
            for (int left = (SealedConsentRecord.MaxBytes - 4096 - record.ToJson().Length) / each; left > 0; left--)
                record = record.Append(new ConsentEvent(ConsentEventKind.Held, time, null, Reference));
            draft.Writes.Add(new KeyWrite(KeyTable.Record, slot, SealedConsentRecord.Seal(entry.EvidenceKey, draft.Crown.VaultId, slot, entry.NextRecordVersion, record)));
            entry.CountRecord();
        }
    }
}
