using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>hold set|lift</c>: where deletion must wait, everything but storage stops.</summary>
internal static class HoldCommand
{
    public static Command Create(Common common) => new("hold", "Legal holds: nothing that is held is destroyed; stopping goes on.")
    {
        Set(common),
        Lift(common),
    };

    private static Command Set(Common common)
    {
        var scope = new Scope();
        return new Command("set", "Put consents under a legal hold: until it is lifted none of their keys is destroyed. Withdrawing one still stops it at once.")
            .OnVault(common).With(scope.Consents, scope.List, scope.Subject, scope.Purpose, scope.Order, common.DryRun, common.Json).Does(common, async context =>
            {
                (HoldScope chosen, Func<Vault, IAsyncEnumerable<ConsentInfo>> consents) = scope.Of(context);
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    HoldCounts counts = await CountAsync(consents(vault)).ConfigureAwait(false);
                    if (context.Get(common.DryRun))
                        return DryRun(context, counts);
                    int held = await vault.SetHoldAsync(chosen, context.Get(scope.Order), context.CancellationToken).ConfigureAwait(false);
                    if (context.Get(common.Json))
                    {
                        using ResultWriter results = context.Results();
                        results.Write(json =>
                        {
                            json.WriteNumber("held", held);
                            json.WriteNumber("alreadyHeld", counts.Consents - held);
                        });
                    }
                    else
                    {
                        context.Terminal.Out.WriteLine($"held: {held}, and {counts.Consents - held} before");
                    }
                }
                return ExitCode.Done;
            });
    }

    private static Command Lift(Common common)
    {
        var scope = new Scope();
        Option<string> certificate = New.Text("--certificate", "FILE", "Where the certificates of what was stopped under the hold go, one a line; standard output when left out.");
        return new Command("lift", "Lift a legal hold: what was stopped under it is destroyed now, with a certificate for each.")
            .OnVault(common).With(scope.Consents, scope.List, scope.Subject, scope.Purpose, scope.Order, certificate, common.Yes, common.DryRun, common.Json).Does(common, async context =>
            {
                (HoldScope chosen, Func<Vault, IAsyncEnumerable<ConsentInfo>> consents) = scope.Of(context);
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    HoldCounts counts = await CountAsync(consents(vault)).ConfigureAwait(false);
                    if (context.Get(common.DryRun))
                        return DryRun(context, counts);
                    if (counts.Restricted > 0)
                        context.Confirm($"the keys of {Count.Of(counts.Restricted, "consent")} that were stopped under the hold and so their templates are destroyed");
                    string path = context.Get(certificate) ?? "-";
                    using ResultFile file = ResultFile.Open(path, context.Terminal);
                    IReadOnlyList<DeletionCertificate> certificates = await ProgressBar.RunAsync(context.Terminal, "Lifting", counts.Consents,
                        progress => vault.LiftHoldAsync(chosen, context.Get(scope.Order), progress, context.CancellationToken)).ConfigureAwait(false);
                    if (certificates.Count > 0 || path != "-")
                        Destruction.Write(context, file, path, certificates);
                    context.Say($"The hold on {Count.Of(counts.Held, "consent")} is lifted; {Count.Of(certificates.Count, "key")} destroyed.");
                    if (context.Get(common.Json) && (path != "-" || certificates.Count == 0))
                    {
                        using ResultWriter results = context.Results();
                        results.Write(json =>
                        {
                            json.WriteNumber("lifted", counts.Held);
                            json.WriteNumber("certificates", certificates.Count);
                        });
                    }
                }
                return ExitCode.Done;
            });
    }

    private static async Task<HoldCounts> CountAsync(IAsyncEnumerable<ConsentInfo> consents)
    {
        var counts = default(HoldCounts);
        await foreach (ConsentInfo consent in consents.ConfigureAwait(false))
        {
            counts = new HoldCounts(
                counts.Consents + 1, counts.Held + (consent.IsHeld ? 1 : 0), counts.Restricted + (consent.IsKept ? 1 : 0));
        }
        return counts;
    }

    private static int DryRun(CommandContext context, HoldCounts counts)
    {
        if (context.Get(context.Common.Json))
        {
            using ResultWriter results = context.Results();
            results.Write(json =>
            {
                json.WriteBoolean("dryRun", true);
                json.WriteNumber("consents", counts.Consents);
                json.WriteNumber("held", counts.Held);
                json.WriteNumber("restricted", counts.Restricted);
            });
            return ExitCode.Done;
        }
        context.Terminal.Out.WriteLine($"consents: {counts.Consents}");
        context.Terminal.Out.WriteLine($"held: {counts.Held}");
        context.Terminal.Out.WriteLine($"stopped and kept: {counts.Restricted}");
        return ExitCode.Done;
    }

    private readonly record struct HoldCounts(long Consents, long Held, long Restricted);

    /// <summary>The options that say which consents. Each command has its own, since a symbol remembers its commands.</summary>
    private sealed class Scope
    {
        public Option<string[]> Consents { get; } = New.Repeated("--consent", "ID", "Consent.");

        public Option<string> List { get; } = New.Text("--consents", "FILE", "File with one consent id a line; - is standard input.");

        public Option<string> Subject { get; } = New.Text("--subject", "ID", "Subject, with all of its consents.");

        public Option<string> Purpose { get; } = New.Text("--purpose", "ID", "Purpose, with everything that was consented to it until now.");

        public Option<string> Order { get; } = New.Text("--order", "REF", "Reference of the order; it is kept sealed with the consents.");

        /// <summary>The scope, and how its consents are counted.</summary>
        public (HoldScope Chosen, Func<Vault, IAsyncEnumerable<ConsentInfo>> Consents) Of(CommandContext context)
        {
            string[] given = context.Get(Consents) ?? [];
            string? list = context.Get(List), subject = context.Get(Subject), purpose = context.Get(Purpose);
            if ((given.Length > 0 ? 1 : 0) + (list is null ? 0 : 1) + (subject is null ? 0 : 1) + (purpose is null ? 0 : 1) != 1)
                throw Messages.ExactlyOneOf("--consent ID, --consents FILE, --subject ID and --purpose ID");
            if (subject is not null)
            {
                SubjectId person = Ids.Subject(subject);
                return (HoldScope.OfSubject(person), vault => OfSubject(vault, person, context.CancellationToken));
            }
            if (purpose is not null)
            {
                PurposeId wanted = Ids.Purpose(purpose);
                return (HoldScope.OfPurpose(wanted), vault => vault.ListConsentsAsync(wanted, cancellationToken: context.CancellationToken));
            }
            IReadOnlyList<string> texts = given.Length > 0 ? [.. given.Distinct(StringComparer.Ordinal)] : TextFile.ReadIds(list!, context.Terminal);
            ConsentId[] ids = [.. texts.Select(text => Ids.Consent(text))];
            return (HoldScope.OfConsents(ids), vault => OfConsents(vault, ids, context.CancellationToken));
        }

        private static async IAsyncEnumerable<ConsentInfo> OfConsents(Vault vault, ConsentId[] ids, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (ConsentId id in ids)
                yield return await vault.GetConsentAsync(id, cancellationToken).ConfigureAwait(false) ?? throw Messages.ConsentUnknown();
        }

        private static async IAsyncEnumerable<ConsentInfo> OfSubject(Vault vault, SubjectId subject, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            IReadOnlyList<ConsentInfo> found = await vault.FindConsentsAsync(subject, cancellationToken).ConfigureAwait(false);
            if (found.Count == 0)
                throw Messages.SubjectUnknown();
            foreach (ConsentInfo consent in found)
                yield return consent;
        }
    }
}
