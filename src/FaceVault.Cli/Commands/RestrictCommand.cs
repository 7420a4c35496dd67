using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>restrict</c>: everything but storage stops, on request.</summary>
internal static class RestrictCommand
{
    public static Command Create(Common common)
    {
        Option<string> reason = New.Text("--reason", "TEXT", "Reference or reason of the request; it is kept sealed with the consent.");
        Option<RequesterRole> role = RoleOption.Create();
        return new Command("restrict", "Restrict a consent: its templates are kept and never used again. Only a new consent opens the way to use.")
            .OnVault(common).With(common.Consent, reason, role, common.Yes, common.Json).Does(common, async context =>
            {
                var id = Ids.Consent(context.Required(common.Consent));
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    if (await vault.GetConsentAsync(id, context.CancellationToken).ConfigureAwait(false) is null)
                        throw Messages.ConsentUnknown();
                    context.Confirm("the templates of the consent are kept and never used again");
                    bool restricted = await vault.RestrictConsentAsync(id, context.Get(reason), context.Get(role), context.CancellationToken).ConfigureAwait(false);
                    if (context.Get(common.Json))
                    {
                        using ResultWriter results = context.Results();
                        results.Write(json => json.WriteBoolean("restricted", restricted));
                    }
                    else
                    {
                        context.Terminal.Out.WriteLine(restricted ? "restricted" : "restricted before");
                    }
                }
                return ExitCode.Done;
            });
    }
}
