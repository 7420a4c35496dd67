using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FaceVault.Benchmarks.Peers;

/// <summary><c>peers</c>: FaceVault beside FAISS, USearch, OpenBLAS, a twin in C++, what a .NET developer writes, and the limits of the machine, in one run over one data set. What is absent is told with the command that installs it.</summary>
internal sealed class PeersCommand(PeerOptions options, DataSet data)
{
    private readonly List<PeerRow> rows = [];
    private readonly SortedDictionary<string, string> remarks = [];
    private readonly Reference reference = new(data);

    public static int Run(string[] arguments)
    {
        PeerOptions options;
        try
        {
            options = PeerOptions.Parse(arguments);
        }
        catch (FormatException wrong)
        {
            Console.Error.WriteLine($"{wrong.Message}\n{PeerOptions.Usage}");
            return 2;
        }

        FigureTable.Note($"{options.Templates:N0} templates x {options.Dimensions}");
        using var data = new DataSet(options.Templates, options.Dimensions);
        return new PeersCommand(options, data).Run();
    }

    private int Run()
    {
        foreach (TemplateEncoding encoding in (TemplateEncoding[])[TemplateEncoding.Float32, TemplateEncoding.Int8])
            foreach (GalleryMode mode in (GalleryMode[])[GalleryMode.Open, GalleryMode.Sealed])
                Run(encoding, mode);
        Print();
        Save();
        return 0;
    }

    private void Run(TemplateEncoding encoding, GalleryMode mode)
    {
        (string Engine, Func<Peer> Make)[] contestants = [.. Contestants(encoding, mode).Where(c => options.Only.Count == 0 || options.Only.Contains(c.Engine))];
        if (contestants.Length == 0)
            return;
        using var ours = new FaceVaultPeer(data, encoding, mode, [.. options.Probes.Append(1).Distinct()], options.Threads);
        remarks[ours.Engine] = ours.Remark;
        var own = options.Probes.ToDictionary(p => p, _ => new List<double>());
        foreach ((string engine, Func<Peer> make) in contestants)
            Against(ours, engine, make, own);
        foreach (int probes in options.Probes)
        {
            if (own[probes].Count == 0)
                own[probes].AddRange(Rounds.Measure(ours, ours, probes, Math.Min(5, options.Rounds)).Theirs);
            rows.Add(PeerRow.Of(ours, data, probes, options.Threads, new Rounds([], own[probes]), Check(ours, probes)));
        }
    }

    private IEnumerable<(string Engine, Func<Peer> Make)> Contestants(TemplateEncoding encoding, GalleryMode mode)
    {
        int threads = options.Threads;
        if (mode == GalleryMode.Sealed)
        {
            yield return ("sodium-open", () => new SodiumLimit(data, encoding, threads));
            yield break;
        }

        yield return ("read", () => new ReadLimit(data, encoding, threads));
        yield return (encoding == TemplateEncoding.Int8 ? "vnni" : "fma", () => new PeakLimit(data, encoding, threads));
        if (encoding == TemplateEncoding.Int8)
        {
            yield return ("faiss-sq8", () => new FaissPeer(data, "faiss-sq8", threads));
            yield break;
        }

        yield return ("cpp-twin", () => new TwinPeer(data, threads));
        yield return ("sgemm", () => new SgemmPeer(data, threads));
        yield return ("faiss-flat", () => new FaissPeer(data, "faiss-flat", threads));
        yield return ("usearch", () => new UsearchPeer(data, threads));
        yield return ("tensorprimitives", () => new TensorPeer(data));
        yield return ("decrypt-per-call", () => new DecryptPeer(data));
        yield return ("hnsw", () => new FaissPeer(data, "hnsw", threads));
    }

    private void Against(FaceVaultPeer ours, string engine, Func<Peer> make, Dictionary<int, List<double>> own)
    {
        try
        {
            FigureTable.Note($"{engine}, {ours.Encoding}");
            using Peer peer = make();
            if (peer.Remark is { } remark)
                remarks[engine] = remark;
            foreach (int probes in peer.IsSlow || engine is "read" or "sodium-open" ? [1] : options.Probes)
            {
                string checkedAs = Check(peer, probes);
                Check(ours, probes);
                Rounds rounds = Rounds.Measure(ours, peer, probes, options.Rounds);
                rows.Add(PeerRow.Of(peer, data, probes, options.Threads, rounds, checkedAs));
                if (own.TryGetValue(probes, out List<double>? mine))
                    mine.AddRange(rounds.Ours);
            }
        }
        catch (PeerAbsentException absent)
        {
            remarks[engine] = $"absent ({absent.Message}). To install: {absent.Install}";
        }
    }

    /// <summary>Nothing is timed before its answers are right.</summary>
    private string Check(Peer peer, int probes)
    {
        peer.Search(probes);
        if (peer is Limit)
            return "limit";
        double recall = reference.Recall(peer, probes);
        if (!peer.IsApproximate && recall < 1)
            throw new InvalidOperationException($"{peer.Engine} ({peer.EncodingName()}) found {recall:P1} of what it should; nothing is timed.");
        return peer.IsApproximate ? string.Create(CultureInfo.InvariantCulture, $"recall {recall:F3}") : "exact";
    }

    private void Print()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{data.Count:N0} templates x {data.Dimensions}, top {Peer.Top}, {options.Threads} thread(s); {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}"));
        Console.WriteLine(Machine());
        Console.WriteLine("engine            mode     encoding  probes  ns/comparison  (10-90 %)            FaceVault is so many times as fast  (10-90 %)      answers");
        foreach (PeerRow row in rows.OrderBy(r => r.Encoding).ThenBy(r => r.Probes).ThenBy(r => r.NsPerComparison))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.Engine,-16}  {row.Mode,-7}  {row.EncodingName,-8}  {row.Probes,6}  {row.NsPerComparison,13:F3}  ({row.Low:F3}-{row.High:F3}){"",6}  {(row.Ratio is { } r ? $"{r,8:F2} ({row.RatioLow:F2}-{row.RatioHigh:F2})" : "")}  {row.Checked}"));
        foreach ((string engine, string remark) in remarks)
            Console.WriteLine($"{engine}: {remark}");
        foreach (PeerRow peak in rows.Where(r => r.IsUnstable))
            Console.WriteLine($"unstable: {peak.Engine} with {peak.Probes} probes varied by more than 10 %; repeat the run on a machine that has nothing else to do");
        Console.WriteLine(".NET 10 offers neither AVX-512 VNNI nor AMX; a native library that uses them may be several times faster on int8.");
    }

    private static string Machine()
    {
        string model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
        string memory = File.ReadLines("/proc/meminfo").First().Split(':')[1].Trim(), pages = File.ReadAllText("/sys/kernel/mm/transparent_hugepage/enabled").Trim();
        return $"{model}; {memory} of memory; transparent huge pages: {pages}, asked for by every contestant that maps its own memory";
    }

    private void Save()
    {
        if (options.Json is { } file)
        {
            using FileStream stream = File.Create(file);
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartArray();
            foreach (PeerRow row in rows)
                row.Write(json);
            json.WriteEndArray();
        }

        if (options.Svg is { } chart)
            File.WriteAllText(chart, PeerChart.Draw(rows));
    }
}
