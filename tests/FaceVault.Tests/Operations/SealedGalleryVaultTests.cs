using System.Reflection;
using FaceVault.Matching;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>A vault's sealed galleries beside its open ones: whatever happens to a consent reaches both.</summary>
public sealed class SealedGalleryVaultTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Theory]
    [InlineData("synthetic")]
    [InlineData("synthetic8")]
    public async Task Open_and_sealed_galleries_answer_the_same_whatever_happens_to_consents(string model)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await EnrollAsync(test, model, 0, 12);
        Gallery open = await test.Vault.GetGalleryAsync(Door, model), closed = await test.Vault.GetGalleryAsync(Door, model, GalleryMode.Sealed);
        Assert.Equal((GalleryMode.Open, GalleryMode.Sealed), (open.Mode, closed.Mode));
        Assert.Same(open, await test.Vault.GetGalleryAsync(Door, model, GalleryMode.Open));
        Assert.Same(closed, await test.Vault.GetGalleryAsync(Door, model, GalleryMode.Sealed));
        await AssertAsync(12, 3);

        await EnrollAsync(test, model, 12, 3);
        await AssertAsync(15, 13);
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(new ConsentId("c-3"));
        Assert.Equal(2, certificate.Galleries);
        await AssertAsync(14, null, 3);
        await test.Vault.ReplaceTemplatesAsync(new ConsentId("c-4"), model, [TestVault.Face(40), TestVault.Face(41)]);
        await AssertAsync(15, 41, 4);
        await test.Vault.RemoveTemplateAsync(new ConsentId("c-4"), 1);
        await AssertAsync(14, 41, 40);
        await test.Vault.RenewConsentAsync(new ConsentId("c-5"), test.Grant("r-5", "subject of c-5"));
        await AssertAsync(14, 5);
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        await AssertAsync(0, null, 6);

        async Task AssertAsync(int count, int? found, params int[] gone)
        {
            foreach (int person in (int[])[.. gone, found ?? 0, 1, 11])
            {
                IReadOnlyList<Match> expected = await open.IdentifyAsync(TestVault.Face(person), 5, Threshold.RankOnly);
                Assert.Equal(expected, await closed.IdentifyAsync(TestVault.Face(person), 5, Threshold.RankOnly));
                if (person == found)
                    Assert.True(expected[0].Score > 0.99f);
                if (gone.Contains(person))
                    Assert.DoesNotContain(expected, match => match.Score > 0.9f);
            }

            Assert.Equal((count, count), (open.Count, closed.Count));
        }
    }

    [Fact]
    public async Task Retiring_a_model_and_closing_the_vault_close_galleries_of_both_modes()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        Gallery[] retired = [await test.Vault.GetGalleryAsync(Door), await test.Vault.GetGalleryAsync(Door, null, GalleryMode.Sealed)];
        Gallery[] others = [await test.Vault.GetGalleryAsync(Door, "synthetic8"), await test.Vault.GetGalleryAsync(Door, "synthetic8", GalleryMode.Sealed)];
        await test.Vault.RetireModelAsync(Door, "synthetic", leaveTemplates: true);
        Assert.All(retired, gallery => Assert.True(gallery.IsClosed));
        Assert.All(others, gallery => Assert.False(gallery.IsClosed));
        await test.Vault.DisposeAsync();
        Assert.All(others, gallery => Assert.True(gallery.IsClosed));
    }

    [Fact]
    public async Task A_sealed_gallery_that_was_damaged_is_loaded_anew_for_whoever_asks_again()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(5);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door, null, GalleryMode.Sealed), open = await test.Vault.GetGalleryAsync(Door);
        Damage(gallery);
        await FailsAsync(test, VaultErrorCode.IntegrityViolated, _ => gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.At(0.9f)));
        Assert.False(gallery.IsClosed);

        Gallery again = await test.Vault.GetGalleryAsync(Door, null, GalleryMode.Sealed);
        Assert.NotSame(gallery, again);
        Assert.True(gallery.IsClosed);
        Assert.Single(await again.IdentifyAsync(TestVault.Face(1), 1, Threshold.At(0.9f)));
        Assert.Same(open, await test.Vault.GetGalleryAsync(Door));
        Assert.Equal(2, (await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"))).Galleries);
    }

    [Fact]
    public async Task A_mode_that_is_neither_is_misuse()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        foreach (GalleryMode mode in (GalleryMode[])[GalleryMode.None, (GalleryMode)3])
            Assert.Equal("mode", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => test.Vault.GetGalleryAsync(Door, null, mode))).ParamName);
    }

    private static async Task EnrollAsync(TestVault test, string model, int from, int count)
    {
        for (int i = from; i < from + count; i++)
        {
            await test.Vault.GrantConsentAsync(test.Grant($"c-{i}"));
            await test.Vault.EnrollAsync(new ConsentId($"c-{i}"), model, TestVault.Face(i));
        }
    }

    private static unsafe void Damage(Gallery gallery)
    {
        var store = (GalleryStore)typeof(Gallery).GetField("store", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(gallery)!;
        store.Block(0).Memory[30] ^= 1;
    }
}
