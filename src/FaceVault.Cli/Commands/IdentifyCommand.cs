using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>identify</c>: who are these faces?</summary>
internal static class IdentifyCommand
{
    public static Command Create(Common common)
    {
        Option<string> labels = New.Text("--labels", "CSV", "Table row,identity,image: whose embedding each row is; gives the rank-1 figure.");
        Option<Selection> select = New.Select();
        Option<long> top = New.Whole("--top", "K", "Candidates per probe, best first.", byDefault: 5);
        var threshold = new ThresholdOptions(allowRankOnly: true);
        Option<string> mode = New.Text("--mode", "open|sealed", "open: templates are decrypted once into locked memory; sealed: a few at a time, while they are compared. Default: open.");
        Option<long> threads = New.Whole("--threads", "N", "Threads that scan; 0 takes one per core.");
        Option<string> output = New.Text("--out", "FILE", "Where the candidates go instead of standard output, NDJSON.");
        Option<string> summary = New.Text("--summary", "FILE", "Where figures go: probes, comparisons, seconds, rank-1; JSON.");
        return new Command("identify", "Find the best candidates for each probe.")
            .OnVault(common).With(common.Purpose, common.Npy, common.Model, labels, select, top).With([.. threshold.All]).With(mode, threads, output, summary, common.JsonLines).Does(common, async context =>
            {
                Threshold limit = threshold.Read(context);
                long k = context.Get(top);
                if (k is < 1 or > 1000)
                    throw Messages.Usage("--top takes 1 to 1000.");
                long scanners = context.Get(threads);
                if (scanners is < 0 or > 1024)
                    throw Messages.Usage("--threads takes 0 to 1024.");
                GalleryMode kept = context.Get(mode) switch
                {
                    null or "open" => GalleryMode.Open,
                    "sealed" => GalleryMode.Sealed,
                    _ => throw Messages.Usage("--mode takes open or sealed."),
                };
                using NpyFile npy = NpyFile.Open(context.Required(common.Npy));
                Labels? names = context.Get(labels) is { } csv ? Labels.Read(csv, npy) : null;
                Selection selection = context.Get(select);
                if (names is null && selection != Selection.All)
                    throw Messages.SelectionNeedsLabels();
                using ResultFile candidates = ResultFile.Open(context.Get(output) ?? "-", context.Terminal);
                using ResultFile? figures = context.Get(summary) is { } path ? ResultFile.Open(path, context.Terminal) : null;
                Vault vault = await Vaults.OpenAsync(context, configure: options => options.MatchingThreads = scanners == 0 ? options.MatchingThreads : (int)scanners).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    Gallery gallery = await vault.GetGalleryAsync(Ids.Purpose(context.Required(common.Purpose)), context.Get(common.Model), kept, context.CancellationToken).ConfigureAwait(false);
                    using var search = new Search(gallery, npy, (int)k, limit);
                    IdentifySummary total = await ProgressBar.RunAsync(context.Terminal, "Identifying", names?.Count ?? npy.Rows, progress =>
                        search.RunAsync(names, selection, candidates.Writer, progress, context.Terminal.Clock, context.CancellationToken)).ConfigureAwait(false);
                    candidates.Complete();
                    if (figures is not null)
                    {
                        total.Write(figures.Writer);
                        figures.Complete();
                    }
                    context.Say(total.Sentence);
                }
                return ExitCode.Done;
            });
    }
}
