namespace FaceVault.Cli.Input;

/// <summary>Identifiers from the command line and from lists. An empty one is a violation as it is in a file, not a fault of spelling.</summary>
internal static class Ids
{
    public static ConsentId Consent(string text) => text.Length > 0 ? new ConsentId(text) : throw Messages.IdEmpty(nameof(ViolationCode.ConsentMissing), "consent");

    public static SubjectId Subject(string text) => text.Length > 0 ? new SubjectId(text) : throw Messages.IdEmpty(nameof(ViolationCode.ConsentMissing), "subject");

    public static PurposeId Purpose(string text) => text.Length > 0 ? new PurposeId(text) : throw Messages.IdEmpty(nameof(VaultErrorCode.PurposeUnknown), "purpose");
}
