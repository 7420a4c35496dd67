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
    /// <summary>A commit waits about a millisecond for them.</summary>
    private const int ProbesInOneView = 1024;

    private delegate float TemplateScore(ReadOnlySpan<byte> encoded);

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

    /// <summary>The scores of many probes with one slot's templates: each as <see cref="VerifyAsync"/> compares it under the same rules, and none counted as a verification. Null when the slot may not be used, or has no template of the model.</summary>
    public static async Task<float[]?> CompareAsync(VaultSession session, uint slot, PreparedProbes probes, string modelName, CancellationToken cancellationToken)
    {
        var scores = new float[probes.Count];
        Array.Fill(scores, float.NegativeInfinity);
        for (int first = 0; first < scores.Length;)
        {
            int from = first, to = Math.Min(scores.Length, first + ProbesInOneView);
            cancellationToken.ThrowIfCancellationRequested();
            FaceVerification? answer = await session.RunAsync(() => Compare(from, to), mayBeBusy: first == 0, cancellationToken).ConfigureAwait(false);
            if (answer is { Outcome: VerificationOutcome.Refused })
                return null;
            if (answer is null)
                await session.Engine.Leases.WhenResumed(slot).WaitAsync(cancellationToken).ConfigureAwait(false);
            else
                first = to;
        }

        return scores;

        FaceVerification? Compare(int from, int to)
        {
            using ReadScope view = session.Engine.Read();
            return TryUse(session, view, slot, Threshold.RankOnly, modelName, (_, purpose, model) => Best(session, view, slot, purpose, model, encoded =>
            {
                for (int i = from; i < to; i++)
                    scores[i] = Math.Max(scores[i], probes.Score(i, encoded));
                return scores[from];
            }));
        }
    }

    /// <summary>Null when the slot is being re-keyed: nothing is held any more, wait and start again.</summary>
    private static FaceVerification? TryVerify(VaultSession session, ConsentId id, ProbeCopy probe, Threshold threshold, string? modelName, out uint slot, out ushort purposeNumber)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
        purposeNumber = slot != 0 && view.Tree.TryGet(slot, out KeyEntry entry) ? (ushort)(entry.PurposeVersion >> 16) : (ushort)0;
        uint found = slot;
        return TryUse(session, view, slot, threshold, modelName, (owner, purpose, model) =>
        {
            ProbeBatch.Check(model, probe.Values, nameof(probe));
            return Best(session, view, found, purpose, model, encoded => Similarity.Score(model, encoded, probe.Values, owner.RotationOf(model)));
        });
    }

    /// <summary>Compares under every rule of use, with a lease. Null when the slot is being re-keyed.</summary>
    private static FaceVerification? TryUse(
        VaultSession session, ReadScope view, uint slot, Threshold threshold, string? modelName, Func<PurposeEntry, PurposeVersion, TemplateModel, float?> compare)
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
            if (Calibrating.FloorOf(purpose, model, threshold, out Violation? uncalibrated) is not { } floor)
                return FaceVerification.Refused([uncalibrated!]);
            float? best = compare(owner, purpose, model);
            if (best is null)
                return FaceVerification.Refused([Error.NothingEnrolled()]);
            return best >= floor ? FaceVerification.Match(best.Value) : FaceVerification.NoMatch(best.Value);
        }
    }

    private static float? Best(VaultSession session, ReadScope view, uint slot, PurposeVersion purpose, TemplateModel model, TemplateScore scoreOf)
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
                float score = scoreOf(encoded.DangerousBytes[..length]);
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
