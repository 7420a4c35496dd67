using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>recover</c>: what only the operator can say is said. An older key store is accepted when no mirror and no newer copy is left; a clock that was set right after it ran ahead is accepted.</summary>
internal static class RecoverCommand
{
    public static Command Create(Common common)
    {
        Option<bool> loss = new("--accept-loss") { Description = "Open a key store that is older than the root key's record of it, or has none: what was answered since this store was current is lost. Restore from a mirror where there is one." };
        Option<bool> clock = new("--accept-clock") { Description = "Say that the clock is right, although it stands before a time that the vault has recorded. The ledger will tell." };
        return new Command("recover", "Say what only you can know, as the last resort: that a loss is accepted, or that the clock is right. Exactly one of the two.")
            .OnVault(common).With(loss, clock, common.Yes, common.Json).Does(common, context =>
                context.Get(loss) == context.Get(clock) ? throw Messages.ExactlyOneOf("--accept-loss and --accept-clock")
                : context.Get(loss) ? AcceptLossAsync(context) : AcceptClockAsync(context));
    }

    private static async Task<int> AcceptLossAsync(CommandContext context)
    {
        context.Confirm("what was answered since this key store was current is lost, withdrawals and holds too");
        AcceptedLoss loss = await Vault.AcceptLossAsync(Vaults.Options(context, VaultAccess.ReadWrite), context.CancellationToken).ConfigureAwait(false);
        if (context.Get(context.Common.Json))
        {
            using ResultWriter results = context.Results();
            results.Write(json => Write(json, loss));
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
    }

    private static async Task<int> AcceptClockAsync(CommandContext context)
    {
        context.Confirm(string.Create(CultureInfo.InvariantCulture, $"the vault goes by this machine's clock, {context.Terminal.Clock.GetUtcNow().UtcDateTime:u}, and the ledger says so for ever"));
        Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
        await using (vault.ConfigureAwait(false))
        {
            long seconds = (long)(await vault.AcceptClockAsync(context.CancellationToken).ConfigureAwait(false)).TotalSeconds;
            if (context.Get(context.Common.Json))
            {
                using ResultWriter results = context.Results();
                results.Write(json => json.WriteNumber("secondsAhead", seconds));
            }
            else
            {
                context.Terminal.Out.WriteLine(seconds == 0 ? "the clock is not behind; nothing was written" : string.Create(CultureInfo.InvariantCulture, $"accepted; what was recorded was {seconds} s ahead"));
            }
        }
        return ExitCode.Done;
    }

    private static void Write(Utf8JsonWriter json, AcceptedLoss loss)
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
    }

    private static string Known(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "unknown, no head could be read";
}
