namespace FaceVault.Tests.RuleHistories;

/// <summary>One thing that is asked, with everything that a rule may look at.</summary>
internal sealed record Ask(Act Act, RuleWorld World)
{
    /// <summary>Null for a consent that nobody knows.</summary>
    public WorldConsent? Consent { get; init; }

    public WorldPurpose? Purpose { get; init; }

    public ConsentGrant? Grant { get; init; }

    public Purpose? Definition { get; init; }

    /// <summary>The model that is meant, also where none was named.</summary>
    public TemplateModel? Model { get; init; }

    public float[]? Face { get; init; }

    public DateTimeOffset? Captured { get; init; }

    /// <summary>The grant of the first row of an import that has this consent.</summary>
    public ConsentGrant? First { get; init; }

    /// <summary>Who consents anew: with this, or in earlier rows of the same import.</summary>
    public IReadOnlyList<SubjectId> Newcomers { get; init; } = [];

    public DateTimeOffset Now => World.Now;
}

/// <summary>When an operation is forbidden: the table of rules once more, as rows of code, operations and condition, written without looking at the library's rules.</summary>
/// <remarks>A rule of a later stage is only asked where nothing of an earlier one is broken: who may not use a consent is not told which templates it has, and a gallery is opened before it is searched.</remarks>
internal sealed record OracleRule(string Id, ViolationCode Code, int Stage, Act[] Acts, Func<Ask, bool> IsBroken)
{
    private static readonly Act[] Use = [Act.Enroll, Act.Verify, Act.Analyze, Act.Replace];
    private static readonly Act[] Give = [Act.Grant, Act.Renew, Act.Found];

