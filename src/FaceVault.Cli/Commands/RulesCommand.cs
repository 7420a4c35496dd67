using System.CommandLine;
using FaceVault.Cli.Documents;
using FaceVault.Cli.Options;

namespace FaceVault.Cli.Commands;

/// <summary><c>rules</c>: what the public is told about processing.</summary>
internal static class RulesCommand
{
    public static Command Create(Common common)
    {
        Option<DocumentFormat> format = FormatOption.Create();
        return new Command("rules", "Print the public rules of processing: what, why, how long, what else, who gets it. Nothing in it is about a person.").OnVault(common).With(format).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                byte[] rules = await vault.ExportPublicRulesAsync(context.CancellationToken).ConfigureAwait(false);
                FormatOption.Print(context, context.Get(format), rules, static (record, chosen) => RulesDocument.Make(record, chosen));
            }
            return ExitCode.Done;
        });
    }
}
