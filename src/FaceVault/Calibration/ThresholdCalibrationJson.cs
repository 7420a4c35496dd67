using System.Globalization;
using FaceVault.Consents;
using FaceVault.Cryptography;

namespace FaceVault;

/// <content>How a calibration stands in the sealed row of its purpose (docs/formats.md).</content>
public sealed partial record ThresholdCalibration
{
    private const double Billion = 1e9;

    /// <summary>The members, for who reads a list of calibrations.</summary>
    internal static readonly string[] Members = ["falseNegatives", "falsePositives", "gallery", "kind", "measured", "model", "threshold", "wanted"];

    /// <summary>Canonical JSON: rates are whole numbers of 10⁻⁹, the threshold is the shortest text that reads as the same float32.</summary>
    internal void Write(ref CanonicalJsonWriter json)
    {
        json.Raw("{\"falseNegatives\":"u8);
        WriteRate(ref json, FalseNegatives);
        json.Raw(",\"falsePositives\":"u8);
        WriteRate(ref json, FalsePositives);
        if (Kind == PurposeKind.Identification)
        {
            json.Raw(",\"gallery\":{\"persons\":"u8);
            json.Integer(LargestGallery);
            json.Raw(",\"searched\":"u8);
            json.Integer(SearchedPersons);
            json.Raw(",\"templates\":"u8);
            json.Integer(LargestGalleryTemplates);
            json.Raw("}"u8);
        }

        json.Raw(Kind == PurposeKind.Identification ? ",\"kind\":\"identification\",\"measured\":"u8 : ",\"kind\":\"verification\",\"measured\":"u8);
        json.Time(MeasuredAt);
        json.Raw(",\"model\":"u8);
        json.Text(Model.Name);
        json.Raw(",\"threshold\":"u8);
        json.Text(Text(Threshold));
        json.Raw(",\"wanted\":"u8);
        json.Integer((long)Math.Round(WantedRate * Billion));
        json.Raw("}"u8);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="json">The object.</param>
    /// <param name="models">The models that the purpose admits.</param>
    /// <exception cref="FormatException">It is something else, or of another model.</exception>
    internal static ThresholdCalibration Read(StrictJson json, IReadOnlyList<TemplateModel> models)
    {
        string? name = json.NonEmptyText("model", TemplateModel.MaxNameLength);
        TemplateModel model = models.FirstOrDefault(admitted => admitted.Name == name) ?? throw json.Refuse("model", "must be a model that the purpose admits");
        PurposeKind kind = json.NonEmptyText("kind", 20) switch
        {
            "identification" => PurposeKind.Identification,
            "verification" => PurposeKind.Verification,
            _ => throw json.Refuse("kind", "must be verification or identification"),
        };
        StrictJson? gallery = json.Object("gallery", "persons", "searched", "templates");
        if (gallery is null == (kind == PurposeKind.Identification))
            throw json.Refuse("gallery", "must stand there for identification, and for nothing else");
        DateTimeOffset measured = json.Time("measured");
        return new ThresholdCalibration(model)
        {
            Kind = kind,
            Threshold = ReadThreshold(json),
            WantedRate = Whole(json, "wanted", 1, (long)(LabelledScores.HighestRate * Billion)) / Billion,
            FalsePositives = ReadRate(json, "falsePositives"),
            FalseNegatives = ReadRate(json, "falseNegatives"),
            LargestGallery = gallery is { } g ? (int)Whole(g, "persons", 1, int.MaxValue) : 0,
            SearchedPersons = gallery is { } s ? (int)Whole(s, "searched", 1, int.MaxValue) : 0,
            LargestGalleryTemplates = gallery is { } t ? (int)Whole(t, "templates", 1, int.MaxValue) : 0,
            MeasuredAt = measured != default ? measured : throw json.Refuse("measured", "must be a time"),
        };
    }

    private static string Text(float threshold) => threshold.ToString("R", CultureInfo.InvariantCulture);

    private static float ReadThreshold(StrictJson json)
    {
        string? text = json.NonEmptyText("threshold", 20);
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float threshold) && threshold is >= -1 and <= 1 && Text(threshold) == text
            ? threshold : throw json.Refuse("threshold", "must be a number from -1 to 1 in its shortest spelling");
    }

    private static void WriteRate(ref CanonicalJsonWriter json, ErrorRate rate)
    {
        json.Raw("{\"errors\":"u8);
        json.Integer(rate.Errors);
        json.Raw(",\"lower\":"u8);
        json.Integer((long)Math.Round(rate.Lower * Billion));
        json.Raw(",\"persons\":"u8);
        json.Integer(rate.Persons);
        json.Raw(",\"trials\":"u8);
        json.Integer(rate.Trials);
        json.Raw(",\"upper\":"u8);
        json.Integer((long)Math.Round(rate.Upper * Billion));
        json.Raw("}"u8);
    }

    private static ErrorRate ReadRate(StrictJson json, string name)
    {
        StrictJson rate = json.Object(name, "errors", "lower", "persons", "trials", "upper") ?? throw json.Refuse(name, "must stand there");
        long trials = Whole(rate, "trials", 1, int.MaxValue);
        return new ErrorRate
        {
            Errors = Whole(rate, "errors", 0, trials),
            Trials = trials,
            Persons = (int)Whole(rate, "persons", 1, trials),
            Lower = Whole(rate, "lower", 0, (long)Billion) / Billion,
            Upper = Whole(rate, "upper", 0, (long)Billion) / Billion,
        };
    }

    private static long Whole(StrictJson json, string name, long least, long most) =>
        json.LongInteger(name) is { } value && value >= least && value <= most ? value : throw json.Refuse(name, $"must be a whole number from {least} to {most}");
}
