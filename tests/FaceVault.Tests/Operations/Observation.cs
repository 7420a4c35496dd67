using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>What a vault shows from the outside, as text that can be compared: every consent with its status and certificates, and whose face each probe is.</summary>
internal static class Observation
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly int[] Probes = [0, 1, 2, 3, 4, 5, 6, 7, 20, 21, 101];

    /// <summary>Looks through everything a caller can see.</summary>
    public static async Task<string> OfAsync(TestVault test)
    {
        var lines = new List<string>();
        int others = 0;
        await foreach (ConsentInfo consent in test.Vault.ListConsentsAsync())
        {
            IReadOnlyList<DeletionCertificate> certificates = await test.Vault.GetDeletionCertificatesAsync(consent.Consent).WaitAsync(Patience);
            foreach (DeletionCertificate certificate in certificates)
                Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
            if (consent.Consent.DangerousValue().StartsWith("f-", StringComparison.Ordinal) && consent is { Status: ConsentStatus.Active, IsHeld: false } && consent.Templates == 0 && certificates.Count == 0)
                others++;
            else
                lines.Add($"{consent.Consent.DangerousValue()} {consent.Status}{(consent.IsHeld ? "/held" : "")} {consent.Templates} {certificates.Count}{string.Concat(consent.RecipientsToNotify.Select(name => ", " + name))}");
        }

        lines.Sort(StringComparer.Ordinal);
        lines.Add($"and {others} others active");
        lines.AddRange(await FacesAsync(test));
        lines.AddRange((await test.Vault.ListPurposesAsync()).Select(p => $"purpose {p.Definition.Id} {p.Version} {string.Join(',', p.Definition.Models.Select(m => m.Name))}-{string.Join(',', p.RetiredModels.Select(m => m.Name))}"));
        lines.Add("places " + string.Join(' ', (await test.Vault.GetStatusAsync().WaitAsync(Patience)).Places.Where(p => p.Id is not null).Select(p => p.Type).Order()));
        return string.Join('\n', lines);
    }

    /// <summary>Whose face each probe is, by 1:N search.</summary>
    public static async Task<IReadOnlyList<string>> FacesAsync(TestVault test)
    {
        var found = new List<string>();
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door)).WaitAsync(Patience);
        foreach (int probe in Probes)
        {
            IReadOnlyList<Match> matches = await gallery.IdentifyAsync(TestVault.Face(probe), 1, Threshold.At(0.99f)).WaitAsync(Patience);
            if (matches.Count > 0)
                found.Add($"face {probe} is {matches[0].Consent.DangerousValue()}");
        }

        found.Add($"gallery {gallery.Count}");
        return found;
    }

    /// <summary>Nothing is broken, and with every place there nothing is owed.</summary>
    public static async Task AssertWholeAsync(TestVault test, params string[] alsoExpected)
    {
        AuditReport audit = await test.Vault.AuditAsync().WaitAsync(Patience);
        string[] expected = ["orphan", "head", .. alsoExpected];
        Assert.True(audit.Findings.All(f => !f.IsBroken && expected.Contains(f.Code) && !f.Message.Contains("former", StringComparison.Ordinal)), string.Join('\n', audit.Findings));
        VaultStatus status = await test.Vault.GetStatusAsync().WaitAsync(Patience);
        Assert.Equal(0, status.Owed);
        Assert.False(status.IsDegraded);
        Assert.False(status.HasStagedKey);
        foreach (InMemoryKeyStoreLocation mirror in test.MirrorStores.Where(m => status.Places.Any(p => p.Description == m.Description && p.Id is not null)))
            Assert.True(test.Store.Snapshot() is not { } primary || mirror.Snapshot()!.CrownIs(primary[KeyTable.Crown].Find(0)!));
    }
}
