using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Matching;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>1:1: compares one probe with the templates of one consent, decrypted into wiped scratch under a lease.</summary>
internal static class Verifying
{
    public static async Task<FaceVerification> VerifyAsync(
        VaultSession session, ConsentId id, ReadOnlyMemory<float> probe, float floor, string? modelName, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryVerify(session, id, probe.Span, floor, modelName, out uint paused) is { } answer)
                return answer;
            await session.Engine.Leases.WhenResumed(paused).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Null when the slot is being re-keyed: nothing is held any more, wait and start again.</summary>
    private static FaceVerification? TryVerify(VaultSession session, ConsentId id, ReadOnlySpan<float> probe, float floor, string? modelName, out uint slot)
    {
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
        KeyEntry entry = default;
        if (slot != 0)
            view.Tree.TryGet(slot, out entry);
        IReadOnlyList<Violation> violations = SlotUse.Check(session, slot, entry, PurposeKind.Verification);
        if (violations.Count > 0)
            return FaceVerification.Refused(violations);
        if (!session.Engine.Leases.TryAcquire(slot, out SlotLease lease))
            return session.Engine.Leases.IsStopped(slot) ? FaceVerification.Refused(ConsentRules.CheckUse(new ConsentUse { Standing = ConsentStanding.Withdrawn, Now = session.Now })) : null;
        using (lease)
        {
            PurposeVersion purpose = session.Purposes.OfVersion(entry.PurposeVersion).Version;
            if (purpose.Retired.Any(r => r.Name == modelName))
                return FaceVerification.Refused([Error.ModelRetired()]);
            TemplateModel model = TemplateModels.Choose(purpose, modelName, "model");
            ProbeBatch.Check(model, probe, nameof(probe));
            float? best = Best(session, view, slot, purpose, model, probe);
            if (best is null)
                return FaceVerification.Refused([Error.NothingEnrolled()]);
            return best >= floor ? FaceVerification.Match(best.Value) : FaceVerification.NoMatch(best.Value);
        }
    }

    private static float? Best(VaultSession session, ReadScope view, uint slot, PurposeVersion purpose, TemplateModel model, ReadOnlySpan<float> probe)
    {
        float? best = null;
        int found = 0;
        using var values = new SecretBuffer(probe.Length * sizeof(float));
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(probe).CopyTo(values.DangerousBytes);
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
                float score = Similarity.Score(model, encoded.DangerousBytes[..length], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(values.DangerousBytes));
                best = best is { } b && b >= score ? b : score;
            }

            return true;
        });
        view.Tree.TryGet(slot, out KeyEntry counted);
        return found < counted.Live && best is null ? throw Error.TemplatesMissing() : best;
    }
}
