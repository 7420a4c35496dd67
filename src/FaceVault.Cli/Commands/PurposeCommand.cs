using System.CommandLine;
using System.Text;
using System.Text.Json;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>purpose template|add|show|list|retire|admit-model|retire-model</c>: what faces are processed for.</summary>
internal static class PurposeCommand
{
    public static Command Create(Common common) => new("purpose", "What faces are processed for: reviewed JSON definitions, in versions.")
    {
        Template(common),
        Add(common),
        Show(common),
        List(common),
        PurposeChanges.Retire(common),
        PurposeChanges.AdmitModel(common),
        PurposeChanges.RetireModel(common),
    };

    /// <summary>The newest version of a purpose.</summary>
    public static async Task<Purpose> FindAsync(Vault vault, string id, CancellationToken cancellationToken) =>
        (await FindInfoAsync(vault, id, cancellationToken).ConfigureAwait(false)).Definition;

    private static Command Template(Common common) => new Command("template", "Print a purpose definition to start from.").Does(common, context =>
    {
        context.Terminal.Out.Write(Purpose.Template.ReplaceLineEndings("\n"));
        return Task.FromResult(ExitCode.Done);
    });

    private static Command Add(Common common)
    {
        Argument<string> file = new("FILE") { Description = "Definition, JSON; - is standard input." };
        Option<bool> newVersion = new("--new-version") { Description = "Register a changed definition as the next version; consents to earlier versions do not open it." };
        return new Command("add", "Register a purpose. The same definition again changes nothing.").OnVault(common).Taking(file).With(newVersion, common.Json).Does(common, async context =>
        {
            Purpose purpose = Purpose.FromJson(TextFile.Read(context.Required(file), context.Terminal));
            Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                bool added = true;
                if (context.Get(newVersion))
                {
                    int left = await vault.AddPurposeVersionAsync(purpose, context.CancellationToken).ConfigureAwait(false);
                    context.Say($"{left:N0} consents belong to earlier versions and do not open this one.");
                }
                else
                {
                    added = await vault.EnsurePurposeAsync(purpose, context.CancellationToken).ConfigureAwait(false);
                }
                PurposeInfo info = await FindInfoAsync(vault, purpose.Id.Value, context.CancellationToken).ConfigureAwait(false);
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json =>
                    {
                        json.WriteString("id", info.Definition.Id.Value);
                        json.WriteNumber("version", info.Version);
                        json.WriteBoolean("added", added);
                    });
                }
                else
                {
                    context.Terminal.Out.WriteLine($"{info.Definition.Id.Value} version {info.Version}{(added ? "" : ", as it was")}");
                }
            }
            return ExitCode.Done;
        });
    }

    private static Command Show(Common common)
    {
        Argument<string> id = new("ID") { Description = "Purpose id." };
        return new Command("show", "Print the newest definition of a purpose.").OnVault(common).Taking(id).With(common.Json).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                PurposeInfo info = await FindInfoAsync(vault, context.Required(id), context.CancellationToken).ConfigureAwait(false);
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    Write(results, info);
                }
                else
                {
                    using JsonDocument definition = JsonDocument.Parse(info.Definition.ToCanonicalJson());
                    using var indented = new MemoryStream();
                    using (var json = new Utf8JsonWriter(indented, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
                        definition.WriteTo(json);
                    context.Terminal.Out.WriteLine(Encoding.UTF8.GetString(indented.GetBuffer().AsSpan(0, (int)indented.Length)).ReplaceLineEndings("\n"));
                }
            }
            return ExitCode.Done;
        });
    }

    private static Command List(Common common) => new Command("list", "List the purposes, newest version of each.").OnVault(common).With(common.JsonLines).Does(common, async context =>
    {
        Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
        await using (vault.ConfigureAwait(false))
        {
            using ResultWriter results = context.Results();
            foreach (PurposeInfo info in Newest(await vault.ListPurposesAsync(context.CancellationToken).ConfigureAwait(false)))
                Write(results, info);
        }
        return ExitCode.Done;
    });

    private static void Write(ResultWriter results, PurposeInfo info) => results.Write(json =>
    {
        json.WriteString("id", info.Definition.Id.Value);
        json.WriteNumber("version", info.Version);
        json.WriteNumber("consents", info.Consents);
        json.WriteBoolean("rotated", info.IsRotated);
        json.WriteStrings("retiredModels", info.RetiredModels.Select(model => model.Name));
        json.WriteStartArray("calibrations");
        foreach (ThresholdCalibration calibration in info.Calibrations)
        {
            json.WriteStartObject();
            CalibrationOutput.Write(json, calibration);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WritePropertyName("definition");
        json.WriteRawValue(info.Definition.ToCanonicalJson());
    });

    private static async Task<PurposeInfo> FindInfoAsync(Vault vault, string id, CancellationToken cancellationToken)
    {
        var wanted = Ids.Purpose(id);
        return Newest(await vault.ListPurposesAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(info => info.Definition.Id == wanted) ?? throw Messages.PurposeUnknown();
    }

    private static IEnumerable<PurposeInfo> Newest(IEnumerable<PurposeInfo> purposes) =>
        purposes.GroupBy(info => info.Definition.Id.Value, StringComparer.Ordinal).Select(versions => versions.MaxBy(info => info.Version)!);
}
