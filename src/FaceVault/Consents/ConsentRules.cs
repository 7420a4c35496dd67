namespace FaceVault.Consents;

/// <summary>When a consent may be recorded and when it may be used. Pure: the clock, the purpose and the vault's state are passed in; all violations are found at once.</summary>
/// <remarks>Rules C1, C2, C3, C4, C7, C8, C9 and P1, and the end of use of S2, the same for every profile; C5 and C6 as the profile asks. Cost: under a microsecond and no allocation when nothing is violated.</remarks>
internal static class ConsentRules
{
    /// <summary>How far a given time may lie ahead of the vault's clock, and the clock behind a time that it has recorded.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>The band of those who consent for themselves under every profile.</summary>
    public const string Adult = "adult";

    /// <summary>The band of those for whom a guardian consents.</summary>
    public const string Child = "child";

    /// <summary>All reasons not to record this grant; empty when there are none.</summary>
    public static IReadOnlyList<Violation> CheckGrant(ConsentGrant grant, in GrantContext context)
    {
        List<Violation>? found = null;
        CheckParties(ref found, grant, context);
        bool given = CheckGiven(ref found, grant, context.Now);
        if (given && grant.GivenAt < context.OldestConsent)
            Add(ref found, Error.ConsentOlderThanVersion()); // C8 (PIPL 14(2)): nobody agreed to what was not there yet
        CheckEnd(ref found, grant, context, given);
        CheckNotice(ref found, grant, context.Purpose?.Notice);
        CheckRecipients(ref found, grant);
        CheckForm(ref found, grant, context);
        CheckAge(ref found, grant, context, given);
        CheckFreedom(ref found, grant, context.Interaction);
        if (context.ClockIsBack)
            Add(ref found, Error.ClockRollback("given"));
        if (context.IdIsTaken)
            Add(ref found, Error.ConsentIdTaken());
        if (context.SubjectIsActive)
            Add(ref found, Error.ConsentAlreadyActive());
        foreach (Violation violation in context.Forbidden)
            Add(ref found, violation);
        return found ?? (IReadOnlyList<Violation>)[];
    }

    /// <summary>All reasons not to store or match under this consent now; empty when there are none.</summary>
    public static IReadOnlyList<Violation> CheckUse(in ConsentUse use)
    {
        List<Violation>? found = null;
        switch (use.Standing)
        {
            case ConsentStanding.Active:
                if (use.Now >= use.UseEndsAt)
                    Add(ref found, Error.RetentionExpired());
                if (use.Now >= use.AgeBandEndsAt)
                    Add(ref found, Error.AgeBandEnded());
                break;
            case ConsentStanding.Restricted:
                Add(ref found, Error.ConsentRestricted());
                break;
            case ConsentStanding.Withdrawn:
                Add(ref found, Error.ConsentWithdrawn());
                break;
            default:
                return [Error.ConsentUnknown()];
        }

        // C1: bound to its purpose. C8 (PIPL 14(2)): and to the version that was read.
        if (use.ConsentedVersion >> 16 != use.UsedVersion >> 16)
            Add(ref found, Error.ConsentOfAnotherPurpose());
        else if (use.ConsentedVersion != use.UsedVersion)
            Add(ref found, Error.PurposeVersionNotConsented());
        if (use.Operation != PurposeKind.None && PurposeRules.CheckOperation(use.Kind, use.Operation) is { } operation)
            Add(ref found, operation);
        if (use.ClockIsBack)
            Add(ref found, Error.ClockRollback("consent"));
        return found ?? (IReadOnlyList<Violation>)[];
    }

    /// <summary>C7 (SPC 2(2); PIPL 17, 30): notice, then consent, then capture. Null when there is nothing against it, or when the time of the capture is not known.</summary>
    public static Violation? CheckCapture(DateTimeOffset? captured, DateTimeOffset given, DateTimeOffset now) =>
        captured < given ? Error.CaptureBeforeConsent() : captured > now + Skew ? Error.CaptureAhead() : null;

    /// <summary>C6: when the age band ends, which stops use until the consent is renewed; null where no profile protects children, or no end is known.</summary>
    public static DateTimeOffset? AgeBandEnds(ConsentGrant grant, ConsentDemands demands) =>
        demands.ChildAge > 0 && grant.AgeBand != Adult && grant.AgeBandEnds is { } day ? demands.DayBegins(day) : null;

    // C1 (SPC 2(3); PIPL 14, 29; GDPR 7, 9): who consents, to what. C2 (SPC 4(2)): to one purpose.
    private static void CheckParties(ref List<Violation>? found, ConsentGrant grant, in GrantContext context)
    {
        if (grant.Id.IsDefault)
            Add(ref found, Error.ConsentMemberMissing("id"));
        else if (Wildcard.IsPattern(grant.Id.DangerousValue()))
            Add(ref found, Error.ConsentMemberWildcard("id"));
        if (grant.Subject.IsDefault)
            Add(ref found, Error.ConsentMemberMissing("subject"));
        else if (Wildcard.IsPattern(grant.Subject.DangerousValue()))
            Add(ref found, Error.ConsentMemberWildcard("subject"));
        if (grant.Purpose.IsDefault)
            Add(ref found, Error.ConsentMemberMissing("purpose"));
        else if (Wildcard.IsName(grant.Purpose.Value))
            Add(ref found, Error.ConsentBundled());
        else if (context.Purpose is { } purpose && purpose.Id != grant.Purpose)
            Add(ref found, Error.ConsentOfAnotherPurpose());
    }

