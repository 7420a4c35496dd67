namespace FaceVault;

/// <content>What may be wrong with the settings of a vault.</content>
internal static partial class Error
{
    public const string OptionDirectory = "Set VaultOptions.Directory to the vault's folder.";
    public const string OptionRootKey = "Set VaultOptions.RootKey, for example to a FileRootKeyStore outside the vault's folder.";
    public const string OptionMirrors = "VaultOptions.Mirrors must name a folder of its own for each mirror, which is not the vault's. Choose one, best on another device.";
    public const string OptionOrigin = "VaultOptions.Origin must be 1 to 256 characters without spaces, plus signs or control characters, for example example.com/door.";
    public const string OptionAccess = "VaultOptions.Access must be ReadWrite or Inspect.";
    public const string OptionLockTimeout = "VaultOptions.LockTimeout must be zero or more.";
    public const string OptionWitnesses = "VaultOptions.Witnesses must be at most 63 with different keys, each a witness's key (type 04).";
    public const string OptionDrainTimeout = "VaultOptions.DrainTimeout must be more than zero.";
    public const string OptionMatchingThreads = "VaultOptions.MatchingThreads must be 1 to 1,024.";
    public const string OptionMaxWaitingCallers = "VaultOptions.MaxWaitingCallers must be 1 to 65,536.";
    public const string OptionMaxTemplateCopiesPerDay = "VaultOptions.MaxTemplateCopiesPerDay must be 0 to 1,000,000.";
    public const string OptionProcessingRecordYears = "VaultOptions.ProcessingRecordYears must be 3 to 100: records of processing are kept for at least three years (PIPL 56).";
    public const string OptionTimeProvider = "Set VaultOptions.TimeProvider to a clock, or leave it out to use the system's.";

    public static ArgumentException OptionsRefused(IEnumerable<string> problems, string parameter) => new(string.Join(' ', problems), parameter);
}
