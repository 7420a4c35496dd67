using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>purpose retire|admit-model|retire-model</c>: what becomes of a purpose.</summary>
internal static class PurposeChanges
{
    public static Command Retire(Common common)
    {
        Argument<string> id = new("ID") { Description = "Purpose id." };
        return new Command("retire", "Retire a purpose: destroy the keys of all its consents, with a certificate for each, and then its definitions. Its id is not used again.")
            .OnVault(common).Taking(id).With(common.Certificate, common.Yes, common.DryRun, common.Json).Does(common, async context =>
            {
                PurposeId purpose = Ids.Purpose(context.Required(id));
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    var counts = default(DestructionCounts);
                    var recipients = new SortedSet<string>(StringComparer.Ordinal);
                    await foreach (ConsentInfo consent in vault.ListConsentsAsync(purpose, cancellationToken: context.CancellationToken).ConfigureAwait(false))
                    {
                        counts = counts.With(consent);
                        recipients.UnionWith(consent.RecipientsToNotify);
                    }
                    if (context.Get(common.DryRun))
                        return Destruction.DryRun(context, counts);
                    return await Destruction.RunAsync(context, $"the keys of {Count.Of(counts.Consents, "consent")} to the purpose and so their templates are destroyed, and the purpose's definitions", counts.Consents, recipients,
                        progress => vault.RetirePurposeAsync(purpose, progress, context.CancellationToken)).ConfigureAwait(false);
                }
            });
    }

    public static Command AdmitModel(Common common)
    {
        Argument<string> id = new("ID") { Description = "Purpose id." };
        Option<string> model = New.Needed("--model", "NAME", "Name of the model.");
        Option<long> dimensions = New.Whole("--dimensions", "N", "Numbers in an embedding.");
        dimensions.Required = true;
        Option<string> encoding = New.Needed("--encoding", "ENCODING", "How templates are kept: int8 or float32.");
        Option<bool> beside = new("--beside") { Description = "Leave the current model the current one." };
        return new Command("admit-model", "Admit a model to a purpose, no new version and no new consents; it becomes the current one.")
            .OnVault(common).Taking(id).With(model, dimensions, encoding, beside, common.Json).Does(common, async context =>
            {
                var admitted = new TemplateModel(context.Required(model), (int)Math.Clamp(context.Get(dimensions), 0, int.MaxValue), context.Required(encoding) switch
                {
                    "int8" => TemplateEncoding.Int8,
                    "float32" => TemplateEncoding.Float32,
                    _ => throw Messages.Usage("--encoding takes int8 or float32."),
                });
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    bool changed = await vault.AdmitModelAsync(Ids.Purpose(context.Required(id)), admitted, !context.Get(beside), context.CancellationToken).ConfigureAwait(false);
                    Print(context, "admitted", changed, null);
                }
                return ExitCode.Done;
            });
    }

    public static Command RetireModel(Common common)
    {
        Argument<string> id = new("ID") { Description = "Purpose id." };
        Option<string> model = New.Needed("--model", "NAME", "Name of the model.");
        Option<bool> leave = new("--leave-templates") { Description = "Retire it although templates in force are of this model; they are kept and not used." };
        return new Command("retire-model", "Retire a model of a purpose: nothing is enrolled or compared under it any more; its templates are kept until they are replaced or destroyed.")
            .OnVault(common).Taking(id).With(model, leave, common.Json).Does(common, async context =>
            {
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    long left = await vault.RetireModelAsync(Ids.Purpose(context.Required(id)), context.Required(model), context.Get(leave), context.CancellationToken).ConfigureAwait(false);
                    Print(context, "retired", true, left);
                }
                return ExitCode.Done;
            });
    }

    private static void Print(CommandContext context, string what, bool changed, long? left)
    {
        if (context.Get(context.Common.Json))
        {
            using ResultWriter results = context.Results();
            results.Write(json =>
            {
                json.WriteBoolean(what, changed);
                if (left is { } templates)
                    json.WriteNumber("templatesLeft", templates);
            });
            return;
        }
        context.Terminal.Out.WriteLine(left is { } number ? $"{what}; templates left: {number}" : changed ? what : $"{what}, as it was");
    }
}
