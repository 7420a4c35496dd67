using System.Text;
using FaceVault.Ledger;
using FaceVault.Tests.Erasure;

namespace FaceVault.Tests.Operations;

/// <summary>What a whole vault hands out, seen by somebody who has nothing but its verifier key (claims E7 and E8).</summary>
[Trait("Claim", "E7")]
[Trait("Rule", "D10")]
public sealed class LedgerOfAVaultTests
{
    [Fact]
    public async Task Every_kind_of_destruction_convinces_a_verifier_that_shares_no_code()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        var receipts = new List<ConsentReceipt>();
        for (int i = 0; i < 6; i++)
        {
            receipts.Add(await test.Vault.GrantConsentAsync(test.Grant($"c-{i}", i < 2 ? "somebody" : null)));
            await test.Vault.EnrollAsync(new ConsentId($"c-{i}"), null, TestVault.Face(i));
            test.Clock.Now += TimeSpan.FromMinutes(1);
            if (i == 0)
                await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        }
        await test.Vault.EnrollAsync(new ConsentId("c-4"), null, TestVault.Face(4, capture: 1));
        Dictionary<DeletionTrigger, (DeletionCertificate Certificate, ConsentReceipt Receipt)> made = new()
        {
            [DeletionTrigger.Withdrawn] = (await test.Vault.WithdrawConsentAsync(new ConsentId("c-2")), receipts[2]),
            [DeletionTrigger.Erased] = (Assert.Single(await test.Vault.EraseSubjectAsync(new SubjectId("somebody"), "order 7/2026")), receipts[1]),
            [DeletionTrigger.Replaced] = (await test.Vault.ReplaceTemplatesAsync(new ConsentId("c-3"), null, [TestVault.Face(3, capture: 2)]), receipts[3]),
            [DeletionTrigger.Removed] = (await test.Vault.RemoveTemplateAsync(new ConsentId("c-4"), 0), receipts[4]),
        };
        test.Clock.Now += TimeSpan.FromMinutes(1);
        await test.Vault.RenewConsentAsync(new ConsentId("c-5"), test.Grant("c-6", "subject of c-5"));
        made[DeletionTrigger.Superseded] = (Assert.Single(await test.Vault.GetDeletionCertificatesAsync(new ConsentId("c-5"))), receipts[5]);

        string key = test.Vault.VerifierKey.ToString();
        foreach ((DeletionTrigger trigger, (DeletionCertificate certificate, ConsentReceipt receipt)) in made)
        {
            byte[] file = certificate.ToJson();
            Assert.Equal(trigger, certificate.Trigger);
            Assert.Null(IndependentVerifier.Check(file, key));
            Assert.Equal(CertificateFinding.Valid, DeletionCertificate.Check(file, VerifierKey.Parse(key), receipt));
            foreach (ConsentReceipt other in receipts.Where(r => r.Consent != receipt.Consent))
                Assert.Equal(CertificateFinding.ReceiptMismatch, certificate.Check(test.Vault.VerifierKey, other));
        }
    }

    [Fact]
    public async Task A_kept_checkpoint_is_a_beginning_of_every_later_ledger_and_the_lines_give_its_root()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var kept = new List<Checkpoint>();
        for (int i = 0; i < 5; i++)
        {
            kept.Add(await test.Vault.GetCheckpointAsync());
            await test.EnrollAsync(3, from: 3 * i);
            await test.Vault.WithdrawConsentAsync(new ConsentId($"c-{3 * i}"));
        }
        await test.ReopenAsync();
        Checkpoint last = await test.Vault.GetCheckpointAsync();
        foreach (Checkpoint old in kept)
        {
            Assert.True(old.Check(test.Vault.VerifierKey));
            Assert.Equal(test.Vault.VerifierKey.Name, old.Origin);
            Assert.True((await test.Vault.ProveConsistencyAsync(old.Size)).Check(old, last));
        }

        var lines = new List<string>();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
        {
            Assert.Equal(lines.Count, line.Index);
            Assert.Equal(LedgerEntry.Parse(line.Entry).LeafHash(), line.LeafHash);
            lines.Add(line.Entry);
        }
        Assert.Equal(last.Size, lines.Count);
        Assert.Equal(last.Root.ToHex(), Convert.ToHexStringLower(new Ledger.NaiveTree([.. lines.Select(Encoding.UTF8.GetBytes)]).Root(0, lines.Count)));
        Assert.DoesNotContain(lines, line => line.Contains("subject of", StringComparison.Ordinal) || line.Contains("\"c-", StringComparison.Ordinal));
    }
}
