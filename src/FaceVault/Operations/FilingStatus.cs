namespace FaceVault;

/// <summary>Where a duty to file stands (P11: CAC 15): who keeps the faces of so many persons files within so many working days.</summary>
public sealed record FilingStatus
{
    internal FilingStatus()
    {
    }

    /// <summary>From how many persons on filing is due.</summary>
    public required long Threshold { get; init; }

    /// <summary>How many persons the vault keeps under purposes whose profiles ask for it: subjects with a living template key, each once however many consents and templates.</summary>
    public required long Persons { get; init; }

    /// <summary>The day on which so many were first kept, or the first day of the rule if that is later; null when the threshold was never reached.</summary>
    public DateOnly? CrossedOn { get; init; }

    /// <summary>The last day for filing; null when the threshold was never reached, or <see cref="VaultOptions.WorkingDays"/> cannot tell the day.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>When the filing was recorded; null when it was not.</summary>
    public DateTimeOffset? FiledAt { get; init; }

    /// <summary>The reference under which it was recorded.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether the last day has passed and no filing was recorded: then new consents and enrolments are refused with <see cref="ViolationCode.FilingOverdue"/>, if the profile blocks them.</summary>
    public required bool IsOverdue { get; init; }
}
