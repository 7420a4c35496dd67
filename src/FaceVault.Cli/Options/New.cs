using System.CommandLine;
using System.Globalization;
using FaceVault.Cli.Input;

namespace FaceVault.Cli.Options;

/// <summary>How options are made: one value each, so that an option never swallows the argument after it.</summary>
internal static class New
{
    /// <summary>An option with one value that may be left out.</summary>
    public static Option<string> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.ExactlyOne };

    /// <summary>An option with one value that must be given.</summary>
    public static Option<string> Needed(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.ExactlyOne, Required = true };

    /// <summary>An option that is repeated for each of its values.</summary>
    public static Option<string[]> Repeated(string name, string value, string description) =>
        new(name) { Description = description + " Repeat the option for several.", HelpName = value, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    /// <summary>An option with a whole number, written in digits alone.</summary>
    public static Option<long> Whole(string name, string value, string description, long? byDefault = null) => new(name)
    {
        Description = description,
        HelpName = value,
        Arity = ArgumentArity.ExactlyOne,
        DefaultValueFactory = byDefault is { } number ? _ => number : null!,
        CustomParser = result =>
        {
            if (long.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed))
                return parsed;
            result.AddError($"{name} takes a whole number.");
            return 0;
        },
    };

    /// <summary>An option with a number that may have a fraction, behind a point: a comma would be read as another number by one reader or the other.</summary>
    public static Option<float?> Fraction(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            if (float.TryParse(result.Tokens[0].Value, Style, CultureInfo.InvariantCulture, out float parsed) && float.IsFinite(parsed))
                return parsed;
            result.AddError($"{name} takes a number such as 0.42, with a point.");
            return null;
        },
    };

    /// <summary>An option with a moment: RFC 3339, whole seconds, in UTC or with its distance from it.</summary>
    public static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            if (Time(result.Tokens[0].Value) is { } parsed)
                return parsed;
            result.AddError($"{name} takes a time such as 2026-11-21T08:30:00Z.");
            return null;
        },
    };

    /// <summary>A time in UTC or with its offset, to the second; null when it is none.</summary>
    public static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed) ? parsed : null;

    /// <summary>An option with a share of 1: as <see cref="Fraction"/>, to the last digit.</summary>
    public static Option<double?> Rate(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            if (double.TryParse(result.Tokens[0].Value, Style, CultureInfo.InvariantCulture, out double parsed) && double.IsFinite(parsed))
                return parsed;
            result.AddError($"{name} takes a share such as 0.01, with a point.");
            return null;
        },
    };

    /// <summary><c>--select all|first|rest</c>, in lower case as the table has it.</summary>
    public static Option<Selection> Select() => new("--select")
    {
        Description = "Rows to take: all, the first row of each identity, or the rest. Default: all.",
        HelpName = "all|first|rest",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            switch (result.Tokens is [var token] ? token.Value : null)
            {
                case "all":
                    return Selection.All;
                case "first":
                    return Selection.First;
                case "rest":
                    return Selection.Rest;
                default:
                    result.AddError("--select takes all, first or rest.");
                    return Selection.All;
            }
        },
    };
}
