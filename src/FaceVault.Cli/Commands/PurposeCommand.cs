using System.CommandLine;

namespace FaceVault.Cli.Commands;

/// <summary><c>purpose template|add|show|list</c>: what faces are processed for.</summary>
internal static class PurposeCommand
{
    public static Command Create(Terminal terminal) => new("purpose", "What faces are processed for: reviewed JSON definitions in versions.")
    {
        Template(terminal),
    };

    private static Command Template(Terminal terminal)
    {
        var command = new Command("template", "Print a purpose definition to start from.");
        command.SetAction(_ => terminal.Out.Write(PurposeTemplate.Json));
        return command;
    }
}
