using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>certificate check|show</c>: offline, without a vault.</summary>
internal static class CertificateCommand
{
    public static Command Create(Common common) => new("certificate", "Check and read deletion certificates; needs no vault and no network.")
    {
        Check(common),
        Show(common),
    };

    private static Command Check(Common common)
    {
        Argument<string> file = new("FILE") { Description = "Certificate (JSON) or certificates (NDJSON); - is standard input." };
        Option<string> key = New.Needed("--key", "VERIFIERKEY", "Verifier key of the vault that signed, as 'facevault key' prints it.");
        Option<string> receipt = New.Text("--receipt", "FILE", "Receipt of the consent; shows that the certificate is about it.");
        Option<string[]> witness = New.Repeated("--witness", "VERIFIERKEY", "Key of a witness that must have cosigned.");
        return new Command("check", "Check certificates: exit 0 when all hold, 1 when one does not.").Taking(file).With(key, receipt, witness, common.Json).Does(common, context =>
        {
            VerifierKey verifier = VerifierKey.Parse(context.Required(key));
            VerifierKey[] witnesses = [.. (context.Get(witness) ?? []).Select(VerifierKey.Parse)];
            List<ReadOnlyMemory<byte>> certificates = Split(TextFile.Read(context.Required(file), context.Terminal, TextFile.MaxListBytes));
            ConsentReceipt? consent = context.Get(receipt) is { } path ? ConsentReceipt.Parse(TextFile.Read(path, context.Terminal)) : null;
            if (consent is not null && certificates.Count != 1)
                throw Messages.ListNeedsNoReceipt();
            int failed = 0;
            bool asJson = context.Get(common.Json) || certificates.Count > 1;
            using ResultWriter results = context.Results();
            for (int i = 0; i < certificates.Count; i++)
            {
                CertificateFinding finding = DeletionCertificate.Check(certificates[i].Span, verifier, consent);
                if (finding.IsValid && witnesses.Length > 0)
                    finding = DeletionCertificate.Parse(certificates[i].Span).Check(verifier, witnesses);
                if (!finding.IsValid)
                    failed++;
                if (asJson)
                    Write(results, i, finding);
                else
                    context.Terminal.Out.WriteLine($"{(finding.IsValid ? "valid" : $"invalid: {finding}")}: {finding.Explanation}");
            }
            if (certificates.Count > 1)
                context.Say($"{Count.Of(certificates.Count, "certificate")} checked, {failed:N0} invalid.");
            return Task.FromResult(failed == 0 ? ExitCode.Done : ExitCode.No);
        });
    }

    private static Command Show(Common common)
    {
        Argument<string> file = new("FILE") { Description = "Certificate (JSON) or certificates (NDJSON); - is standard input." };
        return new Command("show", "Print what certificates say, without checking them.").Taking(file).With(common.Json).Does(common, context =>
        {
            List<ReadOnlyMemory<byte>> certificates = Split(TextFile.Read(context.Required(file), context.Terminal, TextFile.MaxListBytes));
            bool asJson = context.Get(common.Json) || certificates.Count > 1;
            using ResultWriter results = context.Results();
            foreach (ReadOnlyMemory<byte> utf8 in certificates)
            {
                DeletionCertificate certificate = DeletionCertificate.Parse(utf8.Span);
                if (asJson)
                    results.Write(json => CertificateOutput.Write(json, certificate));
                else
                    CertificateOutput.Write(context.Terminal.Out, certificate);
            }
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static void Write(ResultWriter results, int index, CertificateFinding finding) => results.Write(json =>
    {
        json.WriteNumber("index", index);
        json.WriteBoolean("valid", finding.IsValid);
        json.WriteString("finding", finding.ToString());
        json.WriteString("explanation", finding.Explanation);
    });

    /// <summary>Splits at LF. The last line may lack its LF; an empty line is not skipped, so that no byte of a certificate file goes unchecked.</summary>
    private static List<ReadOnlyMemory<byte>> Split(byte[] file)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        ReadOnlyMemory<byte> rest = file;
        while (!rest.IsEmpty)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            lines.Add(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return lines.Count > 0 ? lines : [default];
    }
}
