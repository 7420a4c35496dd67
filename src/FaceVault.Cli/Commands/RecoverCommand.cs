using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>recover</c>: an older key store is accepted as it is, when no mirror and no newer copy is left.</summary>
internal static class RecoverCommand
{
    public static Command Create(Common common)
    {
        Option<bool> accept = new("--accept-loss") { Description = "Say that what was answered since this store was current may be lost.", Required = true };
        return new Command("recover", "Open a key store that is older than the root key's record of it, or has none. The last resort: restore from a mirror where there is one.")
            .OnVault(common).With(accept, common.Yes, common.Json).Does(common, async context =>
            {
                if (!context.Get(accept))
                    throw Messages.Usage("--accept-loss must be said: what was answered since this store was current is lost.");
                context.Confirm("what was answered since this key store was current is lost, withdrawals and holds too");
                AcceptedLoss loss = await Vault.AcceptLossAsync(Vaults.Options(context, VaultAccess.ReadWrite), context.CancellationToken).ConfigureAwait(false);
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json =>
                    {
                        Write("commits", loss.Commits);
                        Write("consents", loss.Consents);
                        Write("ledgerEntries", loss.LedgerEntries);
                        json.WriteBoolean("signingKeyChanged", true);
                        json.WriteString("verifierKey", loss.VerifierKey.ToString());

                        void Write(string name, long? count)
                        {
                            if (count is { } known)
                                json.WriteNumber(name, known);
                            else
                                json.WriteNull(name);
                        }
                    });
                }
                else
                {
                    context.Terminal.Out.WriteLine($"commits lost: {Known(loss.Commits)}");
                    context.Terminal.Out.WriteLine($"consents granted by them: {Known(loss.Consents)}");
                    context.Terminal.Out.WriteLine($"ledger entries lost: {Known(loss.LedgerEntries)}");
                    context.Terminal.Out.WriteLine($"verifier key: {loss.VerifierKey} (new)");
                }
                context.Say("The vault opens again. Withdrawals, holds and grants that were answered since are undone: do them again.");
                context.Say("It signs with a new key. Publish it; certificates that were handed out before are checked with the former one.");
                return ExitCode.Done;
            });
    }

    private static string Known(long? count) => count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown, no head could be read";
}
