namespace FaceVault;

/// <summary>A candidate with the names behind it, at the moment they were looked up.</summary>
/// <param name="Subject">Whose template it is.</param>
/// <param name="Consent">The consent that allows the comparison.</param>
/// <param name="Score">Cosine similarity, -1 to 1.</param>
public readonly record struct Match(SubjectId Subject, ConsentId Consent, float Score)
{
    /// <summary>The type's name: neither names nor scores belong in logs.</summary>
    /// <returns>Always <c>Match</c>.</returns>
    public override string ToString() => nameof(Match);
}
