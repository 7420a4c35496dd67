using System.Runtime.InteropServices;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Matching;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>1:1: compares one probe with the templates of one consent, decrypted into wiped scratch under a lease, on a thread of the vault's own.</summary>
internal static class Verifying
{
    public static async Task<FaceVerification> VerifyAsync(
        VaultSession session, ConsentId id, ReadOnlyMemory<float> probe, Threshold threshold, string? modelName, CancellationToken cancellationToken)
    {
        using var values = new ProbeCopy(probe.Span);
        for (bool again = false; ; again = true)
        {
            uint paused = 0;
            ushort purpose = 0;
            FaceVerification? answer = await session.RunAsync(() => TryVerify(session, id, values, threshold, modelName, out paused, out purpose), mayBeBusy: !again, cancellationToken).ConfigureAwait(false);
            if (answer is not null)
            {
                session.CountVerification(purpose, answer);
                session.Meter.Verified(answer.Outcome switch { VerificationOutcome.Match => "match", VerificationOutcome.NoMatch => "no_match", _ => "refused" });
                return answer;
            }

            await session.Engine.Leases.WhenResumed(paused).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The scores of many probes with one slot's templates: each as <see cref="VerifyAsync"/> compares it, and none counted as a verification. Null when the slot may not be used, or has no template of the model.</summary>
    public static async Task<float[]?> CompareAsync(VaultSession session, uint slot, IReadOnlyList<LabelledProbe> probes, string modelName, CancellationToken cancellationToken)
    {
        var scores = new float[probes.Count];
        for (int next = 0; next < scores.Length;)
        {
            int first = next;
            (next, bool refused) = await session.RunAsync(() => Compare(first), mayBeBusy: first == 0, cancellationToken).ConfigureAwait(false);
            if (refused)
                return null;
            if (next < scores.Length)
                await session.Engine.Leases.WhenResumed(slot).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return scores;

        (int Next, bool Refused) Compare(int from)
        {
            for (int i = from; i < scores.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var values = new ProbeCopy(probes[i].Embedding.Span);
                using ReadScope view = session.Engine.Read(); // one for each: commits come between
                if (TryVerify(session, view, slot, values, Threshold.RankOnly, modelName) is not { } answer)
                    return (i, false);
                if (answer.Outcome == VerificationOutcome.Refused)
                    return (i, true);
                scores[i] = answer.Score;
            }

            return (scores.Length, false);
        }
    }

    /// <summary>Null when the slot is being re-keyed: nothing is held any more, wait and start again.</summary>
    private static FaceVerification? TryVerify(VaultSession session, ConsentId id, ProbeCopy probe, Threshold threshold, string? modelName, out uint slot, out ushort purposeNumber)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
        purposeNumber = slot != 0 && view.Tree.TryGet(slot, out KeyEntry entry) ? (ushort)(entry.PurposeVersion >> 16) : (ushort)0;
        return TryVerify(session, view, slot, probe, threshold, modelName);
    }

    private static FaceVerification? TryVerify(VaultSession session, ReadScope view, uint slot, ProbeCopy probe, Threshold threshold, string? modelName)
    {
        KeyEntry entry = default;
        if (slot != 0)
            view.Tree.TryGet(slot, out entry);
        IReadOnlyList<Violation> violations = [.. SlotUse.Check(session, slot, entry, PurposeKind.Verification), .. slot == 0 ? [] : SlotUse.CheckModel(session, entry, modelName)];
        if (violations.Count > 0)
            return FaceVerification.Refused(violations);
        if (!session.Engine.Leases.TryAcquire(slot, out SlotLease lease))
            return session.Engine.Leases.IsStopped(slot) ? FaceVerification.Refused(ConsentRules.CheckUse(new ConsentUse { Standing = ConsentStanding.Withdrawn, Now = session.Now })) : null;
        using (lease)
        {
            (PurposeEntry owner, PurposeVersion purpose) = session.Purposes.OfVersion(entry.PurposeVersion);
            TemplateModel model = TemplateModels.Choose(purpose, modelName, "model");
            ProbeBatch.Check(model, probe.Values, nameof(probe));
            if (Calibrating.FloorOf(purpose, model, threshold, out Violation? uncalibrated) is not { } floor)
                return FaceVerification.Refused([uncalibrated!]);
            float? best = Best(session, view, slot, purpose, model, owner.RotationOf(model), probe);
            if (best is null)
                return FaceVerification.Refused([Error.NothingEnrolled()]);
            return best >= floor ? FaceVerification.Match(best.Value) : FaceVerification.NoMatch(best.Value);
        }
    }

    private static float? Best(VaultSession session, ReadScope view, uint slot, PurposeVersion purpose, TemplateModel model, Templates.Rotation? rotation, ProbeCopy probe)
    {
        float? best = null;
        int found = 0;
        using var encoded = new SecretBuffer(TemplateModels.MostEncodedBytes);
        using ReaderPool<ITemplateReader>.Rented templates = session.Engine.TemplateReaders.Rent();
        templates.Reader.Scan(slot, slot, (_, ordinal, blob) =>
        {
            view.Tree.TryGet(slot, out KeyEntry entry);
            if (ordinal < entry.FirstOrdinal || ordinal >= entry.NextOrdinal)
                return true;
            found++;
            (TemplateModel stored, int length) = TemplateModels.Open(purpose, entry, view.Crown.VaultId, slot, ordinal, blob, encoded.DangerousBytes);
            if (stored == model)
            {
                float score = Similarity.Score(model, encoded.DangerousBytes[..length], probe.Values, rotation);
                best = best is { } b && b >= score ? b : score;
            }

            return true;
        });
        view.Tree.TryGet(slot, out KeyEntry counted);
        return found < counted.Live && best is null ? throw Error.TemplatesMissing() : best;
    }

    /// <summary>What the caller presented, in locked memory until it is answered. Of more numbers than any model has, only so many that no model fits.</summary>
    private sealed class ProbeCopy : IDisposable
    {
        private readonly SecretBuffer buffer;
        private readonly int length;

        public ProbeCopy(ReadOnlySpan<float> probe)
        {
            length = Math.Min(probe.Length, TemplateModel.MaxDimensions + 1);
            buffer = new SecretBuffer(Math.Max(1, length) * sizeof(float));
            MemoryMarshal.AsBytes(probe[..length]).CopyTo(buffer.DangerousBytes);
        }

        public ReadOnlySpan<float> Values => MemoryMarshal.Cast<byte, float>(buffer.DangerousBytes)[..length];

        public void Dispose() => buffer.Dispose();
    }
}
