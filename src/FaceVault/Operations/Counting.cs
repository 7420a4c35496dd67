using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Records;

namespace FaceVault.Operations;

/// <summary>Counts for the processing records what no commit of its own counts: answers and refusals (PIPL 55, 56; GDPR 30). In memory, without a subject, a consent or anything made of them.</summary>
internal static class Counting
{
    public static void CountVerification(this VaultSession session, ushort purpose, FaceVerification answer)
    {
        PurposeCounts counts = session.Engine.Book.Of(purpose);
        if (answer.Outcome == VerificationOutcome.Refused)
        {
            foreach (Violation violation in answer.Violations)
                counts.Refused(violation.Code);
            return;
        }

        counts.Add(Activity.Verifications);
        if (answer.Outcome == VerificationOutcome.Match)
            counts.Add(Activity.VerificationMatches);
    }

    /// <summary>Runs an operation on a purpose; when a rule refuses it, each violation counts there, or nowhere in particular where the vault never had the purpose.</summary>
    public static Task<T> CountedAsync<T>(this VaultSession session, PurposeId purpose, Func<Task<T>> call) =>
        RunAsync(call, violations => CountRefusals(session, violations, _ => session.Purposes.FindNumber(purpose)));

    /// <summary>The same without an answer.</summary>
    public static Task CountedAsync(this VaultSession session, PurposeId purpose, Func<Task> call) => session.CountedAsync(purpose, () => AnswerAsync(call));

    /// <summary>Runs an operation on a consent; when a rule refuses it, each violation counts at its purpose, or nowhere in particular where the vault does not know the consent.</summary>
    public static Task<T> CountedAsync<T>(this VaultSession session, ConsentId consent, Func<Task<T>> call) => RunAsync(call, violations => CountAtConsentAsync(session, consent, violations));

    /// <summary>The same without an answer.</summary>
    public static Task CountedAsync(this VaultSession session, ConsentId consent, Func<Task> call) => session.CountedAsync(consent, () => AnswerAsync(call));

    /// <summary>Runs an operation on grants; each violation counts at the purpose of the grant that its field names.</summary>
    public static Task CountedAsync(this VaultSession session, IReadOnlyList<ConsentGrant> grants, Func<Task> call) =>
        RunAsync(() => AnswerAsync(call), violations => CountRefusals(session, violations, violation => session.Purposes.FindNumber(grants[GrantOf(violation.Field, grants.Count)].Purpose)));

    /// <summary>The number in <c>grants[3].expires</c>; a field of a single grant names none.</summary>
    private static int GrantOf(string field, int count)
    {
        const string prefix = "grants[";
        int end = field.IndexOf(']', StringComparison.Ordinal);
        return field.StartsWith(prefix, StringComparison.Ordinal) && end > 0 && int.TryParse(field.AsSpan(prefix.Length, end - prefix.Length), out int number) && number < count ? number : 0;
    }

    private static async Task<T> RunAsync<T>(Func<Task<T>> call, Func<IReadOnlyList<Violation>, ValueTask> count)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RefusedException refused)
        {
            if (!refused.IsCounted)
                await count(refused.Violations).ConfigureAwait(false);
            refused.IsCounted = true;
            throw;
        }
    }

    private static async Task<bool> AnswerAsync(Func<Task> call)
    {
        await call().ConfigureAwait(false);
        return true;
    }

    private static ValueTask CountRefusals(VaultSession session, IReadOnlyList<Violation> violations, Func<Violation, ushort> purposeOf)
    {
        foreach (Violation violation in violations)
            session.Engine.Book.Of(purposeOf(violation)).Refused(violation.Code);
        return ValueTask.CompletedTask;
    }

    private static async ValueTask CountAtConsentAsync(VaultSession session, ConsentId consent, IReadOnlyList<Violation> violations)
    {
        ushort purpose = 0;
        try
        {
            purpose = await session.AskAsync(() => PurposeOf(session, consent), mayBeBusy: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is VaultException or ObjectDisposedException)
        {
            // The refusal is the answer; it counts all the same.
        }

        await CountRefusals(session, violations, _ => purpose).ConfigureAwait(false);
    }

    private static ushort PurposeOf(VaultSession session, ConsentId consent)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        uint slot = view.FindConsent(utf8[..consent.CopyUtf8To(utf8)]);
        return slot != 0 && view.Tree.TryGet(slot, out KeyEntry entry) ? (ushort)(entry.PurposeVersion >> 16) : (ushort)0;
    }
}
