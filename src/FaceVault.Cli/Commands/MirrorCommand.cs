using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>mirror add|drop|refill|status</c>: the copies of the key store that every commit reaches.</summary>
internal static class MirrorCommand
{
    public static Command Create(Common common) => new("mirror", "Copies of the key store that every commit reaches.")
    {
        Add(common),
        Drop(common),
        Refill(common),
        Status(common),
    };

    private static Command Add(Common common)
    {
        Argument<string> folder = new("DIR") { Description = "Folder for the copy, best on another device; made if needed." };
        return new Command("add", "Add a mirror: a full copy of the key store that every later commit reaches.").OnVault(common).Taking(folder).With(common.Json).Does(common, async context =>
        {
            string directory = context.Required(folder);
            Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
                await vault.AddMirrorAsync(directory, context.CancellationToken).ConfigureAwait(false);
            PlaceOutput.Changed(context, "The mirror is filled and listed.", json => json.WriteString("added", Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))));
            return ExitCode.Done;
        });
    }

    private static Command Drop(Common common)
    {
        Argument<string?> folder = new("DIR") { Description = "Folder of the mirror; or give --place.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> place = New.Text("--place", "HEX", "Id of the mirror, as status shows it: also for one that is lost.");
        return new Command("drop", "Take a mirror off the vault's list. One that cannot be reached is named as not confirmed in certificates.").OnVault(common).Taking(folder).With(place, common.Yes, common.Json).Does(common, async context =>
        {
            string? directory = context.Get(folder), id = context.Get(place);
            if ((directory is null) == (id is null))
                throw Messages.ExactlyOneOf("DIR and --place HEX");
            context.Confirm("the mirror is not written any more, and if it cannot be reached certificates will say that it is not confirmed");
            Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                bool confirmed = await (id is null ? vault.DropMirrorAsync(directory!, context.CancellationToken) : vault.RetirePlaceAsync(id, context.CancellationToken)).ConfigureAwait(false);
                PlaceOutput.Retired(context, id ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory!)), confirmed, "The mirror is off the list. Its files stay; delete them when you like.");
            }
            return ExitCode.Done;
        });
    }

    private static Command Refill(Common common)
    {
        Argument<string?> folder = new("DIR") { Description = "Folder of the mirror; without it every mirror that is not current.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("refill", "Replace a mirror that lags or is damaged by a copy of the key store.").OnVault(common).Taking(folder).With(common.Json).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                string[] folders = context.Get(folder) is { } given
                    ? [given]
                    : [.. (await MirrorsAsync(vault, context.CancellationToken).ConfigureAwait(false)).Where(place => !place.IsCurrent).Select(FolderOf)];
                foreach (string directory in folders)
                    await vault.RefillMirrorAsync(directory, context.CancellationToken).ConfigureAwait(false);
                context.Say($"{Count.Of(folders.Length, "mirror")} refilled.");
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json => json.WriteNumber("refilled", folders.Length));
                }
            }
            return ExitCode.Done;
        });
    }

    private static Command Status(Common common) => new Command("status", "List the mirrors and whether they are current, NDJSON.").OnVault(common).With(common.JsonLines).Does(common, async context =>
    {
        Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
        await using (vault.ConfigureAwait(false))
        {
            using ResultWriter results = context.Results();
            foreach (PlaceStatus place in await MirrorsAsync(vault, context.CancellationToken).ConfigureAwait(false))
                results.Write(json => PlaceOutput.Write(json, place));
        }
        return ExitCode.Done;
    });

    private static async Task<IEnumerable<PlaceStatus>> MirrorsAsync(Vault vault, CancellationToken cancellationToken) =>
        (await vault.GetStatusAsync(cancellationToken).ConfigureAwait(false)).Places.Where(place => place.Type == LocationType.Mirror);

    /// <summary>A mirror is described by its file; the library takes its folder.</summary>
    private static string FolderOf(PlaceStatus place) => Path.GetFileName(place.Description) == "keys.db" ? Path.GetDirectoryName(place.Description)! : place.Description;
}
