using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>archive</c>: a copy of the templates' ciphertexts, to be kept as long as one likes.</summary>
internal static class ArchiveCommand
{
    public static Command Create(Common common)
    {
        Argument<string> folder = new("DIR") { Description = "Folder without a store in it, one for each archive." };
        return new Command("archive", "Copy the template store while the vault is in use. The key store is never archived: mirrors replicate it.")
            .OnVault(common).Taking(folder).With(common.Json).Does(common, async context =>
            {
                string target = context.Required(folder) is { Length: > 0 } given ? given : throw Messages.Usage("The archive's folder has an empty path. Give the folder.");
                string stored = Path.Combine(Vaults.Folder(context), "templates.db");
                Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    await ProgressBar.RunAsync(context.Terminal, "Archiving", File.Exists(stored) ? new FileInfo(stored).Length : 0, async progress =>
                    {
                        await vault.ArchiveAsync(target, progress, context.CancellationToken).ConfigureAwait(false);
                        return true;
                    }).ConfigureAwait(false);
                }
                long bytes = new FileInfo(Path.Combine(target, "templates.db")).Length;
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json =>
                    {
                        json.WriteString("folder", target);
                        json.WriteNumber("bytes", bytes);
                    });
                }
                context.Say("Archived. To restore, a mirror of the key store is needed too: this copy opens nothing by itself.");
                return ExitCode.Done;
            });
    }
}
