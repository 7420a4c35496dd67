using System.Runtime.ExceptionServices;
using FaceVault.Commits;

namespace FaceVault.Operations;

/// <summary>One loading of a gallery, on as many threads of its own as may search: each takes a stretch of slots after the other, and reads it in a view of its own.</summary>
internal sealed class GalleryLoad(VaultSession session, OpenGallery open)
{
    private Exception? failure;

    private bool HasEnded => Volatile.Read(ref failure) is not null || open.Gallery.IsClosed;

    /// <summary>Loads everything, with the calling thread as one of the threads, and returns when all of them have ended.</summary>
    /// <exception cref="ObjectDisposedException">The gallery was closed meanwhile.</exception>
    public void Run()
    {
        var helpers = new Thread[Math.Min(session.Options.MatchingThreads, Stretches()) - 1];
        for (int i = 0; i < helpers.Length; i++)
        {
            helpers[i] = new Thread(Work) { IsBackground = true, Name = "FaceVault loader" };
            helpers[i].UnsafeStart();
        }

        Work();
        foreach (Thread helper in helpers)
            helper.Join();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        ObjectDisposedException.ThrowIf(open.Gallery.IsClosed, typeof(Gallery));
    }

    private int Stretches()
    {
        using ReadScope view = session.Engine.Read();
        return (int)((view.Crown.NextSlot - 1) / OpenGallery.Stretch) + 1;
    }

    private void Work()
    {
        try
        {
            using var reader = new SlotReader(session.Engine, session.Purposes, session.Options.Rules, open.Version, open.Gallery, () => HasEnded);
            while (!HasEnded && ReadStretch(reader))
            {
            }
        }
        catch (Exception first)
        {
            Interlocked.CompareExchange(ref failure, first, null);
        }
    }

    private bool ReadStretch(SlotReader reader)
    {
        using ReadScope view = session.Engine.Read();
        if (!open.TryTake(view.Crown.Commit, view.Crown.NextSlot, out uint first, out uint last))
            return false;
        reader.Read(view, first, last);
        return true;
    }
}
