using FaceVault.Interop;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary>Withdrawals of 1, 100 and many consents in one call, with and without a mirror: time, flushes, bytes written.</summary>
internal sealed class DeletionFigures(FigureTable table, string parent, int consents, int most)
{
    public async Task MeasureAsync()
    {
        foreach (int mirrors in (int[])[0, 1])
        {
            Note(Text($"withdrawals with {mirrors} mirror(s)"));
            using var synthetic = new SyntheticVault(parent, mirrors: mirrors);
            await synthetic.ImportAsync(consents + (Runs * most));
            int[] people = [.. Enumerable.Range(0, synthetic.People)];
            new Random(1).Shuffle(people);
            int next = 0;
            foreach ((int count, int runs) in ((int, int)[])[(1, 60), (100, 7), (most, Runs)])
            {
                var seconds = new List<double>();
                var flushes = new List<double>();
                var bytes = new List<double>();
                int warmUp = count == 1 ? 60 : 0; // until its code is compiled for good
                for (int run = -warmUp; run < runs && next + count <= people.Length; run++)
                {
                    ConsentId[] chosen = [.. people.AsSpan(next, count).ToArray().Select(SyntheticVault.Consent)];
                    next += count;
                    (long flushed, long written) = (synthetic.Vault.Flushes + Posix.Flushes, WrittenBytes());
                    double took = await SecondsAsync(() => synthetic.Vault.WithdrawConsentsAsync(chosen));
                    if (run < 0)
                        continue;
                    seconds.Add(took);
                    flushes.Add(synthetic.Vault.Flushes + Posix.Flushes - flushed);
                    bytes.Add(WrittenBytes() - written);
                }

                table.Row(Text($"withdraw {count:N0} of {consents:N0}, {(mirrors == 0 ? "no mirror" : "one mirror")}"),
                    Text($"{Median(seconds) * 1000:N1} ms, {Median(flushes):N0} flushes, {Median(bytes) / 1024:N0} KiB written"));
            }
        }
    }
}
