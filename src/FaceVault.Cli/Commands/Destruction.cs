using System.Text;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary>What every destroying command does: ask, make sure that the certificates have a place, destroy, write them.</summary>
internal static class Destruction
{
    /// <summary>Runs a destroying call and writes its certificates: JSON for one, NDJSON for several.</summary>
    /// <param name="context">The command.</param>
    /// <param name="what">What cannot be undone, as the middle of a sentence.</param>
    /// <param name="total">Consents, for the progress bar.</param>
    /// <param name="recipients">Who was given copies of the templates, and is to be told.</param>
    /// <param name="destroy">The call.</param>
    public static async Task<int> RunAsync(
        CommandContext context, string what, long total, IReadOnlyCollection<string> recipients, Func<IProgress<long>?, Task<IReadOnlyList<DeletionCertificate>>> destroy)
    {
        context.Confirm(what);
        string path = context.Required(context.Common.Certificate);
        using ResultFile file = ResultFile.Open(path, context.Terminal);
        IReadOnlyList<DeletionCertificate> certificates;
        LegalHoldException? kept = null;
        try
        {
            certificates = await ProgressBar.RunAsync(context.Terminal, "Destroying keys", total, destroy).ConfigureAwait(false);
        }
        catch (LegalHoldException held)
        {
            kept = held; // said when the certificates of the others are written
            certificates = held.Certificates;
        }
        if (recipients.Count > 0)
            context.Say($"These recipients were given copies of the templates. Tell them that the consent has ended: {string.Join("; ", recipients)}.");
        if (certificates.Count == 0 && kept is not null)
            throw kept;
        if (certificates.Count == 0)
        {
            context.Say("No key was left to destroy, and no certificate is left to give again.");
            return ExitCode.Done;
        }
        Write(context, file, path, certificates);
        context.Say($"{Count.Of(certificates.Count, "certificate")} written; {(certificates.Count == 1 ? "its key is" : "their keys are")} destroyed.");
        if (context.Get(context.Common.Json) && path != "-")
        {
            using ResultWriter results = context.Results();
            results.Write(json =>
            {
                json.WriteNumber("certificates", certificates.Count);
                json.WriteString("file", path);
                json.WriteStartArray("recipientsToNotify");
                foreach (string recipient in recipients)
                    json.WriteStringValue(recipient);
                json.WriteEndArray();
            });
        }
        return kept is null ? ExitCode.Done : throw kept;
    }

    /// <summary>The recipients of all these consents, each once.</summary>
    public static IReadOnlyCollection<string> RecipientsOf(IEnumerable<ConsentInfo> consents) => [.. consents.SelectMany(consent => consent.RecipientsToNotify).Distinct(StringComparer.Ordinal)];

    /// <summary>Prints counts of what would be destroyed.</summary>
    /// <param name="context">The command.</param>
    /// <param name="counts">Consents and templates.</param>
    /// <param name="evidence">Consents whose evidence would be destroyed too, of a command that does so.</param>
    public static int DryRun(CommandContext context, DestructionCounts counts, int? evidence = null)
    {
        if (context.Get(context.Common.Json))
        {
            using ResultWriter results = context.Results();
            results.Write(json =>
            {
                json.WriteBoolean("dryRun", true);
                json.WriteNumber("consents", counts.Consents);
                json.WriteNumber("templates", counts.Templates);
                json.WriteNumber("alreadyDestroyed", counts.AlreadyDestroyed);
                json.WriteNumber("held", counts.Held);
                if (evidence is { } number)
                    json.WriteNumber("evidence", number);
            });
            return ExitCode.Done;
        }
        context.Terminal.Out.WriteLine($"consents: {counts.Consents}");
        context.Terminal.Out.WriteLine($"templates: {counts.Templates}");
        context.Terminal.Out.WriteLine($"already destroyed: {counts.AlreadyDestroyed}");
        context.Terminal.Out.WriteLine($"kept by a legal hold: {counts.Held}");
        if (evidence is { } dead)
            context.Terminal.Out.WriteLine($"evidence: {dead}");
        return ExitCode.Done;
    }

    /// <summary>Writes certificates. The keys are gone by now, so if the file fails they go to standard output rather than nowhere.</summary>
    public static void Write(CommandContext context, ResultFile file, string path, IReadOnlyList<DeletionCertificate> certificates) =>
        file.Write([.. certificates.Select(certificate => Encoding.UTF8.GetString(certificate.ToJson()))], context.Terminal, why => Messages.CertificateUnwritable(path, why));
}

/// <summary>What a destroying command would reach.</summary>
/// <param name="Consents">Consents whose keys would be destroyed.</param>
/// <param name="Templates">Templates under them.</param>
/// <param name="AlreadyDestroyed">Consents whose keys are gone.</param>
/// <param name="Held">Consents that would be stopped and kept, because they are under a legal hold.</param>
internal readonly record struct DestructionCounts(long Consents, long Templates, long AlreadyDestroyed, long Held)
{
    /// <summary>The counts with one consent more.</summary>
    public DestructionCounts With(ConsentInfo consent) => consent.Status == ConsentStatus.Destroyed
        ? this with { AlreadyDestroyed = AlreadyDestroyed + 1 }
        : consent.IsHeld ? this with { Held = Held + 1 }
        : this with { Consents = Consents + 1, Templates = Templates + consent.Templates };
}
