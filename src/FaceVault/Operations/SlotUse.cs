using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Rules;

namespace FaceVault.Operations;

/// <summary>Whether a slot may be used now: what the entry says, what is stopped, what the rules say.</summary>
internal static class SlotUse
{
    public static ConsentStanding Standing(VaultSession session, uint slot, KeyEntry entry) =>
        !entry.IsLiving ? ConsentStanding.Withdrawn
        : entry.IsKept ? ConsentStanding.Restricted
        : entry.IsSetAside && !session.Engine.Leases.IsStopped(slot) ? ConsentStanding.Restricted
        : entry.State != SlotState.Active || session.Engine.Leases.IsStopped(slot) ? ConsentStanding.Withdrawn
        : ConsentStanding.Active;

    /// <summary>When use of a slot stops, in Unix minutes: as its entry says, or earlier where a profile has made the retention shorter since the consent (S2: PIPL 19; BIPA 15(a)).</summary>
    public static uint UseStops(RuleBook rules, PurposeRegistry purposes, KeyEntry entry) => Shortened(entry.UseStops, rules, purposes, entry);

    /// <summary>When use of a slot ends for good and its keys are due to be destroyed (D2: PIPL 47), whatever the age band says.</summary>
    public static uint UseEnds(RuleBook rules, PurposeRegistry purposes, KeyEntry entry) => Shortened(entry.UseEnds, rules, purposes, entry);

    private static uint Shortened(uint minutes, RuleBook rules, PurposeRegistry purposes, KeyEntry entry) =>
        purposes.TryOfVersion(entry.PurposeVersion) is { } purpose && rules.RetentionEnds(purpose.Version.Registered.Profile, Retention.FromMinutes(entry.Given)) is { } ends
            ? Math.Min(minutes, Retention.ToMinutes(ends)) : minutes;

    /// <summary>Renewing asks only that the consent is not stopped: its time may be over and its purpose may have a new version.</summary>
    public static IReadOnlyList<Violation> CheckRenewal(VaultSession session, uint slot, KeyEntry entry) =>
        Standing(session, slot, entry) is var standing and not ConsentStanding.Active
            ? ConsentRules.CheckUse(new ConsentUse { Standing = standing, Now = session.Now, UseEndsAt = DateTimeOffset.MaxValue })
            : [];

    /// <summary>P11 (CAC 15): whether enrolling is refused because a filing is overdue.</summary>
    public static IReadOnlyList<Violation> CheckFiling(VaultSession session, KeyEntry entry) =>
        entry is { IsEmpty: false, IsLiving: true } && session.Purposes.TryOfVersion(entry.PurposeVersion) is { } found ? session.Filing.CheckOverdue(found.Version.Registered) : [];

    /// <summary>Whether a legal hold forbids destroying the slot's key.</summary>
    public static IReadOnlyList<Violation> CheckHold(KeyEntry entry) => entry.IsHeld ? [Error.HeldAgainstDestruction()] : [];

    /// <summary>Whether the purpose version that the slot's consent was given to admits a model; nothing where its purpose is gone.</summary>
    public static IReadOnlyList<Violation> CheckModel(VaultSession session, KeyEntry entry, TemplateModel model) =>
        session.Purposes.TryOfVersion(entry.PurposeVersion) is { } purpose ? TemplateModels.Check(purpose.Version, model) : [];

    /// <summary>The same for a model that is named; null means the current one, which is admitted.</summary>
    public static IReadOnlyList<Violation> CheckModel(VaultSession session, KeyEntry entry, string? name) =>
        session.Purposes.TryOfVersion(entry.PurposeVersion) is { } purpose && purpose.Version.Retired.Any(retired => retired.Name == name) ? [Error.ModelRetired()] : [];

    /// <summary>All violations of using a slot for an operation; slot 0 is an unknown consent.</summary>
    /// <param name="session">The open vault.</param>
    /// <param name="slot">The slot, or 0.</param>
    /// <param name="entry">Its entry, read when the slot is not 0.</param>
    /// <param name="operation">What is done; <see cref="PurposeKind.None"/> for storing.</param>
    public static IReadOnlyList<Violation> Check(VaultSession session, uint slot, KeyEntry entry, PurposeKind operation)
    {
        if (slot == 0)
            return ConsentRules.CheckUse(new ConsentUse { Standing = ConsentStanding.Unknown, Now = session.Now });
        if (!entry.IsLiving) // its purpose may be gone too
            return ConsentRules.CheckUse(new ConsentUse { Standing = ConsentStanding.Withdrawn, Now = session.Now });
        (PurposeEntry purpose, PurposeVersion version) = session.Purposes.OfVersion(entry.PurposeVersion);
        DateTimeOffset now = session.Now, given = Retention.FromMinutes(entry.Given), ends = Retention.FromMinutes(entry.UseEnds);
        DateTimeOffset allowed = session.DemandsOf(version.Registered).RetentionEnds(given); // a rule may have become stricter since the grant
        IReadOnlyList<Violation> found = ConsentRules.CheckUse(new ConsentUse
        {
            Standing = Standing(session, slot, entry),
            ConsentedVersion = entry.PurposeVersion,
            UsedVersion = purpose.CurrentVersion,
            Kind = version.Registered.Kind,
            Operation = operation,
            UseEndsAt = allowed < ends ? allowed : ends,
            AgeBandEndsAt = entry.AgeBandEnds == 0 ? null : Retention.FromMinutes(entry.AgeBandEnds),
            Now = now,
            ClockIsBack = session.Engine.ClockIsBack,
        });
        IReadOnlyList<Violation> forbidden = session.CheckRules(version.Registered);
        return forbidden.Count == 0 ? found : [.. found, .. forbidden];
    }
}
