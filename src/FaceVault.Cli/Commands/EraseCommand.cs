using System.CommandLine;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>erase</c>: everything of one subject, or what is kept for some purposes, on a right or an order.</summary>
internal static class EraseCommand
{
    public static Command Create(Common common)
    {
        Option<string> subject = New.Needed("--subject", "ID", "Subject whose consents are erased.");
        Option<string[]> purpose = New.Repeated("--purpose", "ID", "Purpose that an order is limited to; otherwise all.");
        Option<string> order = New.Text("--order", "REF", "Reference of the order or request; it is kept sealed with the consents.");
        Option<RequesterRole> role = RoleOption.Create();
        return new Command("erase", "Erase a subject: destroy the keys of all of its consents and issue a certificate for each.")
            .OnVault(common).With(subject, purpose, order, role, common.Certificate, common.Yes, common.DryRun, common.Json).Does(common, async context =>
            {
                var id = Ids.Subject(context.Required(subject));
                PurposeId[]? purposes = context.Get(purpose) is { Length: > 0 } named ? [.. named.Select(Ids.Purpose)] : null;
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    IReadOnlyList<ConsentInfo> consents = await vault.FindConsentsAsync(id, context.CancellationToken).ConfigureAwait(false);
                    if (consents.Count == 0)
                        throw Messages.SubjectUnknown();
                    if (purposes is not null)
                        consents = [.. consents.Where(consent => purposes.Contains(consent.Purpose))];
                    if (consents.Count == 0)
                        throw Messages.NoConsentToPurposes();
                    if (context.Get(common.DryRun))
                        return Destruction.DryRun(context, consents.Aggregate(default(DestructionCounts), (counts, consent) => counts.With(consent)));
                    return await Destruction.RunAsync(context, $"the keys of {Count.Of(consents.Count, "consent")} of one subject and so their templates are destroyed", consents.Count, Destruction.RecipientsOf(consents),
                        _ => EraseAsync(vault, id, context.Get(order), purposes, context.Get(role), consents, context.CancellationToken)).ConfigureAwait(false);
                }
            });
    }

    /// <summary>Erases, and gives the certificates of an earlier erasure again: one that was killed before it wrote its file can be repeated. If nothing was erased, what ended the consents before is shown.</summary>
    private static async Task<IReadOnlyList<DeletionCertificate>> EraseAsync(
        Vault vault, SubjectId subject, string? order, PurposeId[]? purposes, RequesterRole role, IReadOnlyList<ConsentInfo> consents, CancellationToken cancellationToken)
    {
        var certificates = new List<DeletionCertificate>(await vault.EraseSubjectAsync(subject, order, purposes, role, cancellationToken).ConfigureAwait(false));
        HashSet<long> given = [.. certificates.Select(certificate => certificate.CompletedIndex)];
        var earlier = new List<DeletionCertificate>();
        foreach (ConsentInfo consent in consents.Where(consent => consent.Certificates.Count > 0))
        {
            DeletionCertificate newest = await vault.GetDeletionCertificateAsync(consent.Certificates[^1], CancellationToken.None).ConfigureAwait(false);
            if (consent.Status == ConsentStatus.Destroyed && !given.Contains(newest.CompletedIndex))
                earlier.Add(newest);
        }
        certificates.AddRange(earlier.Where(certificate => certificate.Trigger == DeletionTrigger.Erased));
        return certificates.Count > 0 ? certificates : earlier;
    }
}
