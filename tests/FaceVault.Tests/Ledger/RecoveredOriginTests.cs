using FaceVault.Ledger;

namespace FaceVault.Tests.Ledger;

/// <summary>A vault that accepted a loss signs under a longer name, and nobody else's name continues it.</summary>
public sealed class RecoveredOriginTests
{
    [Fact]
    public void A_name_is_continued_by_its_own_losses_alone()
    {
        string once = RecoveredOrigin.After("vault.example/door", 17), twice = RecoveredOrigin.After(once, 40);
        Assert.Equal("vault.example/door/recovered-17", once);
        Assert.Equal(once, RecoveredOrigin.After(once, 17)); // a crash between the name and the commit
        Assert.Equal("vault.example/door/recovered-17/recovered-40", twice);
        foreach (string name in new[] { "vault.example/door", once, twice })
            Assert.True(RecoveredOrigin.Continues(name, "vault.example/door"));
        Assert.True(RecoveredOrigin.Continues(twice, once));
        Assert.False(RecoveredOrigin.Continues("vault.example/door", once));
        foreach (string other in new[] { "vault.example/door2", "vault.example/door/recovered-", "vault.example/door/recovered-1x", "vault.example/door/recovered-1/x", "vault.example/door/other/recovered-1", "evil/vault.example/door/recovered-1" })
            Assert.False(RecoveredOrigin.Continues(other, "vault.example/door"));
    }
}
