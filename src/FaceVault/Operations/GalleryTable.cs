namespace FaceVault.Operations;

/// <summary>The open galleries of a vault, one per purpose version, model and mode, shared by all callers. Registers before it loads, so that a purge reaches what is still loading.</summary>
internal sealed class GalleryTable : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<(uint Version, string Model, GalleryMode Mode), OpenGallery> open = [];
    private readonly HashSet<OpenGallery> loading = [];
    private bool ended;

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
            ObjectDisposedException.ThrowIf(ended, typeof(Vault));
            if (!open.TryGetValue((version, model.Name, mode), out OpenGallery? gallery))
            {
                open.Add((version, model.Name, mode), gallery = make());
                loading.RemoveWhere(static other => other.Loading.IsCompleted);
                loading.Add(gallery);
            }

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

    /// <summary>A template that became durable with a commit: reaches the galleries of either mode, if there are any and they have not read that commit.</summary>
    public void Add(uint version, TemplateModel model, uint slot, ushort ordinal, ReadOnlySpan<byte> encoded, uint useEnds, long commit)
    {
        Find(version, model, GalleryMode.Open)?.AddLive(slot, ordinal, encoded, useEnds, commit);
        Find(version, model, GalleryMode.Sealed)?.AddLive(slot, ordinal, encoded, useEnds, commit);
    }

    /// <summary>Zeroes the lanes of the slots everywhere and answers how many galleries were gone through.</summary>
    public int Purge(IReadOnlyCollection<uint> slots)
    {
        IReadOnlyList<OpenGallery> all = All;
        foreach (OpenGallery gallery in all)
            gallery.Gallery.Remove(slots);
        return all.Count;
    }

    /// <summary>Closes them all.</summary>
    public void Close()
    {
        foreach (OpenGallery gallery in All)
            gallery.Close();
    }

    /// <summary>Closes them all for good, and returns when no thread loads one any more.</summary>
    public void Dispose()
    {
        OpenGallery[] unfinished;
        lock (gate)
        {
            ended = true;
            unfinished = [.. loading];
        }

        Close();
        foreach (OpenGallery gallery in unfinished)
            Task.WaitAny(gallery.Loading);
    }

    private OpenGallery? Find(uint version, TemplateModel model, GalleryMode mode)
    {
        lock (gate)
            return open.GetValueOrDefault((version, model.Name, mode));
    }
}
