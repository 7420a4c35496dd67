using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>copy</c>: the templates of a consent, for its person or for a recipient that it names.</summary>
internal static class CopyCommand
{
    public static Command Create(Common common)
    {
        Option<string> output = New.Needed("--out", "FILE", "New file for the templates, NDJSON, readable by its owner alone; never standard output.");
        Option<string> recipient = New.Text("--recipient", "NAME", "Recipient as the consent names it; otherwise the copy is for the person.");
        Option<string> reference = New.Text("--reference", "REF", "Reference of the request; it is kept sealed with the consent.");
        Option<RequesterRole> role = RoleOption.Create();
        return new Command("copy", "Copy the templates of a consent in the clear, for its person or for a recipient that it names. The copy is noted in the consent's record and counted in the ledger.")
            .OnVault(common).With(common.Consent, output, recipient, reference, role, common.Json).Does(common, async context =>
            {
                var id = Ids.Consent(context.Required(common.Consent));
                string path = context.Required(output);
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    int copied;
                    using (TemplateFile file = TemplateFile.Create(path))
                    {
                        copied = await vault.CopyTemplatesAsync(id, file.Write, context.Get(recipient), context.Get(reference), context.Get(role), context.CancellationToken).ConfigureAwait(false);
                        file.Complete();
                    }
                    if (context.Get(common.Json))
                    {
                        using ResultWriter results = context.Results();
                        results.Write(json =>
                        {
                            json.WriteNumber("templates", copied);
                            json.WriteString("file", path);
                        });
                    }
                    context.Say($"{Count.Of(copied, "template")} copied in the clear. Hand the file over and destroy it.");
                }
                return ExitCode.Done;
            });
    }
}