    private static bool CheckGiven(ref List<Violation>? found, ConsentGrant grant, DateTimeOffset now)
    {
        Violation? violation = grant.GivenAt == default ? Error.ConsentMemberMissing("given")
            : grant.GivenAt > now + Skew ? Error.ConsentNotYetGiven()
            : grant.GivenAt < DateTimeOffset.UnixEpoch ? Error.ConsentTooOld() : null;
        if (violation is null)
            return true;
        Add(ref found, violation);
        return false;
    }

    // C4 (SPC 11): finite. S2 (PIPL 19; BIPA 15(a)): and not over before it begins.
    private static void CheckEnd(ref List<Violation>? found, ConsentGrant grant, in GrantContext context, bool given)
    {
        if (grant.ExpiresAt == default)
            Add(ref found, Error.ConsentWithoutEnd("The consent has no end."));
        else if (given && grant.ExpiresAt <= grant.GivenAt)
            Add(ref found, Error.ConsentWithoutEnd("The end of the consent does not lie after the consent."));
        else if (grant.ExpiresAt > (given ? grant.GivenAt : context.Now).AddYears(Retention.MaxYears))
            Add(ref found, Error.ConsentWithoutEnd("A consent of more than a hundred years is unlimited."));
        else if (given && HasEnded(grant, context))
            Add(ref found, Error.GrantExpired());
    }

    private static bool HasEnded(ConsentGrant grant, in GrantContext context)
    {
        DateTimeOffset end = context.Purpose?.MaxRetention is { } period ? Retention.UseEnds(grant.GivenAt, grant.ExpiresAt, period, context.Demands) : grant.ExpiresAt;
        return Retention.FromMinutes(Retention.ToMinutes(end)) <= context.Now;
    }

    // C7 (SPC 2(2); PIPL 17, 30): the purpose's own notice, before the consent.
    private static void CheckNotice(ref List<Violation>? found, ConsentGrant grant, Notice? expected)
    {
        if (grant.Notice is not { } notice)
        {
            Add(ref found, Error.NoticeMissing("notice"));
            return;
        }

        if (notice.Language is null)
            Add(ref found, Error.NoticeMissing("notice.language"));
        if (notice.Sha256 is null)
            Add(ref found, Error.NoticeMissing("notice.sha256"));
        else if (expected is not null && notice.Sha256 != expected.Sha256)
            Add(ref found, Error.NoticeOfAnotherText());
        if (grant.NoticeShownAt == default)
            Add(ref found, Error.NoticeMissing("notice.shown"));
        else if (grant.GivenAt != default && grant.NoticeShownAt > grant.GivenAt)
            Add(ref found, Error.NoticeTooLate());
    }

    // C4 (SPC 11): not freely transferable.
    private static void CheckRecipients(ref List<Violation>? found, ConsentGrant grant)
    {
        for (int i = 0; i < grant.Recipients.Count; i++)
        {
            if (Wildcard.IsName(grant.Recipients[i]))
                Add(ref found, Error.RecipientUnlimited($"recipients[{i}]"));
        }
    }

    // C5 (PIPL 29; BIPA 15(b)): in the form that the profile asks for.
    private static void CheckForm(ref List<Violation>? found, ConsentGrant grant, in GrantContext context)
    {
        if (ConsentForms.Of(grant.Form) < context.Demands.MinimumForm)
            Add(ref found, Error.FormInsufficient(ConsentForms.Word(context.Demands.MinimumForm)));
    }

    // C6 (SPC 2(3), 3; PIPL 31; GDPR 8): for a child somebody else consents, and who is not known to be an adult is a child.
    private static void CheckAge(ref List<Violation>? found, ConsentGrant grant, in GrantContext context, bool given)
    {
        if (context.Demands.ChildAge == 0 || grant.AgeBand == Adult)
            return;
        if (grant.Guardian is not { } guardian || Wildcard.IsPattern(guardian.DangerousValue()))
            Add(ref found, Error.GuardianMissing());
        else if (guardian == grant.Subject)
            Add(ref found, Error.GuardianIsSubject());
        if (grant.AgeBandEnds is not { } ends)
        {
            if (grant.AgeBand == Child)
                Add(ref found, Error.AgeBandWithoutEnd());
        }
        else if (context.Demands.DayBegins(ends) <= context.Now)
            Add(ref found, Error.AgeBandIsOver());
        else if (given && ends > DateOnly.FromDateTime(grant.GivenAt.UtcDateTime).AddDays(1).AddYears(context.Demands.ChildAge))
            Add(ref found, Error.AgeBandTooLong());
    }

    // C2 (SPC 4(2)): one act, one purpose. C3 (SPC 4; PIPL 16; CAC): no service in exchange that does not need it.
    private static void CheckFreedom(ref List<Violation>? found, ConsentGrant grant, InteractionFinding interaction)
    {
        if (interaction != InteractionFinding.Free)
            Add(ref found, interaction == InteractionFinding.Used ? Error.InteractionUsed() : Error.InteractionUnreadable());
        if (grant.ServiceConditional && (grant.NecessityReference is not { } necessity || Wildcard.IsProse(necessity)))
            Add(ref found, Error.ConsentCoerced());
    }

    private static void Add(ref List<Violation>? found, Violation violation) => (found ??= []).Add(violation);
}
