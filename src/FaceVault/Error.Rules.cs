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

    public static Violation ProfileUnknown() => new(
        ViolationCode.ProhibitedByPolicy, "P7", "profile", "The purpose is under a profile that this program does not know, so nobody can say what it allows.", "Open the vault with that profile (VaultOptions.Profiles).");
}
