using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Step 3b: what the store gives back after a destroying commit must be what was written, or no old root key is destroyed and nothing is certified.</summary>
public sealed class ReadBackTests
{
    [Fact]
    public async Task A_store_that_gives_back_another_page_keeps_both_root_keys_and_certifies_nothing()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        bool changed = false;
        for (int step = 1; step <= 40; step++)
            test.Faults.CallAt(step, () =>
            {
                if (changed || test.Store.Snapshot()!.Numbers.Epoch == 1)
                    return;
                changed = true; // just after the destroying transaction, before anything is read back
                test.Store.Tamper(KeyTable.Leaf, 0, new byte[8104]);
            });

        await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.WithdrawConsentAsync(new ConsentId("c-1")));

        Assert.True(changed);
        using var locations = new FaceVault.Keys.InMemoryRootKeyStore(test.Media);
        using RootReading reading = locations.Locations[0].Read();
        Assert.Equal(2, reading.Records.Count);
    }
}
