using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>enroll</c> and <c>replace</c>: one template of one consent.</summary>
internal static class EnrollCommands
{
    public static Command Enroll(Common common)
    {
        Option<DateTimeOffset?> captured = Captured();
        return new Command("enroll", "Add a template to a consent.").OnVault(common).With(common.Consent, common.Npy, common.Row, common.Model, captured, common.Json).Does(common, async context =>
        {
            var id = Ids.Consent(context.Required(common.Consent));
            float[] embedding = ReadRow(context);
            Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
                await (context.Get(captured) is { } at
                    ? vault.EnrollAsync(id, context.Get(common.Model), embedding, at, context.CancellationToken)
                    : vault.EnrollAsync(id, context.Get(common.Model), embedding, context.CancellationToken)).ConfigureAwait(false);
            context.Say("1 template enrolled.");
            if (context.Get(common.Json))
            {
                using ResultWriter results = context.Results();
                results.Write(json => json.WriteNumber("enrolled", 1));
            }
            return ExitCode.Done;
        });
    }

    public static Command Replace(Common common)
    {
        Option<DateTimeOffset?> captured = Captured();
        Option<string> certificate = New.Text("--certificate", "FILE", "Where the certificate of the destroyed key goes; standard output when left out.");
        return new Command("replace", "Replace the templates of a consent by one; the old key is destroyed.")
            .OnVault(common).With(common.Consent, common.Npy, common.Row, common.Model, captured, certificate, common.Yes, common.DryRun, common.Json).Does(common, async context =>
            {
                var id = Ids.Consent(context.Required(common.Consent));
                float[] embedding = ReadRow(context);
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    if (context.Get(common.DryRun))
                        return Destruction.DryRun(context, default(DestructionCounts).With(await vault.GetConsentAsync(id, context.CancellationToken).ConfigureAwait(false) ?? throw Messages.ConsentUnknown()));
                    context.Confirm("the key of the consent's present templates is destroyed");
                    string path = context.Get(certificate) ?? "-";
                    using ResultFile file = ResultFile.Open(path, context.Terminal);
                    DeletionCertificate destroyed = await (context.Get(captured) is { } at
                        ? vault.ReplaceTemplatesAsync(id, context.Get(common.Model), [embedding], at, context.CancellationToken)
                        : vault.ReplaceTemplatesAsync(id, context.Get(common.Model), [embedding], context.CancellationToken)).ConfigureAwait(false);
                    Destruction.Write(context, file, path, [destroyed]);
                }
                context.Say("1 template enrolled in place of the old ones, whose key is destroyed.");
                return ExitCode.Done;
            });
    }

    private static Option<DateTimeOffset?> Captured() => New.Time("--captured", "When the face was captured, where that is known: refused before the consent. It is not stored.");

    /// <summary>The row that <c>--npy</c> and <c>--row</c> name.</summary>
    public static float[] ReadRow(CommandContext context)
    {
        using NpyFile npy = NpyFile.Open(context.Required(context.Common.Npy));
        return npy.ReadRow(context.Required(context.Common.Row));
    }
}
