namespace FaceVault;

/// <content>Identifiers of people, consents and purposes: what is wrong with one, never what it says.</content>
internal static partial class Error
{
    public static ArgumentNullException IdMissing(string whose, string parameter) => new(
        parameter, $"The id of the {whose} is missing. Pass 1 to 256 bytes of UTF-8 without control characters.");

    public static ArgumentException IdTextRefused(string whose, string parameter) => new(
        $"The id of the {whose} is not 1 to 256 bytes of UTF-8 without control characters. Pass such a text.", parameter);

    public static InvalidOperationException DefaultId(string type) => new($"The default {type} stands for nobody and has no value. Make one with its constructor.");

    public static ArgumentException DefaultIdArgument(string parameter) => new("The default value of an identifier stands for nobody. Pass one made with its constructor.", parameter);
}
