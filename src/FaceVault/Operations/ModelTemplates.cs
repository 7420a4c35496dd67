using FaceVault.Commits;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Templates;

namespace FaceVault.Operations;

/// <summary>Of which model stored templates are. That is not written beside them: where several models of a purpose give ciphertexts of one size, they are opened to see it.</summary>
internal sealed class ModelTemplates(VaultSession session, TemplateModel model) : IDisposable
{
    private const uint Stretch = KeyPage.EntriesPerLeaf * 8;

    private readonly SecretBuffer encoded = new(TemplateModels.MostEncodedBytes);
    private readonly int size = TemplateCodec.SealedSize(model);

    /// <summary>Templates of the model under consents in force to the purpose's newest version: about 1 µs each, 3 µs where they must be opened.</summary>
    public static long Count(VaultSession session, PurposeEntry purpose, TemplateModel model, CancellationToken cancellationToken)
    {
        using var templates = new ModelTemplates(session, model);
        long count = 0;
        for (uint from = 1; from != 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using ReadScope view = session.Engine.Read();
            uint end = Math.Min(from + Stretch, view.Crown.NextSlot);
            for (uint slot = from; slot < end; slot++)
                if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.PurposeVersion == purpose.CurrentVersion && IsInForce(session, view, slot, entry))
                    count += templates.In(view, slot, purpose.Newest);
            from = end < view.Crown.NextSlot ? end : 0;
        }

        return count;
    }

    /// <summary>Whether a consent's templates may be used: not stopped, not kept by a hold, its time not over.</summary>
    public static bool IsInForce(VaultSession session, ReadScope view, uint slot, KeyEntry entry) =>
        entry.State == SlotState.Active && session.UseStops(entry) > session.NowMinutes && !(view.Crown.Work.TryGetValue(slot, out WorkItem work) && work.IsStopped) && !session.Engine.Leases.IsStopped(slot);

    /// <summary>How many of a slot's templates are of the model.</summary>
    public int In(ReadScope view, uint slot, PurposeVersion version)
    {
        // As when a gallery is loaded: no commit comes between while the view stands, so a slot that is being re-keyed can be read.
        if (!session.Engine.Leases.TryAcquire(slot, out SlotLease lease, isWriter: true))
            return 0;
        using (lease)
        {
            int count = 0;
            bool isAlone = version.Known.Count(known => TemplateCodec.SealedSize(known) == size) == 1;
            using ReaderPool<ITemplateReader>.Rented rows = session.Engine.TemplateReaders.Rent();
            rows.Reader.Scan(slot, slot, (_, ordinal, blob) =>
            {
                view.Tree.TryGet(slot, out KeyEntry entry);
                if (ordinal >= entry.FirstOrdinal && ordinal < entry.NextOrdinal && blob.Length == size
                    && (isAlone || TemplateModels.Open(version, entry, view.Crown.VaultId, slot, ordinal, blob, encoded.DangerousBytes).Model == model))
                    count++;
                return true;
            });
            return count;
        }
    }

    public void Dispose() => encoded.Dispose();
}
