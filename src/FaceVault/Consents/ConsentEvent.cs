namespace FaceVault.Consents;

/// <summary>What can happen to a consent, in the order in which it can happen.</summary>
internal enum ConsentEventKind
{
    /// <summary>Not an event: the default of the type.</summary>
    None = 0,

    /// <summary>The consent was recorded. The first event, once.</summary>
    Given = 1,

    /// <summary>The template key was replaced; the consent goes on.</summary>
    Rekeyed = 2,

    /// <summary>Use was stopped and the data are kept: on request, without a trigger, or by a hold, with the trigger of the stop.</summary>
    Restricted = 3,

    /// <summary>Use was stopped for good.</summary>
    Stopped = 4,

    /// <summary>The template key was destroyed. The last event.</summary>
    Removed = 5,

    /// <summary>A legal hold was set. Comes at any time and changes nothing in the order of the others.</summary>
    Held = 6,

    /// <summary>The hold was lifted.</summary>
    Released = 7,

    /// <summary>Templates were handed out: to the subject, or to a recipient that the consent names. Comes at any time before the end, and changes nothing in the order.</summary>
    Copied = 8,
}

/// <summary>One line of a consent's history.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Time">When, in whole seconds.</param>
/// <param name="Trigger">The kind of trigger, as the ledger names it (<c>withdrawn</c>), at most 64 bytes; null for <see cref="ConsentEventKind.Given"/> and for a restriction on request.</param>
/// <param name="Reference">The order's number or another reference of at most 256 bytes. It stands here alone, never in the ledger.</param>
/// <param name="Role">Who asked for it (PIPL 49), as <see cref="RequesterRoles.NameOf"/> names it; null where nobody said.</param>
/// <param name="Recipient">Who was given templates; null for the subject, and for other events.</param>
internal sealed record ConsentEvent(ConsentEventKind Kind, DateTimeOffset Time, string? Trigger = null, string? Reference = null, string? Role = null, string? Recipient = null)
{
    public DateTimeOffset Time { get; } = DefinitionText.WholeSeconds(Time);

    public string? Trigger { get; } = DefinitionText.Line(Trigger, nameof(Trigger), DefinitionText.MaxTokenBytes);

    public string? Reference { get; } = DefinitionText.Line(Reference, nameof(Reference));

    public string? Role { get; } = DefinitionText.Line(Role, nameof(Role), DefinitionText.MaxTokenBytes);

    public string? Recipient { get; } = DefinitionText.Line(Recipient, nameof(Recipient));

    /// <summary>Whether it is about a hold or a copy, and so no step of the consent's own.</summary>
    public bool IsAside => Kind is ConsentEventKind.Held or ConsentEventKind.Released or ConsentEventKind.Copied;

    public override string ToString() => nameof(ConsentEvent);

    internal static string NameOf(ConsentEventKind kind) => kind switch
    {
        ConsentEventKind.Given => "given",
        ConsentEventKind.Rekeyed => "rekeyed",
        ConsentEventKind.Restricted => "restricted",
        ConsentEventKind.Stopped => "stopped",
        ConsentEventKind.Removed => "removed",
        ConsentEventKind.Held => "held",
        ConsentEventKind.Released => "released",
        ConsentEventKind.Copied => "copied",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    internal static ConsentEventKind Parse(string name) => name switch
    {
        "given" => ConsentEventKind.Given,
        "rekeyed" => ConsentEventKind.Rekeyed,
        "restricted" => ConsentEventKind.Restricted,
        "stopped" => ConsentEventKind.Stopped,
        "removed" => ConsentEventKind.Removed,
        "held" => ConsentEventKind.Held,
        "released" => ConsentEventKind.Released,
        "copied" => ConsentEventKind.Copied,
        _ => throw new FormatException(),
    };

    /// <summary>Whether this event may follow another step: never back, never twice, except that a key may be replaced again.</summary>
    internal bool MayFollow(ConsentEventKind last) => Kind > last || (Kind == last && Kind == ConsentEventKind.Rekeyed);
}
