using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>import</c>: consents and templates of many people at once.</summary>
internal static class ImportCommand
{
    public static Command Create(Common common)
    {
        Option<string> labels = New.Needed("--labels", "CSV", "Table row,identity,image and, where it is known, captured: whose embedding each row is.");
        Option<string> consents = New.Text("--consents", "CSV", "Table of the consents given, by identity.");
        Option<bool> synthetic = new("--synthetic-consents") { Description = "Make consents up, for trials; marks the vault and its certificates." };
        Option<Selection> select = New.Select();
        Option<string> receipts = New.Text("--receipts", "FILE", "Where the receipts of the consents go, NDJSON; those of consents that were there already are given again.");
        return new Command("import", "Grant and enrol in bulk. A second run skips what is there.")
            .OnVault(common).With(common.Purpose, common.Npy, labels, consents, synthetic, common.Model, select, receipts, common.Json).Does(common, async context =>
            {
                if (context.Get(consents) is not null == context.Get(synthetic))
                    throw Messages.ExactlyOneOf("--consents CSV and --synthetic-consents");
                using NpyFile npy = NpyFile.Open(context.Required(common.Npy));
                Labels names = Labels.Read(context.Required(labels), npy);
                using ResultFile? receiptFile = context.Get(receipts) is { } path ? ResultFile.Open(path, context.Terminal) : null;
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    Purpose purpose = await PurposeCommand.FindAsync(vault, context.Required(common.Purpose), context.CancellationToken).ConfigureAwait(false);
                    Func<string, ConsentGrant> grants = Grants(context, context.Get(consents), purpose, names, context.Get(select));
                    IAsyncEnumerable<Enrollment> Items() => Read(npy, names, context.Get(select), grants);
                    await vault.CheckImportAsync(purpose.Id, context.Get(common.Model), Items(), context.CancellationToken).ConfigureAwait(false);
                    long rows = names.Rows(context.Get(select)).LongCount();
                    long started = context.Terminal.Clock.GetTimestamp();
                    ImportResult? result = null;
                    try
                    {
                        result = await ProgressBar.RunAsync(context.Terminal, "Importing", rows, progress =>
                            vault.ImportAsync(purpose.Id, context.Get(common.Model), Items(), progress, context.Get(synthetic), context.CancellationToken)).ConfigureAwait(false);
                    }
                    finally
                    {
                        if (receiptFile is not null)
                            await ImportReceipts.WriteAsync(vault, receiptFile, context, context.Get(receipts)!, names.Groups(context.Get(select)).Select(group => grants(group.Identity).Id), result).ConfigureAwait(false);
                    }
                    double seconds = context.Terminal.Clock.GetElapsedTime(started).TotalSeconds;
                    Print(context, result, seconds);
                }
                return ExitCode.Done;
            });
    }

    private static Func<string, ConsentGrant> Grants(CommandContext context, string? table, Purpose purpose, Labels names, Selection selection)
    {
        if (table is null)
        {
            DateTimeOffset now = context.Terminal.Clock.GetUtcNow();
            return identity => SyntheticConsents.Grant(identity, purpose, now);
        }
        Dictionary<string, ConsentGrant> grants = ConsentTable.Read(table, purpose);
        foreach (long row in names.Rows(selection))
        {
            if (!grants.ContainsKey(names.Identity(row)))
                throw Messages.ConsentsMismatch(table, $"row {row} is of an identity that has no consent there; add the consent or leave the row out");
        }
        return identity => grants[identity];
    }

    private static async IAsyncEnumerable<Enrollment> Read(NpyFile npy, Labels names, Selection selection, Func<string, ConsentGrant> grants)
    {
        foreach ((string identity, IReadOnlyList<long> rows) in names.Groups(selection))
        {
            ConsentGrant grant = grants(identity);
            foreach (long row in rows)
                yield return new Enrollment(grant, npy.ReadRow(row), names.Captured(row));
        }
        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static void Print(CommandContext context, ImportResult result, double seconds)
    {
        double rate = seconds > 0 ? result.Enrolled / seconds : 0;
        context.Say(FormattableString.Invariant(
            $"{result.Granted:N0} consents granted, {result.Enrolled:N0} templates enrolled, {result.Skipped:N0} skipped in {seconds:N2} s ({rate:N0} templates/s)."));
        if (!context.Get(context.Common.Json))
            return;
        using ResultWriter results = context.Results();
        results.Write(json =>
        {
            json.WriteNumber("granted", result.Granted);
            json.WriteNumber("enrolled", result.Enrolled);
            json.WriteNumber("skipped", result.Skipped);
            json.WriteNumber("seconds", Math.Round(seconds, 3));
            json.WriteNumber("templatesPerSecond", Math.Round(rate));
        });
    }
}
