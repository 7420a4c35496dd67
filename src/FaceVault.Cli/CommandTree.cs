using System.CommandLine;
using FaceVault.Cli.Commands;

namespace FaceVault.Cli;

/// <summary>The whole command line, as docs/cli.md lists it.</summary>
internal static class CommandTree
{
    public static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("Keeps face templates so that they can be used fast and destroyed provably.");
        root.Directives.Clear();
        root.Subcommands.Add(PurposeCommand.Create(terminal));
        return root;
    }
}
