using System.CommandLine;
using FaceVault.Cli.Documents;
using FaceVault.Cli.Options;

namespace FaceVault.Cli.Commands;

/// <summary><c>statement</c>: what the vault can show for itself, for its keeper to publish.</summary>
internal static class StatementCommand
{
    public static Command Create(Common common)
    {
        Option<DocumentFormat> format = FormatOption.Create();
        return new Command("statement", "Print what this vault can show about safety, transparency, data protection, responsibility and fairness, to be published. It names nobody and no path.").OnVault(common).With(format).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                byte[] statement = await vault.ExportStatementAsync(context.CancellationToken).ConfigureAwait(false);
                FormatOption.Print(context, context.Get(format), statement, static (record, chosen) => StatementDocument.Make(record, chosen));
            }
            return ExitCode.Done;
        });
    }
}
