namespace FaceVault;

/// <content>What the rights of subjects run into.</content>
internal static partial class Error
{
    public static Violation RecipientNotConsented() => new(
        ViolationCode.RecipientNotConsented, "P5", "recipient", "The consent does not name this recipient.", "Ask for a consent that names the recipient, or hand the copy to the person.");

    public static Violation ScopeEmpty() => new(
        ViolationCode.ScopeUnknown, "D1", "purposes", "The vault knows no consent of the subject to any of these purposes.", "Check the subject and the purposes with whoever gave the order; the subject's report lists them.");

    public static Violation TooManyCopies(int most) => new(
        ViolationCode.RateLimited, "S1", "consent", $"Not more than {most:N0} templates are handed out in a day.", "Wait for the next day (UTC), or let whoever answers for the vault raise MaxTemplateCopiesPerDay.");

    public static VaultException RestrictedWhileInUse(Exception cause) => new(VaultErrorCode.VaultFaulted,
        "The consent is restricted for good and nothing begins to use it any more, but a use that began before did not end in time. Call again to wait for it.", cause);
}
