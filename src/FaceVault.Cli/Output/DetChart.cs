using System.Globalization;
using System.Text;

namespace FaceVault.Cli.Output;

/// <summary>The detection error trade-off curve: false negatives against false positives, both logarithmic, with the chosen threshold.</summary>
internal static class DetChart
{
    private const int Width = 640, Height = 480, Left = 80, Right = 610, Top = 40, Bottom = 410;

    public static string Draw(IReadOnlyList<DetPoint> curve, ThresholdCalibration chosen)
    {
        bool isSearch = chosen.Kind == PurposeKind.Identification;
        double lowX = Decade(1.0 / chosen.FalsePositives.Trials), lowY = Decade(1.0 / chosen.FalseNegatives.Trials);
        double X(double rate) => Left + (1 - Math.Log10(Math.Max(rate, Math.Pow(10, lowX))) / lowX) * (Right - Left);
        double Y(double rate) => Bottom - (1 - Math.Log10(Math.Max(rate, Math.Pow(10, lowY))) / lowY) * (Bottom - Top);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        string title = isSearch ? string.Create(CultureInfo.InvariantCulture, $"1:N, {chosen.SearchedPersons:N0} persons searched") : "1:1";
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"24\">Detection error trade-off, {title}, threshold {chosen.Threshold:0.0000} marked</text>\n");
        for (double decade = lowX; decade <= 0; decade++)
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{X(Math.Pow(10, decade)):F1} {Top}V{Bottom}\" stroke=\"#ddd\"/><text x=\"{X(Math.Pow(10, decade)):F1}\" y=\"{Bottom + 18}\" text-anchor=\"middle\">{Percent(decade)}</text>\n");
        for (double decade = lowY; decade <= 0; decade++)
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(Math.Pow(10, decade)):F1}H{Right}\" stroke=\"#ddd\"/><text x=\"{Left - 8}\" y=\"{Y(Math.Pow(10, decade)) + 4:F1}\" text-anchor=\"end\">{Percent(decade)}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Right) / 2}\" y=\"{Bottom + 44}\" text-anchor=\"middle\">false positives ({(isSearch ? "FPIR" : "FMR")})</text><text x=\"20\" y=\"{(Top + Bottom) / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 20 {(Top + Bottom) / 2})\">false negatives ({(isSearch ? "FNIR" : "FNMR")})</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"#0b6e4f\" stroke-width=\"2\" points=\"{string.Join(' ', curve.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.FalsePositiveRate):F1},{Y(point.FalseNegativeRate):F1}")))}\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(chosen.FalsePositives.Value):F1}\" cy=\"{Y(chosen.FalseNegatives.Value):F1}\" r=\"5\" fill=\"#c1121f\"/>\n");
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The power of ten at or below a rate, -1 or less; rates below it are drawn at the edge.</summary>
    private static double Decade(double rate) => Math.Min(-1, Math.Floor(Math.Log10(rate)));

    private static string Percent(double decade) => Math.Pow(10, decade + 2).ToString("0.#########", CultureInfo.InvariantCulture) + " %";
}
