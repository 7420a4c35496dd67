using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>restore</c>: a vault put together again from a mirror, today's root key and any archive of its templates.</summary>
internal static class RestoreCommand
{
    public static Command Create(Common common)
    {
        Option<string> keys = New.Text("--keys", "MIRROR", "Folder of a mirror of the key store; refused when it is older than the root key's head.");
        Option<string> templates = New.Text("--templates", "DIR", "Folder with a templates.db of any age; what it lacks, audit counts. Without it the one that is there stays; where there is none, the vault has no templates.");
        return new Command("restore", "Put a vault together again from a mirror of its key store and an archive of its templates.")
            .OnVault(common).With(keys, templates, common.Yes, common.Json).Does(common, async context =>
            {
                string folder = Vaults.Folder(context);
                string? mirror = context.Get(keys), archive = context.Get(templates);
                bool hasTemplates = File.Exists(Path.Combine(folder, "templates.db"));
                if (mirror is null && archive is null && (hasTemplates || !File.Exists(Path.Combine(folder, "vault.json"))))
                    throw Messages.AtLeastOneOf("--keys MIRROR and --templates DIR");
                if (archive is not null && Path.GetFullPath(archive) != Path.GetFullPath(folder) && hasTemplates)
                    context.Confirm("the vault's present templates.db is replaced by the archive's, and templates that only the present one has are lost");
                await Vault.RestoreAsync(Options(context, folder, mirror), mirror, archive, context.CancellationToken).ConfigureAwait(false);
                if (archive is null && !hasTemplates)
                    context.Say("No archive of the templates was named, so the vault has none. Enrol again; or restore --templates when an archive is found, before anybody is enrolled.");
                context.Say("Restored. Run 'facevault audit' next: it counts what the archive of the templates lacks.");
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json =>
                    {
                        json.WriteBoolean("keys", mirror is not null);
                        json.WriteBoolean("templates", archive is not null);
                    });
                }
                return ExitCode.Done;
            });
    }

    /// <summary>A vault whose folder is lost has its description beside the mirror.</summary>
    private static VaultOptions Options(CommandContext context, string folder, string? mirror)
    {
        string described = mirror is null || File.Exists(Path.Combine(folder, "vault.json")) ? folder : mirror;
        return new VaultOptions
        {
            Directory = folder,
            RootKey = Vaults.RootKey(context, Vaults.Roots(context) ?? Vault.ReadRootPaths(described)),
            LockTimeout = Vaults.LockTimeout(context),
            TimeProvider = context.Terminal.Clock,
        };
    }
}
