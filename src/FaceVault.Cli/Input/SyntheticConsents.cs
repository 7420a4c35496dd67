namespace FaceVault.Cli.Input;

/// <summary>
/// Consents made up for trials: subject = identity, consent = <c>identity@purpose</c>, an adult, an interaction of its own, the purpose's notice, the profile's strictest form,
/// given now, used until the purpose's retention ends. A vault that holds one is marked, and so is every certificate about one.
/// </summary>
internal static class SyntheticConsents
{
    /// <summary>Hash of the evidence of a synthetic consent: SHA-256 of nothing, since there is none.</summary>
    private const string NoEvidence = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public static ConsentGrant Grant(string identity, Purpose purpose, DateTimeOffset now)
    {
        string consent = $"{identity}@{purpose.Id.Value}";
        return new ConsentGrant
        {
            Id = new ConsentId(consent),
            Subject = new SubjectId(identity),
            Purpose = purpose.Id,
            GivenAt = now,
            ExpiresAt = purpose.MaxRetention?.After(now) ?? default,
            Notice = purpose.Notice,
            NoticeShownAt = now,
            Form = "written",
            AgeBand = "adult",
            InteractionId = consent,
            EvidenceSha256 = NoEvidence,
        };
    }
}
