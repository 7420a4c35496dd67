using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>root add|retire|status|passphrase</c>: the places that hold the root key.</summary>
internal static class RootKeyCommand
{
    public static Command Create(Common common) => new("root", "Places that hold the root key.")
    {
        Add(common),
        Retire(common),
        Status(common),
        Passphrase(common),
    };

    private static Command Add(Common common)
    {
        Argument<string> file = new("FILE") { Description = "Root key location, an absolute path, best on another disk than the others." };
        Option<bool> ephemeral = new("--allow-ephemeral-root") { Description = "Accept a root on tmpfs or an overlay, for trials." };
        return new Command("add", "Add a root location: the root key is replaced, and the new one is written there too.").OnVault(common).Taking(file).With(ephemeral, common.Json).Does(common, async context =>
        {
            string added = context.Required(file);
            VaultOptions options = Vaults.Options(
                context, VaultAccess.ReadWrite, before => Vaults.RootKey(context, [.. before.Where(root => root != added), added], context.Get(ephemeral)));
            Vault vault = await Vaults.OpenAsync(context, options).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
                await vault.AddRootLocationAsync(added, context.CancellationToken).ConfigureAwait(false);
            PlaceOutput.Changed(context, "The root location holds the new root key and is listed. Where --root or FACEVAULT_ROOT name the locations, name it too.", json => json.WriteString("added", added));
            return ExitCode.Done;
        });
    }

    private static Command Retire(Common common)
    {
        Argument<string?> file = new("FILE") { Description = "Root key location; or give --place.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> place = New.Text("--place", "HEX", "Id of the location, as root status shows it: also for one that is lost.");
        return new Command("retire", "Overwrite what a root location holds and take it off the vault's list. One that cannot be reached is named as not confirmed in certificates.")
            .OnVault(common).Taking(file).With(place, common.Yes, common.Json).Does(common, async context =>
            {
                string? retired = context.Get(file), id = context.Get(place);
                if ((retired is null) == (id is null))
                    throw Messages.ExactlyOneOf("FILE and --place HEX");
                context.Confirm("the root key at that location is overwritten, and if it cannot be reached certificates will say that it is not confirmed");
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    bool confirmed = await (id is null ? vault.RetireRootLocationAsync(retired!, context.CancellationToken) : vault.RetirePlaceAsync(id, context.CancellationToken)).ConfigureAwait(false);
                    PlaceOutput.Retired(context, id ?? retired!, confirmed, "The location holds no key of the vault any more and is off the list. Its file can be deleted.");
                }
                return ExitCode.Done;
            });
    }

    private static Command Passphrase(Common common)
    {
        Option<string> next = New.Text("--new-passphrase-file", "FILE", "File with the new passphrase.");
        Option<bool> none = new("--no-passphrase") { Description = "Remove the passphrase: whoever has the file has the root key." };
        return new Command("passphrase", "Set, change or remove the passphrase of the root key. The root key is replaced, and what the former passphrase opened is overwritten.")
            .OnVault(common).With(next, none, common.Json).Does(common, async context =>
            {
                string? file = context.Get(next);
                if ((file is null) != context.Get(none))
                    throw Messages.ExactlyOneOf("--new-passphrase-file FILE and --no-passphrase");
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    await (file is null ? vault.ChangeRootPassphraseAsync([], context.CancellationToken)
                        : FileRootKeyStore.ReadPassphraseFile(file, passphrase => vault.ChangeRootPassphraseAsync(passphrase, context.CancellationToken))).ConfigureAwait(false);
                }
                PlaceOutput.Changed(
                    context, file is null ? "The root key has no passphrase any more." : "The root key is protected by the new passphrase. Without it the vault is lost.", json => json.WriteBoolean("passphrase", file is not null));
                return ExitCode.Done;
            });
    }

    private static Command Status(Common common) => new Command("status", "List the root locations and whether they are there, NDJSON.").OnVault(common).With(common.JsonLines).Does(common, async context =>
    {
        Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
        await using (vault.ConfigureAwait(false))
        {
            using ResultWriter results = context.Results();
            foreach (PlaceStatus place in (await vault.GetStatusAsync(context.CancellationToken).ConfigureAwait(false)).Places.Where(place => place.Type == LocationType.Root))
                results.Write(json => PlaceOutput.Write(json, place));
        }
        return ExitCode.Done;
    });
}
