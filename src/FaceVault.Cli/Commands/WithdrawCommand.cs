using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>withdraw</c>: the keys of consents are destroyed, a certificate for each.</summary>
internal static class WithdrawCommand
{
    public static Command Create(Common common)
    {
        Option<string[]> consents = New.Repeated("--consent", "ID", "Consent to withdraw.");
        Option<string> list = New.Text("--consents", "FILE", "File with one consent id a line; - is standard input.");
        Option<RequesterRole> role = RoleOption.Create();
        return new Command("withdraw", "Withdraw consents: destroy their keys and issue a certificate for each.")
            .OnVault(common).With(consents, list, role, common.Certificate, common.Yes, common.DryRun, common.Json).Does(common, async context =>
            {
                string[] given = context.Get(consents) ?? [];
                if (given.Length > 0 == context.Get(list) is not null)
                    throw Messages.ExactlyOneOf("--consent ID and --consents FILE");
                IReadOnlyList<string> texts = given.Length > 0 ? [.. given.Distinct(StringComparer.Ordinal)] : TextFile.ReadIds(context.Get(list)!, context.Terminal);
                ConsentId[] ids = [.. texts.Select(text => Ids.Consent(text))];
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    IReadOnlyList<ConsentInfo> known = await FindAsync(vault, ids, !context.Get(common.DryRun), context.CancellationToken).ConfigureAwait(false);
                    if (context.Get(common.DryRun))
                        return Destruction.DryRun(context, known.Aggregate(default(DestructionCounts), (counts, consent) => counts.With(consent)));
                    return await Destruction.RunAsync(context, $"the keys of {Count.Of(ids.Length, "consent")} and so their templates are destroyed", ids.Length, Destruction.RecipientsOf(known),
                        progress => vault.WithdrawConsentsAsync(ids, progress, context.Get(role), context.CancellationToken)).ConfigureAwait(false);
                }
            });
    }

    /// <summary>What is known of the consents; a damaged record keeps nobody from withdrawing.</summary>
    private static async Task<IReadOnlyList<ConsentInfo>> FindAsync(Vault vault, ConsentId[] ids, bool skipDamaged, CancellationToken cancellationToken)
    {
        var found = new List<ConsentInfo>(ids.Length);
        foreach (ConsentId id in ids)
        {
            try
            {
                found.Add(await vault.GetConsentAsync(id, cancellationToken).ConfigureAwait(false) ?? throw Messages.ConsentUnknown());
            }
            catch (VaultException damaged) when (skipDamaged && damaged.Code is (VaultErrorCode.IntegrityViolated or VaultErrorCode.StoreDamaged))
            {
                // what it says cannot be told; it is stopped and destroyed all the same
            }
        }
        return found;
    }
}
