using System.CommandLine;
using System.Text.Json;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>doctor</c>: whether this machine, and a vault on it, are as they should be. Reads only; exit code 1 when something keeps a vault from working.</summary>
internal static class DoctorCommand
{
    public static Command Create(Common common)
    {
        Argument<string?> folder = new("VAULT") { Description = "Folder of the vault; the machine alone when left out.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("doctor", "Check the machine and, when named, a vault: libsodium, locked memory, file systems, clock, vector instructions, places. Works beside a running writer.")
            .Taking(folder).With(common.Root, common.PassphraseFile, common.LockTimeout, common.Json).Does(common, async context =>
            {
                var findings = new List<Diagnosis>(Diagnosis.OfMachine(context.Terminal.Clock));
                if (context.Get(folder) is { } path)
                    findings.AddRange(await VaultDiagnosis.OfAsync(context, path).ConfigureAwait(false));
                bool isWell = findings.All(finding => finding.State != DiagnosisState.Bad);
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json => Write(json, findings, isWell));
                }
                else
                {
                    foreach (Diagnosis finding in findings)
                        context.Terminal.Out.WriteLine($"{Word(finding.State),-7} {finding.Check}: {finding.Sentence}");
                }

                return isWell ? ExitCode.Done : ExitCode.No;
            });
    }

    private static void Write(Utf8JsonWriter json, List<Diagnosis> findings, bool isWell)
    {
        json.WriteBoolean("well", isWell);
        json.WriteStartArray("findings");
        foreach (Diagnosis finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("check", finding.Check);
            json.WriteString("state", Word(finding.State));
            json.WriteString("message", finding.Sentence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Word(DiagnosisState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}
