using System.CommandLine;
using System.Text.Json;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>status</c>: counts, sizes, places, warnings. What is owed is listed and no failure.</summary>
internal static class StatusCommand
{
    public static Command Create(Common common) =>
        new Command("status", "Print counts, sizes, places and warnings; works beside a running writer.").OnVault(common).With(common.Json).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                VaultStatus status = await vault.GetStatusAsync(context.CancellationToken).ConfigureAwait(false);
                string folder = Vaults.Folder(context);
                long keys = SizeOf(folder, "keys.db"), templates = SizeOf(folder, "templates.db");
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json => Write(json, status, keys, templates));
                }
                else
                {
                    Write(context.Terminal.Out, status, keys, templates);
                }
            }
            return ExitCode.Done;
        });

    private static void Write(Utf8JsonWriter json, VaultStatus status, long keys, long templates)
    {
        json.WriteString("vault", status.VaultId);
        json.WriteString("origin", status.Origin);
        json.WriteNumber("epoch", status.Epoch);
        json.WriteNumber("commit", status.Commit);
        json.WriteNumber("ledgerSize", status.LedgerSize);
        json.WriteNumber("consents", status.Consents);
        json.WriteNumber("slots", status.Slots);
        json.WriteNumber("purposes", status.Purposes);
        json.WriteNumber("owed", status.Owed);
        json.WriteNumber("held", status.Held);
        json.WriteNumber("restricted", status.Restricted);
        json.WriteBoolean("degraded", status.IsDegraded);
        json.WriteBoolean("stagedKey", status.HasStagedKey);
        json.WriteNumber("headLag", status.HeadLag);
        json.WriteNumber("keyStoreBytes", keys);
        json.WriteNumber("templateStoreBytes", templates);
        json.WriteNumber("lockedBytes", status.LockedBytes);
        json.WriteNumber("unlockedBytes", status.UnlockedBytes);
        json.WriteStartArray("places");
        foreach (PlaceStatus place in status.Places)
        {
            json.WriteStartObject();
            PlaceOutput.Write(json, place);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStrings("warnings", status.Warnings);
    }

    private static void Write(TextWriter output, VaultStatus status, long keys, long templates)
    {
        output.WriteLine($"vault: {status.VaultId}");
        output.WriteLine($"origin: {status.Origin}");
        output.WriteLine($"epoch: {status.Epoch}, commit {status.Commit}");
        output.WriteLine($"ledger: {status.LedgerSize} entries");
        output.WriteLine($"consents: {status.Consents} living, {status.Slots} ever");
        output.WriteLine($"purposes: {status.Purposes}");
        output.WriteLine(FormattableString.Invariant($"sizes: keys.db {keys:N0} bytes, templates.db {templates:N0} bytes"));
        output.WriteLine($"destructions owed: {status.Owed}");
        output.WriteLine($"under a legal hold: {status.Held}");
        output.WriteLine($"restricted, kept and not used: {status.Restricted}");
        if (status.HasStagedKey)
            output.WriteLine("a root key is staged: a destroying commit has not come to its end");
        if (status.HeadLag > 0)
            output.WriteLine($"the recorded head lies {status.HeadLag} commits behind");
        foreach (PlaceStatus place in status.Places)
            PlaceOutput.Write(output, place);
        foreach (string warning in status.Warnings)
            output.WriteLine($"warning: {warning}");
    }

    /// <summary>The size of a store's file with its log, without opening either.</summary>
    private static long SizeOf(string folder, string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        var log = new FileInfo(file.FullName + "-wal");
        return (file.Exists ? file.Length : 0) + (log.Exists ? log.Length : 0);
    }
}
