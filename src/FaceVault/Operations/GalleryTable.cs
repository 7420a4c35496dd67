using FaceVault.Telemetry;
using Microsoft.Extensions.Logging;

namespace FaceVault.Operations;

/// <summary>The open galleries of a vault, one per purpose version, model and mode, shared by all callers. Registers before it loads, so that a purge reaches what is still loading.</summary>
internal sealed class GalleryTable : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<(uint Version, string Model, GalleryMode Mode), OpenGallery> open = [];

    public IReadOnlyList<OpenGallery> All
    {
        get
        {
            lock (gate)
                return [.. open.Values];
        }
    }

    /// <summary>The gallery, made and registered by <paramref name="make"/> when it is not open yet.</summary>
    public OpenGallery GetOrAdd(uint version, TemplateModel model, GalleryMode mode, Func<OpenGallery> make)
    {
        lock (gate)
        {
            if (!open.TryGetValue((version, model.Name, mode), out OpenGallery? gallery))
                open.Add((version, model.Name, mode), gallery = make());
            return gallery;
        }
    }

    /// <summary>Takes out a gallery whose loading failed or that is damaged, so that the next caller tries again.</summary>
    public void Remove(OpenGallery gallery)
    {
        (uint, string, GalleryMode) key = (gallery.Version, gallery.Gallery.Model.Name, gallery.Gallery.Mode);
        lock (gate)
            if (open.GetValueOrDefault(key) == gallery) // not one that took its place
                open.Remove(key);
        gallery.Close();
    }

    /// <summary>A template that is now durable: reaches the galleries of either mode, if there are any and they have read past this slot.</summary>
    public void Add(uint version, TemplateModel model, uint slot, ushort ordinal, ReadOnlySpan<byte> encoded, uint useEnds)
    {
        Find(version, model, GalleryMode.Open)?.AddLive(slot, ordinal, encoded, useEnds);
        Find(version, model, GalleryMode.Sealed)?.AddLive(slot, ordinal, encoded, useEnds);
    }

    /// <summary>Zeroes the lanes of the slots everywhere and answers how many galleries were gone through.</summary>
    public int Purge(IReadOnlyCollection<uint> slots)
    {
        IReadOnlyList<OpenGallery> all = All;
        foreach (OpenGallery gallery in all)
            gallery.Gallery.Remove(slots);
        return all.Count;
    }

    public void Dispose()
    {
        foreach (OpenGallery gallery in All)
            gallery.Close();
    }

    private OpenGallery? Find(uint version, TemplateModel model, GalleryMode mode)
    {
        lock (gate)
            return open.GetValueOrDefault((version, model.Name, mode));
    }
}

/// <summary>A gallery with how far it has been loaded. Slots at or below <c>loadedTo</c> get live enrolments directly, later ones are still to be read.</summary>
internal sealed class OpenGallery(uint version, Gallery gallery, ILogger logger, string origin)
{
    private readonly Lock gate = new();
    private uint loadedTo;
    private volatile bool isOpen;

    public uint Version { get; } = version;

    public Gallery Gallery { get; } = gallery;

    /// <summary>Completes when everything that was there is loaded.</summary>
    public Task Loading { get; set; } = Task.CompletedTask;

    /// <summary>Everything is loaded.</summary>
    public void LogOpened()
    {
        isOpen = true;
        logger.GalleryOpened(origin, Gallery.ModeName, Gallery.Purpose!.Value.Value, Gallery.Model.Name, Gallery.Count, Gallery.IsLocked);
        if (Gallery.Memory.Unlocked is > 0 and var bytes)
            logger.MemoryNotLocked(origin, bytes, "gallery");
    }

    public void Close()
    {
        if (Gallery.Close() && isOpen)
            logger.GalleryClosed(origin, Gallery.ModeName, Gallery.Purpose!.Value.Value, Gallery.Model.Name);
    }

    public void AddLive(uint slot, ushort ordinal, ReadOnlySpan<byte> encoded, uint useEnds)
    {
        lock (gate)
            if (slot <= loadedTo)
                Gallery.Add(slot, ordinal, encoded, useEnds);
    }

    /// <summary>Takes a slot's lanes out and reads them anew, if the gallery has read past it.</summary>
    public void Reload(uint slot, Action load)
    {
        lock (gate)
        {
            if (slot > loadedTo)
                return;
            Gallery.Remove([slot]);
            load();
        }
    }

    /// <summary>Loads one stretch of slots; enrolments of these slots that commit meanwhile are either read by it or added after it.</summary>
    public void LoadTo(uint slot, Action load)
    {
        lock (gate)
        {
            load();
            loadedTo = slot;
        }
    }
}
