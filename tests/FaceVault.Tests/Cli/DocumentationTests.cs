using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using FaceVault.Cli;
using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Cli;

/// <summary>docs/cli.md lists the commands as they are: names, arguments, options, values, descriptions.</summary>
public sealed class DocumentationTests
{
    private const string Heading = "### `";

    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cli.md"));

    [Fact]
    public void The_documented_commands_are_the_commands()
    {
        string[] documented = [.. Document.Split('\n').Where(line => line.StartsWith(Heading, StringComparison.Ordinal)).Select(line => line[Heading.Length..].TrimEnd('`'))];

        Assert.Equal(Leaves(Tree()).Select(PathOf), documented);
    }

    [Fact]
    public void Each_command_is_documented_with_its_arguments_and_options()
    {
        foreach (Command command in Leaves(Tree()))
            Assert.Contains(Section(command), Document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_every_documented_option()
    {
        foreach (Command command in Leaves(Tree()))
        {
            Answer answer = await Run.Of([.. PathOf(command).Split(' ').Skip(1), "--help"]);

            Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
            Assert.All(Options(command), option => Assert.Contains(option.Name, answer.Out, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_symbol_has_a_description_that_is_a_sentence()
    {
        foreach (Command command in Leaves(Tree()))
        {
            foreach (Symbol symbol in command.Options.Cast<Symbol>().Concat(command.Arguments).Append(command))
                Assert.True(symbol.Description is [.., '.'] || symbol is HelpOption, $"{PathOf(command)}: {symbol.Name}: '{symbol.Description}'");
        }
    }

    /// <summary>How a command stands in the document: its heading, what it does, a row for each argument and option.</summary>
    internal static string Section(Command command)
    {
        var text = new StringBuilder($"{Heading}{PathOf(command)}`\n{command.Description}\n");
        if (command.Arguments.Count > 0 || Options(command).Any())
            text.Append("\n| | |\n|---|---|\n");
        foreach (Argument argument in command.Arguments)
            text.Append($"| `{argument.Name}` | {argument.Description} |\n");
        foreach (Option option in Options(command))
            text.Append($"| `{option.Name}{(option.HelpName is null ? "" : " " + option.HelpName)}`{(option.Required ? " (required)" : "")} | {option.Description} |\n");
        return text.Replace("all|first|rest", "all\\|first\\|rest").Replace("open|sealed", "open\\|sealed").ToString();
    }

    internal static RootCommand Tree() => CommandTree.Create(new Terminal { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null });

    internal static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    private static IEnumerable<Option> Options(Command command) => command.Options.Where(option => option is not HelpOption);

    private static string PathOf(Command command) => string.Join(' ', ErrorReport.PathOf(command));
}
