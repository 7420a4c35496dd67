namespace FaceVault.Consents;

/// <summary>The names of roles in consent records.</summary>
internal static class RequesterRoles
{
    /// <summary>The name; null for <see cref="RequesterRole.None"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No role.</exception>
    public static string? NameOf(RequesterRole role, string parameter = "role") => role switch
    {
        RequesterRole.None => null,
        RequesterRole.Subject => "subject",
        RequesterRole.Guardian => "guardian",
        RequesterRole.Representative => "representative",
        RequesterRole.Relative => "relative",
        RequesterRole.Authority => "authority",
        RequesterRole.Keeper => "keeper",
        _ => throw new ArgumentOutOfRangeException(parameter),
    };
}
