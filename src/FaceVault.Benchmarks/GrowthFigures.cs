using System.Diagnostics;
using FaceVault.Commits;
using FaceVault.Ledger;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary>What costs more as a vault grows from 1,000 consents tenfold: a commit, opening, a proof, an audit.</summary>
internal sealed class GrowthFigures(FigureTable table, string parent, int most)
{
    public async Task MeasureAsync()
    {
        using var synthetic = new SyntheticVault(parent);
        for (int size = 1000; size <= most; size *= 10)
        {
            Note(Text($"growing to {size:N0} consents"));
            await synthetic.GrantAsync(size - synthetic.People);
            await OpenAsync(synthetic, size);
            await CommitAsync(synthetic, size);
            Prove(synthetic.Vault.Engine, size);
            await AuditAsync(synthetic, size);
        }
    }

    /// <summary>Opens the vault of a folder in this process, which does nothing else, and prints seconds and the most memory it had.</summary>
    public static async Task<int> OpenOnceAsync(string folder)
    {
        using Vault vault = SyntheticVault.VaultIn(folder, mirrors: 0);
        double seconds = await SecondsAsync(() => vault.OpenAsync());
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(Text($"{seconds:N2} s, at most {self.PeakWorkingSet64 / 1048576.0:N0} MiB in memory"));
        return 0;
    }

    private async Task OpenAsync(SyntheticVault synthetic, int size)
    {
        synthetic.Vault.Dispose();
        string figure = "";
        for (int run = 0; run < 2; run++) // the second finds the files where a running machine has them
        {
            var start = new ProcessStartInfo("dotnet", [typeof(GrowthFigures).Assembly.Location, "open-once", synthetic.Folder]) { UseShellExecute = false, RedirectStandardOutput = true };
            using Process child = Process.Start(start)!;
            figure = (await child.StandardOutput.ReadToEndAsync()).Trim();
            await child.WaitForExitAsync();
        }

        long files = Directory.GetFiles(Path.Combine(synthetic.Folder, "vault")).Sum(f => new FileInfo(f).Length);
        table.Row(Text($"open {size:N0} consents in a fresh process"), Text($"{figure}, {files / 1048576.0:N0} MiB of files"));
        await synthetic.ReopenAsync();
    }

    private async Task CommitAsync(SyntheticVault synthetic, int size)
    {
        const int commits = 60;
        var seconds = new List<double>();
        var written = new List<double>();
        for (int i = 0; i < commits; i++)
        {
            ConsentGrant grant = synthetic.NextGrant();
            long bytes = WrittenBytes();
            seconds.Add(await SecondsAsync(() => synthetic.Vault.GrantConsentAsync(grant)));
            written.Add(WrittenBytes() - bytes);
        }

        table.Row(Text($"one grant, durable, in a vault of {size:N0}"), Text($"{Median(seconds) * 1000:N2} ms, {Median(written) / 1024:N0} KiB written"));
    }

    private void Prove(VaultEngine engine, int size)
    {
        const int proofs = 1000;
        var watch = Stopwatch.StartNew();
        engine.ReadLogAhead();
        using ReadScope view = engine.Read();
        MerkleLog log = view.State.LoadLog(view.Store);
        double read = watch.Elapsed.TotalSeconds;
        long entries = view.Crown.LedgerSize;
        var random = new Random(1);
        watch.Restart();
        for (int i = 0; i < proofs; i++)
            log.ProveInclusion(random.NextInt64(entries), entries);
        table.Row(Text($"one inclusion proof among {entries:N0} ledger entries"), Text($"{watch.Elapsed.TotalMilliseconds / proofs:N4} ms, after reading the ledger once in {read:N2} s"));
    }

    private async Task AuditAsync(SyntheticVault synthetic, int size)
    {
        AuditReport? report = null;
        double seconds = await SecondsAsync(async () => report = await synthetic.Vault.AuditAsync());
        table.Row(Text($"audit of {size:N0} consents"), Text($"{seconds:N1} s, {(report!.IsIntact ? "intact" : "BROKEN")}"));
    }
}
