using FaceVault.Telemetry;

namespace FaceVault;

/// <summary>A rule refuses the request, before anything was written. All violations found are listed at once.</summary>
public sealed class RefusedException : Exception
{
    internal RefusedException(IReadOnlyList<Violation> violations)
        : base(Error.RefusalText(violations))
    {
        Violations = violations;
        Count(violations);
    }

    /// <summary>Every violation found; at least one.</summary>
    public IReadOnlyList<Violation> Violations { get; }

    /// <summary>Whether the processing records have it: an operation inside another counts once.</summary>
    internal bool IsCounted { get; set; }

    /// <summary>For whoever collects metrics.</summary>
    internal static void Count(IReadOnlyList<Violation> violations)
    {
        if (!RefusalMeter.IsHeard)
            return;
        foreach (Violation violation in violations)
            RefusalMeter.Refused(violation.Code.ToString());
    }

    /// <summary>Throws when there is anything in the list.</summary>
    internal static void ThrowIfAny(IReadOnlyList<Violation> violations)
    {
        if (violations.Count != 0)
            throw new RefusedException(violations);
    }
}
