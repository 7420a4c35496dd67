using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>key</c>, <c>checkpoint</c>, <c>ledger</c>: what a stranger needs to check the vault.</summary>
internal static class LedgerCommands
{
    public static Command Key(Common common) =>
        new Command("key", "Print the verifier key, alone on a line.").OnVault(common).With(common.Json).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
                Print(context, "key", vault.VerifierKey.ToString(), lineEnd: true);
            return ExitCode.Done;
        });

    public static Command Checkpoint(Common common) =>
        new Command("checkpoint", "Print the signed head of the ledger, a note that anyone can keep.").OnVault(common).With(common.Json).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                Checkpoint checkpoint = await vault.GetCheckpointAsync(context.CancellationToken).ConfigureAwait(false);
                Print(context, "checkpoint", checkpoint.ToString(), lineEnd: false);
            }
            return ExitCode.Done;
        });

    public static Command Ledger(Common common)
    {
        Option<long> from = New.Whole("--from", "N", "First entry to list, counted from 0.");
        return new Command("ledger", "List the ledger: index, entry as hashed, leaf hash.").OnVault(common).With(from, common.JsonLines).Does(common, async context =>
        {
            long first = context.Get(from);
            if (first < 0)
                throw Messages.Usage("--from counts from 0.");
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                using ResultWriter results = context.Results();
                await foreach (LedgerLine line in vault.ReadLedgerAsync(first, context.CancellationToken).ConfigureAwait(false))
                {
                    results.Write(json =>
                    {
                        json.WriteNumber("index", line.Index);
                        json.WriteString("entry", line.Entry);
                        json.WriteString("leafHash", line.LeafHash.ToHex());
                    });
                }
            }
            return ExitCode.Done;
        });
    }

    private static void Print(CommandContext context, string member, string value, bool lineEnd)
    {
        if (context.Get(context.Common.Json))
        {
            using ResultWriter results = context.Results();
            results.Write(json => json.WriteString(member, value));
        }
        else
        {
            context.Terminal.Out.Write(lineEnd ? value + "\n" : value);
        }
    }
}
