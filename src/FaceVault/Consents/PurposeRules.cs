namespace FaceVault.Consents;

/// <summary>What a purpose has to say before it is registered, and which operation it allows. Pure: no clock, no store.</summary>
/// <remarks>Applied for every profile (what only some ask is <see cref="ConsentDemands"/> and the rules' own folder): P1, P2, P3, P10, the notice of C7 and the end of evidence of D9. An unknown attribute (P9) does not get as far: the JSON reader refuses it.</remarks>
internal static class PurposeRules
{
    /// <summary>All violations of a definition; empty when it can be registered.</summary>
    public static IReadOnlyList<Violation> Check(Purpose purpose)
    {
        var found = new List<Violation>();
        CheckSpecific(found, "id", purpose.Id.Value, isName: true);
        if (purpose.Kind == PurposeKind.None)
            found.Add(Error.PurposeMemberMissing("kind"));
        CheckSpecific(found, "description", purpose.Description, isName: false);
        CheckSpecific(found, "necessity", purpose.Necessity, isName: false);
        CheckModels(found, purpose);
        CheckPeriod(found, "maxRetention", "P2", purpose.MaxRetention);
        CheckPeriod(found, "evidenceRetention", "D9", purpose.EvidenceRetention);
        CheckAlternatives(found, purpose);
        if (string.IsNullOrWhiteSpace(purpose.Assessment) || Wildcard.IsProse(purpose.Assessment))
            found.Add(Error.AssessmentMissing());
        CheckNotice(found, purpose.Notice);
        if (purpose.Profile is null)
            found.Add(Error.PurposeMemberMissing("profile"));
        return found;
    }

    /// <summary>P1 (SPC 2(1)): the refusal when a purpose of one kind is used for an operation of another; null when they agree. Storing belongs to every kind and is not asked here.</summary>
    public static Violation? CheckOperation(PurposeKind purpose, PurposeKind operation) =>
        purpose != PurposeKind.None && purpose == operation ? null : Error.OperationNotConsented();

    // P2 (PIPL 6, 28): specific, necessary, limited.
    private static void CheckSpecific(List<Violation> found, string field, string? text, bool isName)
    {
        if (string.IsNullOrWhiteSpace(text))
            found.Add(Error.PurposeMemberMissing(field));
        else if (isName ? Wildcard.IsName(text) : Wildcard.IsProse(text))
            found.Add(Error.PurposeMemberWildcard(field));
    }

    private static void CheckModels(List<Violation> found, Purpose purpose)
    {
        foreach (string missing in purpose.MissingMembers)
            found.Add(Error.PurposeMemberMissing(missing));
        if (purpose.Models.Count == 0 && purpose.MissingMembers.Count == 0)
            found.Add(Error.PurposeMemberMissing("models"));
        for (int i = 0; i < purpose.Models.Count; i++)
        {
            if (Wildcard.IsName(purpose.Models[i].Name))
                found.Add(Error.PurposeMemberWildcard($"models[{i}].name"));
        }
    }

    private static void CheckPeriod(List<Violation> found, string field, string rule, CalendarPeriod? period)
    {
        if (period is null)
            found.Add(Error.PurposeMemberMissing(field, rule));
        else if (Retention.IsTooLong(period))
            found.Add(Error.PurposeRetentionTooLong(field, rule));
    }

    // P3 (SPC 10; CAC 10): another way, always.
    private static void CheckAlternatives(List<Violation> found, Purpose purpose)
    {
        if (purpose.Alternatives.Count == 0 || purpose.Alternatives.All(BodyTrait.IsAll))
            found.Add(Error.AlternativeMissing("alternatives"));
        for (int i = 0; i < purpose.Alternatives.Count; i++)
        {
            if (Wildcard.IsProse(purpose.Alternatives[i]))
                found.Add(Error.AlternativeMissing($"alternatives[{i}]"));
        }
    }

    // C7 (SPC 2(2); PIPL 17, 30): there is a notice to show.
    private static void CheckNotice(List<Violation> found, Notice? notice)
    {
        if (notice is null)
        {
            found.Add(Error.NoticeMissing("notice"));
            return;
        }

        if (notice.Language is null)
            found.Add(Error.NoticeMissing("notice.language"));
        if (notice.Sha256 is null)
            found.Add(Error.NoticeMissing("notice.sha256"));
    }
}
