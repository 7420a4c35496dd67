using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>verify-face</c>: is this the person of this consent?</summary>
internal static class VerifyFaceCommand
{
    public static Command Create(Common common)
    {
        var threshold = new ThresholdOptions(allowRankOnly: false);
        return new Command("verify-face", "Compare a face with one consent's templates: exit 0 match, 1 no match, 3 refused.")
            .OnVault(common).With(common.Consent, common.Npy, common.Row, common.Model).With([.. threshold.All]).With(common.Json).Does(common, async context =>
            {
                var id = Ids.Consent(context.Required(common.Consent));
                Threshold limit = threshold.Read(context);
                float[] probe = EnrollCommands.ReadRow(context);
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    FaceVerification answer = await vault.VerifyFaceAsync(id, probe, limit, context.Get(common.Model), context.CancellationToken).ConfigureAwait(false);
                    return Print(context, answer);
                }
            });
    }

    private static int Print(CommandContext context, FaceVerification answer)
    {
        (string word, int exitCode) = answer.Outcome switch
        {
            VerificationOutcome.Match => ("match", ExitCode.Done),
            VerificationOutcome.NoMatch => ("noMatch", ExitCode.No),
            _ => ("refused", ExitCode.Failed),
        };
        foreach (Violation violation in answer.Violations)
            ErrorReport.WriteLine(context.Terminal.Error, violation);
        if (context.Get(context.Common.Json))
        {
            using ResultWriter results = context.Results();
            results.Write(json =>
            {
                json.WriteString("outcome", word);
                if (exitCode != ExitCode.Failed)
                    json.WriteNumber("score", answer.Score);
            });
        }
        else if (exitCode != ExitCode.Failed)
        {
            context.Terminal.Out.WriteLine(FormattableString.Invariant($"{word} {answer.Score}"));
        }
        return exitCode;
    }
}
