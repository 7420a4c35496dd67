using System.CommandLine;
using System.Text;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>consent grant|show|list|renew</c>: one subject's yes to one purpose.</summary>
internal static class ConsentCommand
{
    public static Command Create(Common common) => new("consent", "One subject's consent to one purpose.")
    {
        Grant(common),
        Show(common),
        List(common),
        Renew(common),
    };

    private static Command Grant(Common common)
    {
        Argument<string> file = new("FILE") { Description = "Consent given, JSON; - is standard input." };
        return new Command("grant", "Record a consent and print its receipt, which belongs to the subject.").OnVault(common).Taking(file).With(common.Json).Does(common, async context =>
        {
            ConsentGrant grant = ConsentGrant.FromJson(TextFile.Read(context.Required(file), context.Terminal));
            Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                ConsentReceipt receipt = await vault.GrantConsentAsync(grant, context.CancellationToken).ConfigureAwait(false);
                context.Terminal.Out.WriteLine(Encoding.UTF8.GetString(receipt.ToJson()));
                context.Say("1 consent granted. Give the receipt to the subject: with it they can later check that their key was destroyed.");
            }
            return ExitCode.Done;
        });
    }

    private static Command Show(Common common)
    {
        Argument<string?> id = new("ID") { Description = "Consent id; or give --consent.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> option = New.Text("--consent", "ID", "Consent id.");
        Option<bool> record = new("--record") { Description = "The whole record as one JSON object, in the sections of ISO/IEC TS 27560." };
        return new Command("show", "Print what the vault knows of a consent.").OnVault(common).Taking(id).With(option, record, common.Json).Does(common, async context =>
        {
            string? positional = context.Get(id), named = context.Get(option);
            if (positional is null == named is null)
                throw Messages.ExactlyOneOf("ID and --consent ID");
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                if (context.Get(record))
                {
                    context.Terminal.Out.WriteLine(Encoding.UTF8.GetString(await vault.ExportConsentAsync(Ids.Consent((positional ?? named)!), context.CancellationToken).ConfigureAwait(false)));
                    return ExitCode.Done;
                }

                ConsentInfo info = await vault.GetConsentAsync(Ids.Consent((positional ?? named)!), context.CancellationToken).ConfigureAwait(false) ?? throw Messages.ConsentUnknown();
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json => ConsentOutput.Write(json, info));
                }
                else
                {
                    ConsentOutput.Write(context.Terminal.Out, info);
                }
            }
            return ExitCode.Done;
        });
    }

    private static Command Renew(Common common)
    {
        Argument<string> file = new("FILE") { Description = "The new consent, JSON, with an id of its own; - is standard input." };
        Option<string> certificate = New.Text("--certificate", "FILE", "Where the certificate of the destroyed key goes; standard output, after the receipt, when left out.");
        return new Command("renew", "Move a consent's templates under a new consent; the old key is destroyed.")
            .OnVault(common).Taking(file).With(common.Consent, certificate, common.Yes, common.DryRun, common.Json).Does(common, async context =>
            {
                ConsentGrant grant = ConsentGrant.FromJson(TextFile.Read(context.Required(file), context.Terminal));
                var old = Ids.Consent(context.Required(common.Consent));
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    if (context.Get(common.DryRun))
                        return Destruction.DryRun(context, default(DestructionCounts).With(await vault.GetConsentAsync(old, context.CancellationToken).ConfigureAwait(false) ?? throw Messages.ConsentUnknown()));
                    context.Confirm("the old consent's key is destroyed");
                    string path = context.Get(certificate) ?? "-";
                    using ResultFile place = ResultFile.Open(path, context.Terminal);
                    Renewal renewal = await vault.RenewConsentAsync(old, grant, context.CancellationToken).ConfigureAwait(false);
                    context.Terminal.Out.WriteLine(Encoding.UTF8.GetString(renewal.Receipt.ToJson()));
                    Destruction.Write(context, place, path, [renewal.Certificate]);
                }
                context.Say("1 consent renewed. Give the receipt to the subject.");
                return ExitCode.Done;
            });
    }

    private static Command List(Common common)
    {
        Option<string> purpose = New.Text("--purpose", "ID", "Only consents to this purpose.");
        Option<string> subject = New.Text("--subject", "ID", "Only consents of this subject.");
        Option<string> without = New.Text("--without-model", "NAME", "With --purpose: only consents in force that have no template of this model.");
        return new Command("list", "List consents, NDJSON.").OnVault(common).With(purpose, subject, without, common.JsonLines).Does(common, async context =>
        {
            PurposeId? wanted = context.Get(purpose) is { } text ? Ids.Purpose(text) : null;
            string? model = context.Get(without);
            if (model is not null && (wanted is null || context.Get(subject) is not null))
                throw Messages.Usage("--without-model belongs to --purpose, and not to --subject.");
            Vault vault = await Vaults.OpenAsync(context, model is null ? VaultAccess.Inspect : VaultAccess.ReadWrite).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                using ResultWriter results = context.Results();
                if (model is not null)
                {
                    await foreach (ConsentInfo info in vault.ListConsentsAsync(wanted!.Value, model, context.CancellationToken).ConfigureAwait(false))
                        results.Write(json => ConsentOutput.Write(json, info));
                }
                else if (context.Get(subject) is { } person)
                {
                    foreach (ConsentInfo info in await vault.FindConsentsAsync(Ids.Subject(person), context.CancellationToken).ConfigureAwait(false))
                    {
                        if (wanted is null || info.Purpose == wanted)
                            results.Write(json => ConsentOutput.Write(json, info));
                    }
                }
                else
                {
                    await foreach (ConsentInfo info in vault.ListConsentsAsync(wanted, cancellationToken: context.CancellationToken).ConfigureAwait(false))
                        results.Write(json => ConsentOutput.Write(json, info));
                }
            }
            return ExitCode.Done;
        });
    }
}
