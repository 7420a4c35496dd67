using FaceVault.Consents;

namespace FaceVault.Rules;

/// <content>What the rules say of a purpose as a whole.</content>
internal sealed partial class RuleSet
{
    /// <summary>All reasons why nothing may be done for a purpose now, whoever consented; empty when there are none.</summary>
    public IReadOnlyList<Violation> CheckUse() => isUnknown ? [Error.ProfileUnknown()] : [];
}
