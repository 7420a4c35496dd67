using System.Globalization;
using System.Text;

namespace FaceVault.Benchmarks.Peers;

/// <summary>Comparisons a second against the size of the batch, both logarithmic, a line for each engine and encoding; limits are dashed.</summary>
internal static class PeerChart
{
    private const int Width = 860, Height = 520, Left = 70, Top = 40, Plot = 560, Bottom = 450;
    private static readonly string[] Limits = ["read", "fma", "vnni", "sodium-open"];
    private static readonly string[] Colours = ["#0b6e4f", "#c1121f", "#1d3557", "#e09f3e", "#7b2cbf", "#118ab2", "#6c757d", "#ef476f", "#3a5a40", "#9c6644", "#000000", "#577590", "#bc6c25"];

    public static string Draw(IReadOnlyList<PeerRow> rows)
    {
        double lowest = rows.Min(r => 1e9 / r.NsPerComparison), highest = rows.Max(r => 1e9 / r.NsPerComparison), most = Math.Max(2, rows.Max(r => r.Probes));
        double low = Math.Floor(Math.Log10(lowest)), high = Math.Ceiling(Math.Log10(highest));
        double X(double probes) => Left + Math.Log(probes) / Math.Log(most) * Plot;
        double Y(double rate) => Bottom - (Math.Log10(rate) - low) / (high - low) * (Bottom - Top);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        for (double decade = low; decade <= high; decade++)
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(Math.Pow(10, decade)):F1}h{Plot}\" stroke=\"#ddd\"/><text x=\"{Left - 8}\" y=\"{Y(Math.Pow(10, decade)) + 4:F1}\" text-anchor=\"end\">10^{decade:F0}</text>\n");
        foreach (int probes in rows.Select(r => r.Probes).Distinct().Order())
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(probes):F1}\" y=\"{Bottom + 18}\" text-anchor=\"middle\">{probes}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + Plot / 2}\" y=\"{Bottom + 40}\" text-anchor=\"middle\">probes in a batch</text><text x=\"{Left}\" y=\"20\">comparisons a second, {rows[0].Templates:N0} templates x {rows[0].Dimensions}, {rows[0].Threads} thread(s)</text>\n");
        int line = 0;
        foreach (IGrouping<string, PeerRow> series in rows.GroupBy(r => $"{r.Engine} {r.EncodingName}"))
        {
            string colour = Colours[line % Colours.Length], dash = Limits.Contains(series.First().Engine) ? " stroke-dasharray=\"5 4\"" : "";
            (double X, double Y)[] points = [.. series.OrderBy(r => r.Probes).Select(r => (X(r.Probes), Y(1e9 / r.NsPerComparison)))];
            svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash} points=\"{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:F1},{p.Y:F1}")))}\"/>\n");
            foreach ((double x, double y) in points)
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"3\" fill=\"{colour}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left + Plot + 30} {Top + 18 * line - 4}h20\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/><text x=\"{Left + Plot + 56}\" y=\"{Top + 18 * line}\">{series.Key}</text>\n");
            line++;
        }

        return svg.Append("</svg>\n").ToString();
    }
}
