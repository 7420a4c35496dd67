namespace FaceVault.Operations;

/// <summary>Names the members in which two definitions of a purpose differ.</summary>
internal static class PurposeChanges
{
    public static string Describe(Purpose from, Purpose to) => string.Join(", ", Names(from, to));

    private static IEnumerable<string> Names(Purpose from, Purpose to)
    {
        if (from.Kind != to.Kind)
            yield return "kind";
        if (from.Description != to.Description)
            yield return "description";
        if (from.Necessity != to.Necessity)
            yield return "necessity";
        if (!from.Models.SequenceEqual(to.Models))
            yield return "models";
        if (!Equals(from.MaxRetention, to.MaxRetention))
            yield return "maxRetention";
        if (!Equals(from.EvidenceRetention, to.EvidenceRetention))
            yield return "evidenceRetention";
        if (!from.Alternatives.SequenceEqual(to.Alternatives))
            yield return "alternatives";
        if (from.Assessment != to.Assessment)
            yield return "assessment";
        if (!Equals(from.Notice, to.Notice))
            yield return "notice";
        if (from.Profile != to.Profile)
            yield return "profile";
        if (from.Category != to.Category)
            yield return "category";
        if (from.Jurisdiction != to.Jurisdiction)
            yield return "jurisdiction";
        if (!from.Places.SequenceEqual(to.Places))
            yield return "places";
        if (from.Signage != to.Signage)
            yield return "signage";
        if (!Equals(from.Basis, to.Basis))
            yield return "basis";
    }
}
