using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>A day on which very many consents expire: one sweep ends them, batch by batch, and the crown stays small. 100,000 of them when digging deep.</summary>
public sealed class LargeSweepTests
{
    private const int MostCrownBytes = 300_000;
    private const int Batch = 4_096;
    private const int Held = 100;

    private static int People => Deep.Runs(1) > 1 ? 100_000 : 12_000;

    [Fact]
    public async Task All_that_expire_are_destroyed_by_one_sweep_and_the_crown_never_exceeds_300_kilobytes()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        for (int from = 0; from < People; from += Batch)
            await test.Vault.GrantConsentsAsync([.. Enumerable.Range(from, Math.Min(Batch, People - from)).Select(i => test.Grant($"c-{i}"))]);
        await test.EnrollAsync(1, from: People);
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([.. Enumerable.Range(0, Held).Select(i => new ConsentId($"c-{i * 7}"))]));
        long epoch = (await test.Vault.GetStatusAsync()).Epoch;
        int expiring = People + 1 - Held;
        test.Clock.Now = test.Start.AddMonths(7);
        test.Store.KeepsAttempts = true;

        Assert.Equal(new SweepResult(expiring, 0, 0, Held), await test.Vault.SweepAsync());

        int largest = test.Store.Attempts.SelectMany(attempt => attempt).Where(write => write.Table == KeyTable.Crown).Max(write => write.Blob.Length);
        Assert.InRange(largest, 200_000, MostCrownBytes); // a full work list was among them
        Assert.InRange(test.Store.Snapshot()![KeyTable.Crown].Find(0)!.Length, 1, 16 * 1024);
        VaultStatus status = await test.Vault.GetStatusAsync();
        Assert.Equal((Held, Held, 0), (status.Consents, status.Restricted, status.Owed));
        Assert.InRange(status.Epoch - epoch, (expiring + 9_999) / 10_000, ((expiring + 9_999) / 10_000) + 1);
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.True(audit.IsIntact);
        Assert.Equal(expiring, audit.Certificates);
        await test.ReopenAsync();
        Assert.Equal(Held, (await test.Vault.LiftHoldAsync(HoldScope.OfPurpose(new PurposeId(TestVault.Door)))).Count);
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).Consents);
    }
}
