using FaceVault.Tests.Operations;

namespace FaceVault.Tests.RuleHistories;

/// <summary>Where a consent of the world stands.</summary>
internal enum Standing
{
    None = 0,
    Living,

    /// <summary>Restricted: kept and not used.</summary>
    Aside,

    /// <summary>Stopped, and kept by a legal hold.</summary>
    Kept,
    Gone,

    /// <summary>The evidence is destroyed too: the vault knows nothing of it.</summary>
    Forgotten,
}

/// <summary>What a vault ought to know, kept by nobody but this test: purposes of all three kinds, and everybody's consents. Times are whole minutes.</summary>
internal sealed class RuleWorld
{
    public RuleWorld(DateTimeOffset start)
    {
        Now = Recorded = start;
        Filing = new WorldFiling(this);
    }

    public DateTimeOffset Now { get; set; }

    /// <summary>The latest time that the vault has surely recorded.</summary>
    public DateTimeOffset Recorded { get; set; }

    public IReadOnlyList<WorldPurpose> Purposes { get; } =
        [new("door", PurposeKind.Identification), new("gate", PurposeKind.Verification), new("mood", PurposeKind.Analysis), new("till", PurposeKind.Identification), new("hall", PurposeKind.Identification)];

    public WorldFiling Filing { get; }

    public List<WorldConsent> Consents { get; } = [];

    public IEnumerable<WorldConsent> Known => Consents.Where(c => c.IsKnown);

    /// <summary>What was allowed has happened: the duties to file that it crossed are there from now on.</summary>
    public void Cross(Ask ask) => Filing.Duties.AddRange([.. Filing.Crossed(ask.Purpose!, ask.Newcomers)]);

    /// <summary>What a sweep does at this moment: destroys whose time is over, stops those under a hold, forgets old evidence.</summary>
    public void Sweep()
    {
        foreach (WorldConsent consent in Consents)
        {
            if (consent.Standing == Standing.Gone && !consent.IsHeld && consent.Died.AddYears(3) <= Now)
                consent.Standing = Standing.Forgotten;
            else if (consent.Standing is Standing.Living or Standing.Aside && (consent.Ends <= Now || OracleRule.IsBanned(consent.Definition, Now)))
                consent.End(Now);
        }
    }
}

/// <summary>A purpose of the world.</summary>
internal sealed class WorldPurpose(string id, PurposeKind kind)
{
    private readonly List<WorldModels> versions = [];

    public PurposeId Id { get; } = new(id);

    public PurposeKind Kind => kind;

    public int Version => versions.Count;

    /// <summary>When the newest version was added; null for the first.</summary>
    public DateTimeOffset? AddedAt { get; set; }

    /// <summary>All versions, as they were registered.</summary>
    public List<Purpose> All { get; } = [];

    /// <summary>The newest version, as it was registered.</summary>
    public Purpose Definition { get; private set; } = null!;

    public string NoticeHash => Definition.Notice!.Sha256!;

    /// <summary>The models of the newest version.</summary>
    public WorldModels Models => versions[^1];

    /// <summary>The definition of its next version, complete.</summary>
    public Purpose Next() => TestVault.Purpose(kind, id) with
    {
        Description = $"Doing what version {Version + 1} says",
        Notice = new Notice { Language = "en", Sha256 = new string((char)('a' + (Version / 2 % 6)), 64) },
    };

    public void Add(Purpose definition)
    {
        versions.Add(new WorldModels([.. definition.Models], []));
        Definition = definition;
        All.Add(definition);
    }
}

/// <summary>The models of a version of a purpose: of the admitted ones the first is the current one.</summary>
internal sealed record WorldModels(List<TemplateModel> Admitted, List<TemplateModel> Retired)
{
    public static readonly TemplateModel Extra = new("extra", 64, TemplateEncoding.Float32);

    public IEnumerable<TemplateModel> All => Admitted.Concat(Retired);
}

/// <summary>A consent of the world: what was granted, and what has become of it.</summary>
internal sealed class WorldConsent(ConsentGrant grant, WorldPurpose purpose, int face)
{
    public ConsentGrant Grant => grant;

    public ConsentId Id => grant.Id;

    public SubjectId Subject => grant.Subject;

    public DateTimeOffset Given => grant.GivenAt;

    /// <summary>When a child is none any more, where the profile protects children: the beginning of that day in Shanghai.</summary>
    public DateTimeOffset ChildUntil { get; } = purpose.Definition is { Profile: "cn", Basis: null } && grant.AgeBand != "adult" && grant.AgeBandEnds is { } day
        ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(8)) : DateTimeOffset.MaxValue;

    /// <summary>The act in which it was given.</summary>
    public string? Interaction => grant.InteractionId;

    public WorldPurpose Purpose => purpose;

    public int Version { get; } = purpose.Version;

    /// <summary>The version that was consented to.</summary>
    public Purpose Definition { get; } = purpose.Definition;

    /// <summary>The models of that version.</summary>
    public WorldModels Models { get; } = purpose.Models;

    /// <summary>Whose face it is.</summary>
    public int Face => face;

    public DateTimeOffset Ends { get; } = EndOf(grant, purpose.Definition);

    public Standing Standing { get; set; } = Standing.Living;

    public bool IsHeld { get; set; }

    public DateTimeOffset Died { get; private set; }

    /// <summary>The models of which it has a template.</summary>
    public HashSet<TemplateModel> Enrolled { get; } = [];

    public bool IsStored => Standing is Standing.Living or Standing.Aside or Standing.Kept;

    public bool IsKnown => Standing != Standing.Forgotten;

    /// <summary>The earliest of the consent's own end, a year after it was given (the purposes' longest retention), and the end of what the purpose rests on.</summary>
    public static DateTimeOffset EndOf(ConsentGrant grant, Purpose definition) =>
        new[] { grant.ExpiresAt, grant.GivenAt.AddYears(1), definition.Basis?.EndsAt ?? DateTimeOffset.MaxValue }.Min();

    /// <summary>Destroyed, or under a hold stopped and kept.</summary>
    public void End(DateTimeOffset now)
    {
        if (!IsStored)
            return;
        Standing = IsHeld ? Standing.Kept : Standing.Gone;
        Died = now;
    }

    public override string ToString() => $"{Purpose.Id}{Version}{Standing.ToString()[0]}{(IsHeld ? "!" : "")}{Enrolled.Count}";
}
