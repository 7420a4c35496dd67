using System.Globalization;

namespace FaceVault.Hosting;

/// <summary>Every message of the hosting package, once: a full sentence, what to do next, and never an identifier of a person or a consent.</summary>
internal static class Error
{
    // Settings
    public static InvalidOperationException SectionTwice() => new(
        "A configuration section is registered for this vault already. Give each vault a key of its own: AddFaceVault(\"north\", section).");

    public static string SectionMissing(string section) =>
        $"The configuration has no section {section}. Add it, with at least Directory and RootKey, or name the right one.";

    public static string DirectoryMissing(string key) => $"{key} is missing. Set it to the vault's folder.";

    public static string RootKeyMissing(string key) => $"{key} is missing. List the absolute paths of the root key's files, which lie outside the vault's folder.";

    public static string KeyUnknown(string key) => $"{key} is no setting of a vault. Correct its name or remove it.";

    public static string OneValue(string key) => $"{key} is one value and not a list. Give the value alone.";

    public static string TextMissing(string key) => $"{key} is empty. Give a text, or remove the element.";

    public static string DurationRefused(string key, TimeSpan? most) => string.Create(CultureInfo.InvariantCulture,
        $"{key} must be a duration such as 00:00:30 (hours, minutes, seconds){(most is { } limit ? $", more than zero and at most {limit.TotalHours} hours" : ", in its range")}.");

    public static string NumberRefused(string key, int least, int most) => string.Create(CultureInfo.InvariantCulture, $"{key} must be a whole number from {least} to {most}.");

    public static string RulesRefused(string key, Exception why, string what) => $"{key}: {Sentence(why)} Name a file that holds {what}.";

    public static string SwitchRefused(string key) => $"{key} must be true or false.";

    public static string PassphraseRefused(string key, ArgumentException why) => $"{key}: {Sentence(why)}";

    public static string PassphraseWithoutRootKey(string key) => $"{key} protects the files of RootKey, and the section lists none. List them, or give the passphrase where your code makes the root key store.";

    public static string GalleryRefused(string key) => $"{key} must be the id of a purpose, or an object with Purpose and, where they are not the current model and open, Model and Mode (open or sealed).";

    public static string GalleryPurposeUnknown(string key) => $"{key} names a purpose that the vault does not have. Put its definition into the folder of purposes, or correct the name.";

    public static string GalleryKind(string key) => $"{key} names a purpose that is not for identification, and has no gallery. Remove it.";

    public static string GalleryModelUnknown(string key) => $"{key} names a model that the purpose does not admit. Correct the name, or admit the model first.";

    public static string PurposesUnreadable(string folder, Exception why) => $"The folder of purposes {folder} cannot be read: {why.Message} Correct the setting Purposes.";

    public static string PurposesEmpty(string folder) => $"The folder of purposes {folder} holds no .json file. Correct the setting Purposes, or remove it.";

    public static string PurposeTwice(string file) => $"{file}: another file of the folder defines a purpose with the same id. Keep one of them.";

    // Readiness
    public const string NotOpen = "The vault is not open yet.";

    public const string GalleriesLoading = "Galleries are being loaded.";

    public const string GalleriesFailed = "A gallery could not be loaded; the log says why. It is tried again.";

    public const string Closed = "The vault is closed.";

    public static string Failing(VaultErrorCode code) => $"The vault cannot be used ({code}).";

    // Answers to requests
    public const string Refused = "A rule refuses the request. Each violation says why and what helps.";

    public const string NoTemplate = "That is no template of the model. Each violation says why and what helps.";

    public const string Later = "Too much is asked at once, or the vault is looking where it stands. Send the same request again after the time in Retry-After.";

    public const string NotComplete = "The consent is stopped, or the change is made; the former key is not yet destroyed in every place. The destruction goes on by itself. "
        + "A withdrawal may be sent again to get its certificate, a change must not.";

    public const string Held = "The consent is stopped for every use and kept, because a legal hold forbids destroying it. It is destroyed when the hold is lifted; nothing needs to be sent again.";

    public const string Unknown = "There is no such consent, purpose or certificate, or its evidence has been destroyed.";

    public const string Retired = "The purpose is retired, and its id is not used again.";

    public const string Conflict = "Something else stands there already. Nothing was changed.";

    public const string Full = "A limit of the vault is reached. Nothing was changed; its operator finds the reason in the log.";

    public const string Unavailable = "The vault cannot do this now. Its operator finds the reason in the log.";

    /// <summary>What an exception of FaceVault says, without the parameter's name that .NET puts behind it.</summary>
    public static string Sentence(Exception exception) =>
        exception is ArgumentException { ParamName: { } name } ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;
}
