using System.CommandLine;
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
