namespace FaceVault;

/// <content>What may be wrong with profiles of rules, and what they refuse.</content>
internal static partial class Error
{
    public static string OptionProfiles(ArgumentException? problem) =>
        $"VaultOptions.Profiles must be profiles that fit together. {(problem is null ? "One is null." : problem.Message.Split(" (Parameter")[0])}";

    public static ArgumentException ProfileNamedTwice(string name, string parameter) => new($"There is a profile named {name} already. Give each a name of its own; to extend one, include it.", parameter);

    public static ArgumentException ProfileIncludesItself(string name, string parameter) => new($"The profile {name} includes itself, by itself or through another. Take the inclusion out.", parameter);

    public static ArgumentException RowNotReplaceable(string name, string rule, string parameter) => new(
        $"A row of the profile {name} wants to take the place of a row of rule {rule} that no profile included has, or that is not replaceable. Name the source of a replaceable row of an included profile.", parameter);

    public static ArgumentException WordUnknown(string member, IEnumerable<string> known, string parameter) => new(
        $"The member {member} names something that is not known here. Known are {string.Join(", ", known.Order(StringComparer.Ordinal))}.", parameter);

    public static ArgumentException WordRefused(string parameter) => new("A word here is 1 to 32 ASCII letters, the first one small, such as publicSecurity; of a list at most 64 different ones.", parameter);

    public static ArgumentException JurisdictionRefused(string parameter) => new("A jurisdiction is written as in ISO 3166: CN, or CN-TJ for a part of a country.", parameter);

    public static ArgumentException BasisRefused(string parameter) => new("A basis other than consent is emergency or statute.", parameter);

    public static Violation Prohibited(string rule, string field, string source, bool isPlaceUnsaid) => new(
        ViolationCode.ProhibitedByPolicy, rule, field,
        isPlaceUnsaid ? $"A rule in force forbids this in some places ({source}), and the purpose does not say that it is pursued elsewhere." : $"A rule in force forbids this ({source}).",
        isPlaceUnsaid ? "Say in the members jurisdiction and places where it is pursued, if the rule does not hold there." : "Do without faces here.");

    public static Violation SignageMissing(string source) => new(
        ViolationCode.ProhibitedByPolicy, "P4", "signage", $"People are not told that faces are taken for public security ({source}).", "Put up a conspicuous sign and say in the member signage where it hangs.");

    public static Violation DisclosureForbidden() => new(
        ViolationCode.DisclosureForbidden, "P4", "purpose", "What is kept for public security may be used for that alone and does not leave the vault (PIPL 26; CAC 13).", "Do without a copy.");

    public static Violation RebindingForbidden() => new(
        ViolationCode.DisclosureForbidden, "P4", "purpose", "What is kept for public security may be used for that alone, and the purpose's newest version is for something else (PIPL 26; CAC 13).",
        "Withdraw the former consent, which destroys what is kept, and enrol anew under a new consent.");

    public static Violation BasisUnproven(string field, string reason, string remedy) => new(ViolationCode.LegalBasisUnproven, "P8", field, reason, remedy);

    public static ArgumentException CalendarRefused(string parameter) => new("A calendar covers at least a day, and each exception is one of its days and either a holiday or a working day.", parameter);

    public static Violation CalendarMissing() => new(
        ViolationCode.CalendarMissing, "P11", "", "With this consent the vault keeps so many persons that filing is due, and the last day for it cannot be told: working days are counted (CAC 15).",
        "Set VaultOptions.WorkingDays to a calendar that covers the coming months.");

    public static Violation FilingOverdue(DateOnly due) => new(
        ViolationCode.FilingOverdue, "P11", "", $"The vault keeps so many persons that filing was due by {due:yyyy-MM-dd}, and none is recorded (CAC 15).", "File, then record it: Vault.RecordFilingAsync, or facevault filing record.");

    public static Violation BasisExpired() => new(
        ViolationCode.LegalBasisExpired, "P8", "basis.ends", "What the purpose rests on instead of consent has ended.", "Stop; add a purpose version with a basis in force, or ask for consent.");

    public static Violation ProfileUnknown() => new(
        ViolationCode.ProhibitedByPolicy, "P7", "profile", "The purpose is under a profile that this program does not know, so nobody can say what it allows.", "Open the vault with that profile (VaultOptions.Profiles).");
}
