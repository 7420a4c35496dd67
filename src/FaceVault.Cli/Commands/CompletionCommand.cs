using System.CommandLine;
using FaceVault.Cli.Options;

namespace FaceVault.Cli.Commands;

/// <summary><c>completion</c>: scripts that let a shell complete command lines. They ask <c>completion words</c>, so that they never grow old.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _facevault() {
            local word="${COMP_WORDS[COMP_CWORD]}"
            mapfile -t COMPREPLY < <(compgen -W "$(facevault completion words "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)" -- "$word")
        }
        complete -o default -F _facevault facevault
        """;

    private const string Zsh = """
        #compdef facevault
        _facevault() {
            local -a words_found
            words_found=("${(@f)$(facevault completion words "$LBUFFER" 2>/dev/null)}")
            compadd -a words_found || _files
        }
        compdef _facevault facevault
        """;

    private const string Fish = """
        complete -c facevault -a '(facevault completion words (commandline -cp) 2>/dev/null)'
        """;

    public static Command Create(Common common) => new("completion", "Let a shell complete command lines.")
    {
        Script("bash", "Print the script for bash: source <(facevault completion bash).", Bash, common),
        Script("zsh", "Print the script for zsh: source <(facevault completion zsh).", Zsh, common),
        Script("fish", "Print the script for fish: facevault completion fish | source.", Fish, common),
        Words(common),
    };

    private static Command Script(string shell, string description, string script, Common common) => new Command(shell, description).Does(common, context =>
    {
        context.Terminal.Out.WriteLine(script);
        return Task.FromResult(ExitCode.Done);
    });

    private static Command Words(Common common)
    {
        Argument<string> line = new("LINE") { Description = "The command line up to the cursor, as one argument." };
        return new Command("words", "Print what may stand at the end of a command line, a word a line; the scripts ask for it.").Taking(line).Does(common, context =>
        {
            foreach (string word in WordsFor(context.Required(line), CommandTree.Create(context.Terminal)))
                context.Terminal.Out.WriteLine(word);
            return Task.FromResult(ExitCode.Done);
        });
    }

    /// <summary>Words that begin as the last one of the line does. Options only once a dash is there.</summary>
    private static IEnumerable<string> WordsFor(string line, RootCommand root)
    {
        int rest = line.IndexOf(' ', StringComparison.Ordinal) + 1; // the first word is the program's name
        if (rest == 0)
            return [];
        string begun = line[(line.LastIndexOf(' ') + 1)..];
        OfferValues(root);
        return root.Parse(line[rest..]).GetCompletions().Select(item => item.InsertText ?? item.Label)
            .Where(word => word.StartsWith(begun, StringComparison.Ordinal) && word[0] != '/' && (word[0] != '-' || begun.StartsWith('-'))).Distinct(StringComparer.Ordinal);
    }

    /// <summary>An option whose value is shown as <c>one|another</c> takes these.</summary>
    private static void OfferValues(Command command)
    {
        foreach (Option option in command.Options.Where(option => option.HelpName?.Contains('|', StringComparison.Ordinal) == true))
        {
            option.CompletionSources.Clear();
            option.CompletionSources.Add(option.HelpName!.Split('|'));
        }

        foreach (Command below in command.Subcommands)
            OfferValues(below);
    }
}
