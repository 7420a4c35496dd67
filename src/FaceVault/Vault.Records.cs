using FaceVault.Operations;

namespace FaceVault;

/// <content>Processing records (PIPL 55, 56; GDPR 30).</content>
public sealed partial class Vault
{
    /// <summary>What was done for each purpose and day: counts without subjects (rule P10: PIPL 55, 56; GDPR 30), kept for <see cref="VaultOptions.ProcessingRecordYears"/>. Days are those of UTC.</summary>
    /// <remarks>
    /// Grants, enrolments, stops and destroyed keys are counted in the commit that makes them. Verifications, searches, analyses and refusals are counted in memory and written with the next commit,
    /// at the latest a minute later, and at closing: a crash loses what was counted in memory since. An open vault lists those too; one that only inspects lists what is written, and counts nothing itself.
    /// </remarks>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day, not before the first.</param>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>By day, then in the order in which the purposes were registered; days and purposes without anything are left out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The last day lies before the first.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<IReadOnlyList<ProcessingRecord>> ListProcessingRecordsAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => RecordsReading.List(open, from, to), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }
}
