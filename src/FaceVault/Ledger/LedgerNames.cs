namespace FaceVault.Ledger;

/// <summary>The names of enum values in ledger and certificate. Index = value; index 0 is no name.</summary>
internal static class LedgerNames
{
    private static readonly string[] Kinds =
    [
        "", "vault-created", "rolled-back", "purpose-registered", "purpose-version-added", "purpose-retired", "model-admitted", "model-retired", "key-created", "key-removed",
        "destruction-completed", "evidence-destroyed", "hold-set", "hold-lifted", "location-added", "location-retired", "signing-key-changed", "filing-threshold-crossed", "templates-copied",
        "filing-recorded", "clock-accepted",
    ];

    private static readonly string[] Triggers = ["", "withdrawn", "expired", "erased", "replaced", "removed", "superseded", "purposeRetired"];
    private static readonly string[] Causes = ["", "granted", "replaced", "superseded"];
    private static readonly string[] Locations = ["", "root", "store", "mirror"];

    public static string Of(LedgerEntryKind kind) => Name(Kinds, (int)kind, nameof(kind));

    public static string Of(DeletionTrigger trigger) => Name(Triggers, (int)trigger, nameof(trigger));

    public static string Of(KeyCause cause) => Name(Causes, (int)cause, nameof(cause));

    public static string Of(LocationType type) => Name(Locations, (int)type, nameof(type));

    /// <summary>The value, or None for a name that is none.</summary>
    public static LedgerEntryKind KindOf(string? name) => (LedgerEntryKind)Value(Kinds, name);

    public static DeletionTrigger TriggerOf(string? name) => (DeletionTrigger)Value(Triggers, name);

    public static KeyCause CauseOf(string? name) => (KeyCause)Value(Causes, name);

    public static LocationType LocationOf(string? name) => (LocationType)Value(Locations, name);

    private static string Name(string[] names, int value, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, names.Length, parameter);
        return names[value];
    }

    private static int Value(string[] names, string? name) => Math.Max(0, Array.IndexOf(names, name));
}
