using FaceVault.Ledger;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>What the vault answers: consents, faces 1:1, the ledger and its proofs, and all of it beside a writer.</summary>
public sealed class ReadingTests
{
    [Fact]
    public async Task Faces_are_verified_one_to_one()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(2);
        await test.Vault.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(30));
        await test.Vault.GrantConsentAsync(test.Grant("c-empty"));
        FaceVerification match = await test.Vault.VerifyFaceAsync(new ConsentId("c-0"), TestVault.Face(0, capture: 1), Threshold.At(0.9f));
        Assert.Equal(VerificationOutcome.Match, match.Outcome);
        Assert.InRange(match.Score, 0.9f, 1.0001f);
        Assert.True((await test.Vault.VerifyFaceAsync(new ConsentId("c-0"), TestVault.Face(30), Threshold.At(0.99f))).IsMatch);
        FaceVerification other = await test.Vault.VerifyFaceAsync(new ConsentId("c-0"), TestVault.Face(1), Threshold.At(0.9f));
        Assert.Equal(VerificationOutcome.NoMatch, other.Outcome);
        FaceVerification empty = await test.Vault.VerifyFaceAsync(new ConsentId("c-empty"), TestVault.Face(1), Threshold.At(0.9f));
        Assert.Equal(VerificationOutcome.Refused, empty.Outcome);
        FaceVerification otherModel = await test.Vault.VerifyFaceAsync(new ConsentId("c-0"), TestVault.Face(0), Threshold.At(0.9f), "synthetic8");
        Assert.Equal(VerificationOutcome.Refused, otherModel.Outcome);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        FaceVerification withdrawn = await test.Vault.VerifyFaceAsync(new ConsentId("c-0"), TestVault.Face(0), Threshold.At(0.9f));
        Assert.Equal(ViolationCode.ConsentWithdrawn, Assert.Single(withdrawn.Violations).Code);
        Assert.Equal(VerificationOutcome.None, default);
    }

    [Fact]
    public async Task Consents_are_listed_by_purpose_and_found_by_subject()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate"));
        await test.Vault.GrantConsentsAsync([.. Enumerable.Range(0, 300).Select(i => test.Grant($"c-{i}", $"subject of {i % 200}", i < 200 ? TestVault.Door : "gate"))]);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-5"));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"c-{i}").Order(), (await List(null)).Order());
        Assert.Equal(Enumerable.Range(200, 100).Select(i => $"c-{i}").Order(), (await List(new PurposeId("gate"))).Order());
        IReadOnlyList<ConsentInfo> found = await test.Vault.FindConsentsAsync(new SubjectId("subject of 5"));
        Assert.Equal(["c-205", "c-5"], found.Select(c => c.Consent.DangerousValue()).Order());
        Assert.Equal([ConsentStatus.Active, ConsentStatus.Destroyed], found.Select(c => c.Status).Order());
        ConsentInfo one = (await test.Vault.GetConsentAsync(new ConsentId("c-7")))!;
        Assert.Equal((new SubjectId("subject of 7"), new PurposeId(TestVault.Door), 1, 0, ConsentStatus.Active), (one.Subject, one.Purpose, one.Version, one.Templates, one.Status));
        Assert.Equal("ConsentInfo", one.ToString());

        List<string> page = [], whole = await List(null);
        for (ConsentId? last = null; page.Count < whole.Count; last = new ConsentId(page[^1]))
            await foreach (ConsentInfo consent in test.Vault.ListConsentsAsync(after: last).Take(70))
                page.Add(consent.Consent.DangerousValue());
        Assert.Equal(whole, page);
        Assert.Empty(await test.Vault.ListConsentsAsync(after: new ConsentId(whole[^1])).ToListAsync());
        Assert.Equal(VaultErrorCode.ConsentUnknown, (await Assert.ThrowsAsync<VaultException>(async () => await test.Vault.ListConsentsAsync(after: new ConsentId("nobody")).ToListAsync())).Code);

        async Task<List<string>> List(PurposeId? purpose)
        {
            var ids = new List<string>();
            await foreach (ConsentInfo consent in test.Vault.ListConsentsAsync(purpose))
                ids.Add(consent.Consent.DangerousValue());
            return ids;
        }
    }

    [Fact]
    public async Task The_ledgers_lines_recompute_every_checkpoint_and_consistency_is_proved()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var kept = new List<Checkpoint>();
        for (int i = 0; i < 6; i++)
        {
            await test.EnrollAsync(5, from: i * 5);
            await test.Vault.WithdrawConsentAsync(new ConsentId($"c-{i * 5}"));
            kept.Add(await test.Vault.GetCheckpointAsync());
            Assert.True(kept[^1].Check(test.Vault.VerifierKey));
            if (i == 3)
                await test.ReopenAsync();
        }

        var frontier = new MerkleFrontier();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
        {
            Assert.Equal(frontier.Size, line.Index);
            Assert.Equal(MerkleHash.OfEntry(System.Text.Encoding.UTF8.GetBytes(line.Entry)), line.LeafHash);
            frontier.Append(line.LeafHash);
            if (kept.Find(c => c.Size == frontier.Size) is { } checkpoint)
                Assert.Equal(checkpoint.Root, frontier.Root());
        }

        Assert.Equal(kept[^1].Size, frontier.Size);
        foreach (Checkpoint old in kept)
        {
            ConsistencyProof proof = await test.Vault.ProveConsistencyAsync(old.Size);
            Assert.True(proof.Check(old, kept[^1]));
            if (old.Size != kept[^1].Size)
                Assert.False(proof.Check(kept[^1].Root, kept[^1].Size, kept[^1].Root) || proof.Check(kept[^1], kept[^1]));
        }

        var tail = new List<long>();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync(frontier.Size - 3))
            tail.Add(line.Index);
        Assert.Equal([frontier.Size - 3, frontier.Size - 2, frontier.Size - 1], tail);
        await foreach (LedgerLine _ in test.Vault.ReadLedgerAsync(frontier.Size + 10))
            Assert.Fail("There is no such line.");
    }

    [Fact]
    public async Task Everything_can_be_inspected_while_a_writer_commits()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.EnrollAsync(70);
        DeletionCertificate first = await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        VerifierKey key = test.Vault.VerifierKey;
        int withdrawn = 0;
        Task writer = Task.Run(async () =>
        {
            for (int i = 1; i <= 25; i++)
            {
                await test.EnrollAsync(2, from: 100 + (i * 2));
                await test.Vault.WithdrawConsentAsync(new ConsentId($"c-{i}"));
                Volatile.Write(ref withdrawn, i);
                if (i == 10)
                    await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "gate"));
            }
        });

        await using Vault inspector = test.Make(VaultAccess.Inspect);
        int looks = 0;
        do
        {
            int before = Volatile.Read(ref withdrawn);
            VaultStatus status = await inspector.GetStatusAsync();
            Assert.InRange(status.Consents, 60, 200);
            AuditReport audit = await inspector.AuditAsync();
            Assert.True(audit.IsIntact, string.Join('\n', audit.Findings));
            Checkpoint checkpoint = await inspector.GetCheckpointAsync();
            Assert.True(checkpoint.Check(key));
            var frontier = new MerkleFrontier();
            await foreach (LedgerLine line in inspector.ReadLedgerAsync())
            {
                frontier.Append(line.LeafHash);
                if (frontier.Size == checkpoint.Size)
                    Assert.Equal(checkpoint.Root, frontier.Root());
            }

            Assert.True(frontier.Size >= checkpoint.Size);
            DeletionCertificate certificate = Assert.Single(await inspector.GetDeletionCertificatesAsync(new ConsentId($"c-{before}")));
            Assert.True(certificate.Check(key).IsValid);
            Assert.True((await inspector.ProveConsistencyAsync(1)).OldSize == 1);
            Assert.Equal(ConsentStatus.Destroyed, (await inspector.GetConsentAsync(new ConsentId("c-0")))!.Status);
            looks++;
        }
        while (!writer.IsCompleted);
        await writer;
        Assert.True(looks > 0);
        Assert.Equal(first.Completed.Line, (await inspector.GetDeletionCertificatesAsync(new ConsentId("c-0")))[0].Completed.Line);
        Assert.Equal(2, (await inspector.ListPurposesAsync()).Count);

        // It reads; it does not use and does not write.
        foreach (Func<Task> call in (Func<Task>[])
        [
            () => inspector.GrantConsentAsync(test.Grant("c-new")), () => inspector.WithdrawConsentAsync(new ConsentId("c-60")), () => inspector.SweepAsync(),
            () => inspector.GetGalleryAsync(new PurposeId(TestVault.Door)), () => inspector.VerifyFaceAsync(new ConsentId("c-60"), TestVault.Face(60), Threshold.At(0)), () => inspector.InitializeAsync(),
        ])
            Assert.NotEqual(VaultErrorCode.None, (await Assert.ThrowsAsync<VaultException>(call)).Code);
    }
}
