using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Telemetry;
using FaceVault.Templates;

namespace FaceVault.Operations;

/// <summary>Opens galleries: decrypts the templates of one purpose version and model, leaf by leaf, under leases.</summary>
internal static class GalleryLoader
{
    /// <summary>The shared gallery, loaded.</summary>
    /// <exception cref="RefusedException">P1: the purpose is not for identification.</exception>
    public static async Task<Gallery> OpenAsync(VaultSession session, PurposeId id, string? modelName, GalleryMode mode, CancellationToken cancellationToken)
    {
        PurposeEntry purpose = session.Purposes.Get(id);
        if (PurposeRules.CheckOperation(purpose.Current.Kind, PurposeKind.Identification) is { } violation)
            throw new RefusedException([violation]);
        TemplateModel model = TemplateModels.Choose(purpose.Newest, modelName, "model");
        OpenGallery open = session.Galleries.GetOrAdd(purpose.CurrentVersion, model, mode, () => Begin(session, purpose, model, mode));
        while (open.Gallery.IsDamaged)
        {
            session.Galleries.Remove(open);
            open = session.Galleries.GetOrAdd(purpose.CurrentVersion, model, mode, () => Begin(session, purpose, model, mode));
        }

        try
        {
            session.ThrowIfFenced();
            if (!session.Purposes.Get(id).Newest.Admitted.Contains(model))
                throw new RefusedException([Error.ModelRetired()]);
        }
        catch
        {
            session.Galleries.Remove(open); // between the look and the gallery: whoever closed the others did not see it
            throw;
        }

        await open.Loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        return open.Gallery;
    }

    private static OpenGallery Begin(VaultSession session, PurposeEntry purpose, TemplateModel model, GalleryMode mode)
    {
        var gallery = new Gallery(model, new Matching.GalleryOptions
        {
            Purpose = purpose.Current.Id,
            Mode = mode,
            IsShared = true,
            Threads = session.Options.MatchingThreads,
            Budget = session.MatchingBudget,
            Meter = new SearchMeter(session.Origin, purpose.Current.Id.Value, model.Name, Gallery.NameOf(mode)),
            MaxWaiting = session.Options.MaxWaitingCallers,
            RequireLockedMemory = session.Options.RequireLockedGalleries,
            TimeProvider = session.Options.TimeProvider,
        })
        {
            Namer = (questions, mayBeBusy) => Resolving.Name(session, questions, mayBeBusy),
        };
        var open = new OpenGallery(purpose.CurrentVersion, gallery, session.Engine.Options.Logger, session.Origin);
        open.Loading = Task.Factory.StartNew(() => Load(session, purpose, model, open), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // seconds: no thread of the pool
        return open;
    }

    private static void Load(VaultSession session, PurposeEntry purpose, TemplateModel model, OpenGallery open)
    {
        using TraceSpan span = TraceSpan.Start("facevault.gallery.load", session.Origin).With(TagNames.Purpose, purpose.Current.Id.Value).With(TagNames.Model, model.Name).With(TagNames.Mode, open.Gallery.ModeName);
        try
        {
            using ITemplateReader templates = session.Engine.Options.Templates.OpenReader();
            using var encoded = new SecretBuffer(TemplateModels.MostEncodedBytes);
            uint next;
            uint from = 1;
            do
            {
                uint first = from, last = from + (KeyPage.EntriesPerLeaf * 16) - 1;
                uint end = 0;
                open.LoadTo(last, () => end = LoadSlots(session, purpose, model, open.Gallery, templates, encoded, first, last));
                next = end;
                from = last + 1;
            }
            while (from < next);
            open.LoadTo(uint.MaxValue, () => LoadSlots(session, purpose, model, open.Gallery, templates, encoded, from, uint.MaxValue - 1));
            span.With(TagNames.Items, open.Gallery.Count);
            open.LogOpened();
        }
        catch (Exception failure)
        {
            span.Failed(failure);
            session.Galleries.Remove(open);
            throw;
        }
    }

    /// <summary>Reads one slot anew after its key changed; uses of it are paused meanwhile. A gallery that cannot be brought up is closed: whoever asks for it again gets it loaded afresh.</summary>
    public static void Reload(VaultSession session, uint slot)
    {
        const int attempts = 3;
        foreach (OpenGallery open in session.Galleries.All)
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    Reload(session, slot, open);
                    break;
                }
                catch (VaultException) when (attempt < attempts)
                {
                }
                catch (VaultException)
                {
                    session.Galleries.Remove(open);
                    break;
                }
            }
        }
    }

    private static void Reload(VaultSession session, uint slot, OpenGallery open)
    {
        PurposeEntry purpose = session.Purposes.Get(open.Gallery.Purpose!.Value);
        open.Reload(slot, () =>
        {
            if (purpose.CurrentVersion != open.Version)
                return;
            using ITemplateReader templates = session.Engine.Options.Templates.OpenReader();
            using var encoded = new SecretBuffer(TemplateModels.MostEncodedBytes);
            LoadSlots(session, purpose, open.Gallery.Model, open.Gallery, templates, encoded, slot, slot);
        });
    }

    /// <summary>Loads a stretch of slots in one view of the store; answers the first slot never given out.</summary>
    /// <remarks>A slot that is being re-keyed is loaded too: no commit comes between while the view stands, and after the commit the slot is loaded anew.</remarks>
    private static uint LoadSlots(
        VaultSession session, PurposeEntry purpose, TemplateModel model, Gallery gallery, ITemplateReader templates, SecretBuffer encoded, uint first, uint last)
    {
        using ReadScope view = session.Engine.Read();
        if (first >= view.Crown.NextSlot)
            return view.Crown.NextSlot;
        int sealedSize = TemplateCodec.SealedSize(model);
        SlotLease lease = default;
        uint leased = 0;
        try
        {
            templates.Scan(first, Math.Min(last, view.Crown.NextSlot - 1), (slot, ordinal, blob) =>
            {
                // A row of no admitted model's size is damage and is told; it is not another model's.
                if ((blob.Length != sealedSize && TemplateModels.Has(purpose.Newest, blob.Length)) || !view.Tree.TryGet(slot, out KeyEntry entry) || entry.PurposeVersion != purpose.CurrentVersion
                    || entry.State != SlotState.Active || ordinal < entry.FirstOrdinal || ordinal >= entry.NextOrdinal)
                    return true;
                if (slot != leased)
                {
                    lease.Dispose();
                    lease = default;
                    leased = session.Engine.Leases.TryAcquire(slot, out lease, isWriter: true) ? slot : 0;
                }

                if (leased != slot)
                    return true;
                (TemplateModel found, int length) = TemplateModels.Open(purpose.Newest, entry, view.Crown.VaultId, slot, ordinal, blob, encoded.DangerousBytes);
                if (found == model)
                    gallery.Add(slot, ordinal, encoded.DangerousBytes[..length], entry.UseEnds);
                return true;
            });
        }
        finally
        {
            lease.Dispose();
        }

        return view.Crown.NextSlot;
    }
}
