namespace FaceVault.Samples;

/// <summary>The sample of the README, which quotes the lines between the two markers word for word. A test compares and runs it.</summary>
public static class ReadmeSample
{
    public static async Task<(IReadOnlyList<Match> Found, bool Holds)> RunAsync(string folder, string firstRoot, string secondRoot, string notice, float[] embedding, float[] probe)
    {
        // README begins
        await using var vault = new Vault(new VaultOptions { Directory = folder, RootKey = new FileRootKeyStore(firstRoot, secondRoot) });
        await vault.InitializeAsync();                                        // once; from then on OpenAsync

        await vault.EnsurePurposeAsync(new Purpose
        {
            Id = new PurposeId("door"),
            Kind = PurposeKind.Identification,
            Description = "Opens the laboratory door for staff with full hands.",
            Necessity = "Review of 3 March, section 2: badges cannot be held.",
            Models = [new TemplateModel("mobilefacenet", 512, TemplateEncoding.Int8)],
            MaxRetention = CalendarPeriod.Parse("P1Y"),
            EvidenceRetention = CalendarPeriod.Parse("P3Y"),
            Alternatives = ["a bell that the front desk answers"],
            Assessment = "DPIA-2026-4",
            Notice = new Notice { Language = "en", Sha256 = notice },
            Profile = "baseline",
        });

        DateTimeOffset now = DateTimeOffset.UtcNow;
        var id = new ConsentId("c-17");
        ConsentReceipt receipt = await vault.GrantConsentAsync(new ConsentGrant
        {
            Id = id,
            Subject = new SubjectId("emp-1042"),
            Purpose = new PurposeId("door"),
            GivenAt = now,
            ExpiresAt = now.AddMonths(6),
            Notice = new Notice { Language = "en", Sha256 = notice },
            NoticeShownAt = now,
            Form = "written",
            AgeBand = "adult",
            InteractionId = "form-88",
        });                                                                   // the receipt is for the person
        await vault.EnrollAsync(id, model: null, embedding);

        Gallery gallery = await vault.GetGalleryAsync(new PurposeId("door")); // shared, owned by the vault
        IReadOnlyList<Match> found = await gallery.IdentifyAsync(probe, top: 5, Threshold.At(0.42f));

        DeletionCertificate certificate = await vault.WithdrawConsentAsync(id); // returns when the key is gone
        CertificateFinding finding = certificate.Check(vault.VerifierKey, receipt); // anywhere, offline
        // README ends
        return (found, finding.IsValid);
    }
}