    public static IReadOnlyList<OracleRule> Table { get; } =
    [
        // Using a consent
        new("C1", ViolationCode.ConsentMissing, 1, Use, ask => ask.Consent is not { IsKnown: true }),
        new("C9", ViolationCode.ConsentWithdrawn, 1, [.. Use, Act.Renew, Act.Restrict, Act.Join], ask => ask.Consent is { Standing: Standing.Gone }),
        new("D4", ViolationCode.Restricted, 1, [.. Use, Act.Renew, Act.Join], ask => ask.Consent is { Standing: Standing.Kept or Standing.Aside }),
        new("S2", ViolationCode.RetentionExpired, 1, [.. Use, Act.Join], ask => ask.Consent is { Standing: Standing.Living } consent && consent.Ends <= ask.Now),
        new("C8", ViolationCode.PurposeVersionNotConsented, 1, [.. Use, Act.Join], ask => ask.Consent is { IsStored: true } consent && consent.Version != consent.Purpose.Version),
        new("P1", ViolationCode.OperationNotConsented, 1, [Act.Verify], ask => ask.Consent is { IsStored: true, Purpose.Kind: not PurposeKind.Verification }),
        new("P1", ViolationCode.OperationNotConsented, 1, [Act.Analyze], ask => ask.Consent is { IsStored: true, Purpose.Kind: not PurposeKind.Analysis }),
        new("P1", ViolationCode.OperationNotConsented, 1, [Act.Identify], ask => ask.Purpose!.Kind != PurposeKind.Identification),
        new("S5", ViolationCode.ModelNotAdmitted, 1, Use, ask => ask.Consent is { IsKnown: true } consent && consent.Models.Retired.Contains(ask.Model!)),
        new("S5", ViolationCode.MalformedTemplate, 1, [Act.Enroll, Act.Replace], ask =>
            ask.Consent is { IsKnown: true } consent && consent.Models.Admitted.Contains(ask.Model!) && ask.Face!.All(v => v == 0)),
        new("C1", ViolationCode.ConsentMissing, 2, [Act.Verify, Act.Analyze], ask => !ask.Consent!.Enrolled.Contains(ask.Model!)),
        new("S2", ViolationCode.ClockRollback, 1, [.. Use, Act.Join], ask => ask.Consent is { IsStored: true } && IsBack(ask)),
        new("S2", ViolationCode.ClockRollback, 3, [Act.Identify], IsBack),
        new("C6", ViolationCode.GuardianConsentRequired, 1, [.. Use, Act.Join], ask => ask.Consent is { Standing: Standing.Living } consent && consent.ChildUntil <= ask.Now),
        new("C7", ViolationCode.CaptureBeforeConsent, 1, [Act.Enroll, Act.Replace], ask => ask.Consent is { IsKnown: true } consent && (ask.Captured < consent.Given || ask.Captured > ask.Now.AddMinutes(5))),
        new("D4", ViolationCode.LegalHold, 1, [Act.Replace, Act.Renew, Act.Withdraw], ask => ask.Consent is { IsStored: true, IsHeld: true }),

        new("P7", ViolationCode.ProhibitedByPolicy, 1, [.. Use, Act.Join], ask => ask.Consent is { IsStored: true } consent && IsBanned(consent.Definition, ask)),
        new("P8", ViolationCode.LegalBasisExpired, 1, [.. Use, Act.Join], ask => ask.Consent is { IsStored: true } consent && consent.Definition.Basis?.EndsAt <= ask.Now),
        new("P7", ViolationCode.ProhibitedByPolicy, 2, [Act.Identify], ask => IsBanned(ask.Purpose!.Definition, ask)),
        new("P8", ViolationCode.LegalBasisExpired, 2, [Act.Identify], ask => ask.Purpose!.Definition.Basis?.EndsAt <= ask.Now),

        // Giving one
        new("C8", ViolationCode.PurposeVersionNotConsented, 1, Give, ask => IsPast(ask) && ask.Grant!.GivenAt < ask.Purpose!.AddedAt && ask.Purpose.All.SkipLast(1).Any(former => former.Notice!.Sha256 == ask.Purpose.NoticeHash)),
        new("C1", ViolationCode.ConsentMissing, 1, Give, ask => ask.Grant!.GivenAt > ask.Now.AddMinutes(5)),
        new("C1", ViolationCode.ConsentMismatch, 1, [Act.Renew], ask => ask.Grant!.Subject != ask.Consent!.Subject),
        new("C1", ViolationCode.ConsentMismatch, 1, [Act.Renew], ask => ask.Grant!.Purpose != ask.Consent!.Purpose.Id),
        new("C1", ViolationCode.ConsentIdTaken, 1, Give, ask => ask.World.Known.Any(c => c.Id == ask.Grant!.Id)),
        new("C2", ViolationCode.ConsentAlreadyActive, 1, Give, ask => ask.World.Consents.Any(c => c != ask.Consent && c.Standing == Standing.Living && c.Ends > ask.Now
            && c.Subject == ask.Grant!.Subject && c.Purpose.Id == ask.Grant.Purpose && c.Version == c.Purpose.Version)
            || (ask.Act == Act.Found && ask.Newcomers.Contains(ask.Grant!.Subject))),
        new("C2", ViolationCode.ConsentBundled, 1, Give, ask => ask.World.Known.Any(c => c.Interaction == ask.Grant!.InteractionId && c.Purpose.Id != ask.Grant.Purpose)),
        new("C3", ViolationCode.ConsentCoerced, 1, Give, ask => ask.Grant is { ServiceConditional: true, NecessityReference: null }),
        new("C4", ViolationCode.ConsentUnlimited, 1, Give, ask => ask.Grant!.ExpiresAt == default),
        new("C4", ViolationCode.ConsentUnlimited, 1, Give, ask => ask.Grant!.ExpiresAt <= ask.Grant.GivenAt && IsPast(ask)),
        new("C4", ViolationCode.ConsentUnlimited, 1, Give, ask => ask.Grant!.ExpiresAt > (IsPast(ask) ? ask.Grant.GivenAt : ask.Now).AddYears(100)),
        new("C4", ViolationCode.ConsentUnlimited, 1, Give, ask => ask.Grant!.Recipients.Contains("*")),
        new("C5", ViolationCode.ConsentFormInsufficient, 1, Give, ask => ask is { Purpose.Definition: { Profile: "cn", Basis: null }, Grant.Form: "click" }),
        new("C6", ViolationCode.GuardianConsentRequired, 1, Give, ask => ask is { Purpose.Definition: { Profile: "cn", Basis: null }, Grant: { AgeBand: "child", Guardian: null } }),
        new("C6", ViolationCode.GuardianConsentRequired, 1, Give, ask => ask is { Purpose.Definition: { Profile: "cn", Basis: null }, Grant: { AgeBand: "child" } grant }
            && (grant.AgeBandEnds is null || new WorldConsent(grant, ask.Purpose, 0).ChildUntil <= ask.Now || (IsPast(ask) && grant.AgeBandEnds > DateOnly.FromDateTime(grant.GivenAt.UtcDateTime).AddYears(15)))),
        new("S2", ViolationCode.ClockRollback, 1, Give, IsBack),
        new("C7", ViolationCode.NoticeAfterConsent, 1, Give, ask => ask.Grant!.Notice?.Sha256 != ask.Purpose!.NoticeHash),
        new("C7", ViolationCode.NoticeAfterConsent, 1, Give, ask => ask.Grant!.NoticeShownAt > ask.Grant.GivenAt),
        new("S2", ViolationCode.RetentionExpired, 1, Give, ask =>
            IsPast(ask) && ask.Grant!.ExpiresAt > ask.Grant.GivenAt && WorldConsent.EndOf(ask.Grant, ask.Purpose!.Definition) <= ask.Now
            && ask.Grant.ExpiresAt <= ask.Grant.GivenAt.AddYears(100)),

        new("P7", ViolationCode.ProhibitedByPolicy, 1, Give, ask => IsBanned(ask.Purpose!.Definition, ask)),
        new("P8", ViolationCode.LegalBasisExpired, 1, Give, ask => ask.Purpose!.Definition.Basis?.EndsAt <= ask.Now),

        // Filing
        new("P11", ViolationCode.FilingOverdue, 1, [Act.Enroll, Act.Replace, Act.Join], ask => ask.Consent is { IsStored: true } consent && ask.World.Filing.IsBlocked(consent.Definition)),
        new("P11", ViolationCode.FilingOverdue, 1, Give, ask => ask.World.Filing.IsBlocked(ask.Purpose!.Definition)),
        new("P11", ViolationCode.CalendarMissing, 2, [Act.Grant, Act.Renew, Act.Import], ask => ask.World.Filing.Crossed(ask.Purpose!, ask.Newcomers).Any(duty => duty.Due is null)),

        // A row of an import
        new("S5", ViolationCode.MalformedTemplate, 1, [Act.Row], ask => ask.Face!.All(v => v == 0)),
        new("C7", ViolationCode.CaptureBeforeConsent, 1, [Act.Row], ask => ask.Captured < ask.Grant!.GivenAt || ask.Captured < ask.Consent?.Given || ask.Captured > ask.Now.AddMinutes(5)),
        new("C1", ViolationCode.ConsentMismatch, 0, [Act.Found, Act.Join, Act.Again], ask => ask.Grant!.Purpose != ask.Purpose!.Id),
        new("C1", ViolationCode.ConsentIdTaken, 0, [Act.Join], ask => ask.Grant!.Purpose == ask.Purpose!.Id && ask.Grant.Subject != ask.Consent!.Subject),
        new("C1", ViolationCode.ConsentMismatch, 0, [Act.Join], ask => ask.Grant!.Purpose == ask.Purpose!.Id && ask.Grant.Subject == ask.Consent!.Subject && ask.Consent.Purpose != ask.Purpose),
        new("C1", ViolationCode.ConsentMismatch, 1, [Act.Again], ask => ask.Grant!.Subject != ask.First!.Subject),

        // Saying what for
        new("P6", ViolationCode.ProhibitedByPolicy, 1, [Act.AddVersion], ask => ask.Definition is { Profile: "cn", Category: "marketing" }),
        new("P7", ViolationCode.ProhibitedByPolicy, 1, [Act.AddVersion], ask => IsBanned(ask.Definition!, ask)),
        new("P8", ViolationCode.LegalBasisUnproven, 1, [Act.AddVersion], ask => ask.Definition!.Basis is { Authority: null }),
        new("P8", ViolationCode.LegalBasisUnproven, 1, [Act.AddVersion], ask => ask.Definition is { Basis: not null, Profile: not ("cn" or "house") }),
        new("P8", ViolationCode.LegalBasisExpired, 1, [Act.AddVersion], ask => ask.Definition!.Basis?.EndsAt <= ask.Now),
        new("P2", ViolationCode.PurposeTooBroad, 1, [Act.AddVersion], ask => ask.Definition!.Description is null or "*"),
        new("P2", ViolationCode.PurposeTooBroad, 1, [Act.AddVersion], ask => ask.Definition!.Necessity is null or "*"),
        new("P2", ViolationCode.PurposeTooBroad, 1, [Act.AddVersion], ask => ask.Definition!.MaxRetention is null || ask.Definition.EvidenceRetention is null),
        new("P3", ViolationCode.AlternativeMissing, 1, [Act.AddVersion], ask => ask.Definition!.Alternatives.Count == 0),
        new("P10", ViolationCode.AssessmentMissing, 1, [Act.AddVersion], ask => ask.Definition!.Assessment is null),
        new("C7", ViolationCode.NoticeAfterConsent, 1, [Act.AddVersion], ask => ask.Definition!.Notice is null),
        new("S5", ViolationCode.ModelNotAdmitted, 1, [Act.RetireModel], ask => ask.Purpose!.Models.Admitted is [var last] && last == ask.Model),
        new("S5", ViolationCode.ModelInUse, 1, [Act.RetireModel], ask => ask.Purpose!.Models.Admitted.Count > 1 && ask.Purpose.Models.Admitted.Contains(ask.Model!) && ask.World.Consents.Any(c =>
            c.Purpose == ask.Purpose && c.Version == c.Purpose.Version && c.Standing == Standing.Living && c.Ends > ask.Now && c.ChildUntil > ask.Now && c.Enrolled.Contains(ask.Model!))),
    ];

    /// <summary>The codes with which this has to be refused; empty when it has to succeed.</summary>
    public static SortedSet<ViolationCode> Codes(Ask ask) => [.. Broken(ask).Select(rule => rule.Code)];

    /// <summary>The rows of the first stage of which any is broken.</summary>
    public static IEnumerable<OracleRule> Broken(Ask ask) =>
        Table.Where(rule => rule.Acts.Contains(ask.Act)).GroupBy(rule => rule.Stage).OrderBy(stage => stage.Key)
            .Select(stage => stage.Where(rule => rule.IsBroken(ask)).ToArray()).FirstOrDefault(rows => rows.Length > 0) ?? [];

    /// <summary>What the profile <c>house</c> of these histories forbids, since March 2027.</summary>
    public static bool IsBanned(Purpose definition, DateTimeOffset now) => definition is { Profile: "house", Category: "payment" } && now >= new DateTimeOffset(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static bool IsBanned(Purpose definition, Ask ask) => IsBanned(definition, ask.Now);

    private static bool IsBack(Ask ask) => ask.World.Recorded > ask.Now.AddMinutes(5);

    private static bool IsPast(Ask ask) => ask.Grant!.GivenAt <= ask.Now.AddMinutes(5);
}
