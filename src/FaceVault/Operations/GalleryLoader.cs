using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Telemetry;

namespace FaceVault.Operations;

/// <summary>Opens galleries: decrypts the templates of one purpose version and model.</summary>
internal static class GalleryLoader
{
    /// <summary>The shared gallery, loaded.</summary>
    /// <exception cref="RefusedException">P1: the purpose is not for identification. P4, P6, P7, P8: a rule forbids it now, or its basis has ended.</exception>
    public static async Task<Gallery> OpenAsync(VaultSession session, PurposeId id, string? modelName, GalleryMode mode, CancellationToken cancellationToken)
    {
        while (true)
        {
            OpenGallery open = Look(session, id, modelName, mode);
            try
            {
                await open.Loading.WaitAsync(cancellationToken).ConfigureAwait(false);
                return open.Gallery;
            }
            catch (ObjectDisposedException) when (open.Gallery.IsClosed)
            {
                // Closed while it was loaded: another look tells why, or finds what is to be had now.
            }
        }
    }

    private static OpenGallery Look(VaultSession session, PurposeId id, string? modelName, GalleryMode mode)
    {
        PurposeEntry purpose = session.Purposes.Get(id);
        if (PurposeRules.CheckOperation(purpose.Current.Kind, PurposeKind.Identification) is { } violation)
            throw new RefusedException([violation]);
        RefusedException.ThrowIfAny(session.CheckRules(purpose.Current));
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

        return open;
    }

    private static OpenGallery Begin(VaultSession session, PurposeEntry purpose, TemplateModel model, GalleryMode mode)
    {
        var gallery = new Gallery(model, new Matching.GalleryOptions
        {
            Purpose = purpose.Current.Id,
            Rotation = purpose.RotationOf(model),
            Mode = mode,
            IsShared = true,
            Threads = session.Options.MatchingThreads,
            Budget = session.MatchingBudget,
            Meter = new SearchMeter(session.Origin, purpose.Current.Id.Value, model.Name, Gallery.NameOf(mode)),
            Counts = session.Engine.Book.Of(purpose.Number),
            MaxWaiting = session.Options.MaxWaitingCallers,
            Rules = () => session.CheckSearch(purpose),
            RequireLockedMemory = session.Options.RequireLockedGalleries,
            TimeProvider = session.Options.TimeProvider,
            Calibrated = gallery => Calibrating.FloorOf(session, purpose.CurrentVersion, gallery),
        })
        {
            Namer = (questions, mayBeBusy) => Resolving.Name(session, purpose.Number, questions, mayBeBusy),
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
            new GalleryLoad(session, open).Run();
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
        using ReadScope view = session.Engine.Read();
        open.Reload(slot, view.Crown.Commit, () =>
        {
            using var reader = new SlotReader(session.Engine, session.Purposes, session.Options.Rules, open.Version, open.Gallery, static () => false);
            reader.Read(view, slot, slot);
        });
    }
}
