using System.Text.Json;

namespace FaceVault.Benchmarks.Peers;

/// <summary>A line of the report: nanoseconds a comparison, median with its 10–90 % range, and how many times as fast FaceVault was in the same rounds.</summary>
internal sealed record PeerRow(
    string Engine, string Mode, TemplateEncoding Encoding, int Dimensions, int Templates, int Probes, int Threads,
    double NsPerComparison, double Low, double High, string Checked, double? Ratio, double RatioLow, double RatioHigh)
{
    public static PeerRow Of(Peer peer, DataSet data, int probes, int threads, Rounds rounds, string checkedAs)
    {
        double[] ns = [.. rounds.Theirs.Select(s => s * 1e9 / ((double)data.Count * probes)).Order()];
        double[] ratios = rounds.Ratios;
        return new PeerRow(
            peer.Engine, peer.Mode, peer.Encoding, data.Dimensions, data.Count, probes, threads,
            Rounds.Quantile(ns, 0.5), Rounds.Quantile(ns, 0.1), Rounds.Quantile(ns, 0.9), checkedAs,
            ratios.Length > 0 ? Rounds.Quantile(ratios, 0.5) : null, ratios.Length > 0 ? Rounds.Quantile(ratios, 0.1) : 0, ratios.Length > 0 ? Rounds.Quantile(ratios, 0.9) : 0);
    }

    /// <summary>A peak of the machine itself that varied by more than a tenth: others were at work.</summary>
    public bool IsUnstable => Engine is "fma" or "vnni" && High - Low > 0.1 * NsPerComparison;

    public string EncodingName => Encoding == TemplateEncoding.Int8 ? "int8" : "float32";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("engine", Engine);
        json.WriteString("mode", Mode);
        json.WriteString("encoding", EncodingName);
        json.WriteNumber("dimensions", Dimensions);
        json.WriteNumber("templates", Templates);
        json.WriteNumber("probes", Probes);
        json.WriteNumber("threads", Threads);
        json.WriteNumber("nsPerComparison", Math.Round(NsPerComparison, 4));
        json.WriteNumber("low", Math.Round(Low, 4));
        json.WriteNumber("high", Math.Round(High, 4));
        json.WriteString("checked", IsUnstable ? Checked + ", unstable" : Checked);
        if (Ratio is { } ratio)
        {
            json.WriteNumber("timesFacevault", Math.Round(ratio, 4));
            json.WriteNumber("timesFacevaultLow", Math.Round(RatioLow, 4));
            json.WriteNumber("timesFacevaultHigh", Math.Round(RatioHigh, 4));
        }

        json.WriteEndObject();
    }
}
