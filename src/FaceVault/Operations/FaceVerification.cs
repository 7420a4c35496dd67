namespace FaceVault;

/// <summary>What a 1:1 comparison found.</summary>
public enum VerificationOutcome
{
    /// <summary>Nothing was compared: the default of the type.</summary>
    None = 0,

    /// <summary>The score reaches the threshold.</summary>
    Match,

    /// <summary>The score stays below the threshold.</summary>
    NoMatch,

    /// <summary>A rule forbids the comparison; nothing was compared.</summary>
    Refused,
}

/// <summary>The answer of <see cref="Vault.VerifyFaceAsync"/>.</summary>
public sealed record FaceVerification
{
    private FaceVerification(VerificationOutcome outcome, float score, IReadOnlyList<Violation> violations)
    {
        Outcome = outcome;
        Score = score;
        Violations = violations;
    }

    /// <summary>Match, no match or refused.</summary>
    public VerificationOutcome Outcome { get; }

    /// <summary>The best cosine similarity over the consent's templates, in [-1, 1]; not a number when refused.</summary>
    public float Score { get; }

    /// <summary>Why it was refused; empty otherwise.</summary>
    public IReadOnlyList<Violation> Violations { get; }

    /// <summary>True only for a match.</summary>
    public bool IsMatch => Outcome == VerificationOutcome.Match;

    /// <summary>The outcome, never the score.</summary>
    public override string ToString() => Outcome.ToString();

    internal static FaceVerification Match(float score) => new(VerificationOutcome.Match, score, []);

    internal static FaceVerification NoMatch(float score) => new(VerificationOutcome.NoMatch, score, []);

    internal static FaceVerification Refused(IReadOnlyList<Violation> violations)
    {
        RefusedException.Count(violations);
        return new FaceVerification(VerificationOutcome.Refused, float.NaN, violations);
    }
}
