using System.CommandLine;
using FaceVault.Cli.Documents;
using FaceVault.Cli.Options;

namespace FaceVault.Cli.Commands;

/// <summary><c>rules</c> and <c>statement</c>: what the keeper publishes. Nothing in either is about a person.</summary>
internal static class PublicationCommands
{
    public static Command Rules(Common common) => Create(
        common, "rules", "Print the public rules of processing: what, why, how long, what else, who gets it. Nothing in it is about a person.",
        static (vault, stop) => vault.ExportPublicRulesAsync(stop), static (record, format) => RulesDocument.Make(record, format));

    public static Command Statement(Common common) => Create(
        common, "statement", "Print what this vault can show about safety, transparency, data protection, responsibility and fairness, to be published. It names nobody and no path.",
        static (vault, stop) => vault.ExportStatementAsync(stop), static (record, format) => StatementDocument.Make(record, format));

    private static Command Create(Common common, string name, string description, Func<Vault, CancellationToken, Task<byte[]>> export, Func<byte[], DocumentFormat, string> make)
    {
        Option<DocumentFormat> format = FormatOption.Create();
        return new Command(name, description).OnVault(common).With(format).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
                FormatOption.Print(context, context.Get(format), await export(vault, context.CancellationToken).ConfigureAwait(false), make);
            return ExitCode.Done;
        });
    }
}
