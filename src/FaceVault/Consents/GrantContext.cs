namespace FaceVault.Consents;

/// <summary>What a grant is judged against.</summary>
/// <param name="Purpose">The purpose's current version, complete; null when the vault has no purpose of that name (then the rules that need it are left to the caller's own refusal).</param>
/// <param name="Now">The vault's clock.</param>
/// <param name="IdIsTaken">A consent with this id exists, living or stopped.</param>
/// <param name="SubjectIsActive">The subject has an active consent to this purpose version.</param>
/// <param name="Interaction">Whether the act in which consent was given stands for another purpose already.</param>
internal readonly record struct GrantContext(
    Purpose? Purpose, DateTimeOffset Now, bool IdIsTaken = false, bool SubjectIsActive = false, InteractionFinding Interaction = InteractionFinding.Free)
{
    /// <summary>Whether the clock stands before a time that the vault has recorded (S2).</summary>
    public bool ClockIsBack { get; init; }

    /// <summary>What the purpose's profiles ask of a consent now.</summary>
    public ConsentDemands Demands { get; init; } = ConsentDemands.None;

    /// <summary>C8 (PIPL 14(2)): when the purpose's newest version was added, where its notice is that of a former one too; otherwise the notice tells what was consented to, and this is null.</summary>
    public DateTimeOffset? OldestConsent { get; init; }

    /// <summary>Why nothing may be done for the purpose now, whoever consents (P4, P6, P7, P8).</summary>
    public IReadOnlyList<Violation> Forbidden { get; init; } = [];
}

/// <summary>What the vault's records say of an act of consent.</summary>
internal enum InteractionFinding
{
    /// <summary>No record names it with another purpose.</summary>
    Free = 0,

    /// <summary>A record names it with another purpose.</summary>
    Used,

    /// <summary>A record of the same subject and another purpose cannot be read, so it cannot be told.</summary>
    Unreadable,
}
