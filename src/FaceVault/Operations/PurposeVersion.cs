using FaceVault.Consents;
using FaceVault.Cryptography;

namespace FaceVault.Operations;

/// <summary>One version of a purpose: what was registered, the models that it admits now, and the thresholds measured for them. Immutable.</summary>
/// <remarks>
/// At rest the registered definition's canonical JSON; of a version that was added, and once models have changed or a threshold was set, behind it a LF and <c>{"added":time,"admitted":[…],"calibrations":[…],"retired":[…]}</c>, models as in the definition; <c>added</c> is left out of the first version, <c>calibrations</c> while there are none. The definition's own
/// bytes, over which the ledger's hash is taken, stay as they are.
/// </remarks>
internal sealed record PurposeVersion
{
    private const string Document = "list of a purpose's models";

    public PurposeVersion(Purpose registered)
        : this(registered, registered.Models, [], [])
    {
    }

    public PurposeVersion(Purpose registered, IReadOnlyList<TemplateModel> admitted, IReadOnlyList<TemplateModel> retired, IReadOnlyList<ThresholdCalibration> calibrations)
    {
        Registered = registered;
        Retired = retired;
        Calibrations = [.. calibrations.Where(calibration => admitted.Contains(calibration.Model))];
        Known = [.. admitted, .. retired];
        Definition = admitted.SequenceEqual(registered.Models) ? registered : registered with { Models = admitted };
    }

    public Purpose Registered { get; }

    /// <summary>C8 (PIPL 14(2)): when it was added, in whole seconds: nobody consented to it before. Null for the first version, whose consents may be older than the vault, and where it was not noted yet.</summary>
    public DateTimeOffset? AddedAt { get; init => field = value is { } time ? DefinitionText.WholeSeconds(time) : null; }

    /// <summary>The definition with the models that are admitted now.</summary>
    public Purpose Definition { get; }

    /// <summary>The first is the current one.</summary>
    public IReadOnlyList<TemplateModel> Admitted => Definition.Models;

    /// <summary>Templates of them are kept and not used.</summary>
    public IReadOnlyList<TemplateModel> Retired { get; }

    /// <summary>The thresholds measured for admitted models, at most one each.</summary>
    public IReadOnlyList<ThresholdCalibration> Calibrations { get; }

    /// <summary>Every model of which a template may be stored.</summary>
    public IReadOnlyList<TemplateModel> Known { get; }

    /// <summary>The threshold of a model. Every search asks, so nothing is allocated.</summary>
    public ThresholdCalibration? CalibrationOf(TemplateModel model)
    {
        for (int i = 0; i < Calibrations.Count; i++)
            if (Calibrations[i].Model == model)
                return Calibrations[i];
        return null;
    }

    /// <summary>The same with a threshold in place of the one that its model had.</summary>
    public PurposeVersion With(ThresholdCalibration calibration) =>
        new(Registered, Admitted, Retired, [.. Calibrations.Where(other => other.Model != calibration.Model), calibration]) { AddedAt = AddedAt };

    public byte[] ToRow()
    {
        byte[] definition = Registered.ToCanonicalJson();
        if (AddedAt is null && ReferenceEquals(Definition, Registered) && Retired.Count == 0 && Calibrations.Count == 0)
            return definition;
        var json = new CanonicalJsonWriter(stackalloc byte[1024]);
        try
        {
            json.Raw("\n{"u8);
            if (AddedAt is { } added)
            {
                json.Raw("\"added\":"u8);
                json.Time(added);
                json.Raw(","u8);
            }

            json.Raw("\"admitted\":"u8);
            Purpose.WriteModels(ref json, Admitted);
            for (int i = 0; i < Calibrations.Count; i++)
            {
                json.Raw(i == 0 ? ",\"calibrations\":["u8 : ","u8);
                Calibrations[i].Write(ref json);
            }

            json.Raw(Calibrations.Count == 0 ? ",\"retired\":"u8 : "],\"retired\":"u8);
            Purpose.WriteModels(ref json, Retired);
            json.Raw("}"u8);
            return [.. definition, .. json.Written];
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>Reads what <see cref="ToRow"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static PurposeVersion FromRow(ReadOnlySpan<byte> row)
    {
        int line = row.IndexOf((byte)'\n');
        if (line < 0)
            return new PurposeVersion(Purpose.FromJson(row));
        StrictJson json = StrictJson.Root(row[(line + 1)..], Document, ["added", "admitted", "calibrations", "retired"]);
        TemplateModel[] admitted = Purpose.ReadModels(json, "admitted", []);
        ThresholdCalibration[] calibrations = [.. (json.ObjectArray("calibrations", ThresholdCalibration.Members) ?? []).Select(item => ThresholdCalibration.Read(item, admitted))];
        if (calibrations.DistinctBy(calibration => calibration.Model).Count() != calibrations.Length)
            throw json.Refuse("calibrations", "must be of different models");
        return new PurposeVersion(Purpose.FromJson(row[..line]), admitted, Purpose.ReadModels(json, "retired", []), calibrations) { AddedAt = json.Time("added") is var added && added != default ? added : null };
    }
}
