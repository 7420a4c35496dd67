namespace FaceVault.Telemetry;

/// <summary>Measures one vault. Costs a look at a flag per instrument while nobody listens. Thread-safe.</summary>
/// <param name="origin">The name the vault signs its ledger under; it stands in every certificate.</param>
internal sealed class VaultMeter(string origin)
{
    private readonly KeyValuePair<string, object?> origin = new(TagNames.Origin, origin);

    public void Granted(string purpose, int consents) => Instruments.Grants.Count(consents, origin, new(TagNames.Purpose, purpose));

    public void Enrolled(string purpose, int templates) => Instruments.Enrollments.Count(templates, origin, new(TagNames.Purpose, purpose));

    public void Copied(string purpose, int templates) => Instruments.Copies.Count(templates, origin, new(TagNames.Purpose, purpose));

    /// <param name="outcome">match, no_match or refused.</param>
    public void Verified(string outcome) => Instruments.Verifications.Count(1, origin, new(TagNames.Outcome, outcome));

    public void Rejected() => Instruments.RejectedCallers.Count(1, origin);

    /// <param name="trigger">As the ledger names it.</param>
    public void Deleted(string trigger) => Instruments.Deletions.Count(1, origin, new(TagNames.Trigger, trigger));

    public void DeletedAfter(string trigger, MeasuredTime since) => since.Record(Instruments.DeletionDuration, origin, new(TagNames.Trigger, trigger));

    /// <param name="kind">ordinary or destroying.</param>
    /// <param name="since">Begun when the commit began.</param>
    public void Committed(string kind, MeasuredTime since) => since.Record(Instruments.CommitDuration, origin, new(TagNames.CommitKind, kind));
}

/// <summary>Counts refusals, wherever they are made: a definition may be refused before there is a vault.</summary>
internal static class RefusalMeter
{
    public static bool IsHeard => Instruments.Refusals.Enabled;

    /// <param name="violation">The code.</param>
    public static void Refused(string violation) => Instruments.Refusals.Count(1, new KeyValuePair<string, object?>(TagNames.Violation, violation));
}
