using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>erase</c>: everything of one subject, on a right or an order.</summary>
internal static class EraseCommand
{
    public static Command Create(Common common)
    {
        Option<string> subject = New.Needed("--subject", "ID", "Subject whose consents are all erased.");
        Option<string> order = New.Text("--order", "REF", "Reference of the order or request; it is kept sealed with the consents.");
        return new Command("erase", "Erase a subject: destroy the keys of all of its consents and issue a certificate for each.")
            .OnVault(common).With(subject, order, common.Certificate, common.Yes, common.DryRun, common.Json).Does(common, async context =>
            {
                var id = new SubjectId(context.Required(subject));
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    IReadOnlyList<ConsentInfo> consents = await vault.FindConsentsAsync(id, context.CancellationToken).ConfigureAwait(false);
                    if (consents.Count == 0)
                        throw Messages.SubjectUnknown();
                    if (context.Get(common.DryRun))
                        return Destruction.DryRun(context, consents.Aggregate(default(DestructionCounts), (counts, consent) => counts.With(consent)));
                    return await Destruction.RunAsync(context, $"the keys of {Count.Of(consents.Count, "consent")} of one subject and so their templates are destroyed", consents.Count,
                        _ => vault.EraseSubjectAsync(id, context.Get(order), context.CancellationToken)).ConfigureAwait(false);
                }
            });
    }
}
