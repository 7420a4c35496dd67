using System.Text.Json;

namespace FaceVault.Cli.Output;

/// <summary>A calibration as JSON members.</summary>
internal static class CalibrationOutput
{
    public static void Write(Utf8JsonWriter json, ThresholdCalibration calibration)
    {
        json.WriteString("kind", calibration.Kind == PurposeKind.Identification ? "identification" : "verification");
        json.WriteString("model", calibration.Model.Name);
        json.WriteNumber("threshold", calibration.Threshold);
        json.WriteNumber("wanted", calibration.WantedRate);
        Write(json, "falsePositives", calibration.FalsePositives);
        Write(json, "falseNegatives", calibration.FalseNegatives);
        if (calibration.Kind == PurposeKind.Identification)
        {
            json.WriteStartObject("gallery");
            json.WriteNumber("persons", calibration.LargestGallery);
            json.WriteNumber("templates", calibration.LargestGalleryTemplates);
            json.WriteNumber("searched", calibration.SearchedPersons);
            json.WriteEndObject();
        }
        json.WriteTime("measured", calibration.MeasuredAt);
    }

    private static void Write(Utf8JsonWriter json, string name, ErrorRate rate)
    {
        json.WriteStartObject(name);
        json.WriteNumber("rate", rate.Value);
        json.WriteNumber("lower", rate.Lower);
        json.WriteNumber("upper", rate.Upper);
        json.WriteNumber("errors", rate.Errors);
        json.WriteNumber("trials", rate.Trials);
        json.WriteNumber("persons", rate.Persons);
        json.WriteEndObject();
    }
}
