using System.CommandLine;
using FaceVault.Cli.Commands;
using FaceVault.Cli.Demo;
using FaceVault.Cli.Options;

namespace FaceVault.Cli;

/// <summary>The whole command line, as docs/cli.md lists it.</summary>
internal static class CommandTree
{
    public static RootCommand Create(Terminal terminal)
    {
        var common = new Common(terminal);
        var root = new RootCommand("Keeps face templates so that they can be used fast and destroyed provably.")
        {
            DemoCommand.Create(common),
            InitCommand.Create(common),
            PurposeCommand.Create(common),
            ConsentCommand.Create(common),
            EnrollCommands.Enroll(common),
            EnrollCommands.Replace(common),
            ImportCommand.Create(common),
            IdentifyCommand.Create(common),
            VerifyFaceCommand.Create(common),
            CalibrateCommand.Create(common),
            WithdrawCommand.Create(common),
            EraseCommand.Create(common),
            CertificateCommand.Create(common),
            LedgerCommands.Key(common),
            LedgerCommands.Checkpoint(common),
            LedgerCommands.Ledger(common),
            ReportCommand.Create(common),
            PublicationCommands.Rules(common),
            PublicationCommands.Statement(common),
            RecordsCommand.Create(common),
            StatusCommand.Create(common),
            AuditCommand.Create(common),
            DoctorCommand.Create(common),
            SweepCommand.Create(common),
            HoldCommand.Create(common),
            FilingCommand.Create(common),
            RestrictCommand.Create(common),
            CopyCommand.Create(common),
            ArchiveCommand.Create(common),
            MirrorCommand.Create(common),
            RootKeyCommand.Create(common),
            RestoreCommand.Create(common),
            RecoverCommand.Create(common),
            CompletionCommand.Create(common),
        };
        root.Directives.Clear();
        return root;
    }
}
