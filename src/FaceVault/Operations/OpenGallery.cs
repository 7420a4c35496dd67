using FaceVault.Keys;
using FaceVault.Telemetry;
using Microsoft.Extensions.Logging;

namespace FaceVault.Operations;

/// <summary>A gallery, and for each slot which commit of the vault it was read at.</summary>
/// <remarks>
/// Whoever loads takes a stretch of slots inside the view in which it reads them, so the stretch is read at that view's commit, and is in the gallery when the view ends. No commit becomes
/// visible while a view stands. A later change of a slot therefore needs only the number of its own commit to know whether it was read, is yet to be read, or has to be
/// made here. Views are taken before the gate, never inside it. Thread-safe.
/// </remarks>
internal sealed class OpenGallery(uint version, Gallery gallery, ILogger logger, string origin)
{
    /// <summary>Slots read in one view: about a millisecond, which commits may have to wait.</summary>
    public const uint Stretch = KeyPage.EntriesPerLeaf * 16;

    private readonly Lock gate = new();
    private readonly List<long> stretches = [];
    private readonly Dictionary<uint, long> anew = [];
    private long newestAnew;
    private long? rest;
    private volatile bool isOpen;

    public uint Version { get; } = version;

    public Gallery Gallery { get; } = gallery;

    /// <summary>Completes when everything that was there is loaded, or nothing more will be.</summary>
    public Task Loading { get; set; } = Task.CompletedTask;

    private uint Next => ((uint)stretches.Count * Stretch) + 1;

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

    /// <summary>Gives the caller the next slots to read, in the view that it has and that it keeps until their templates are in the gallery.</summary>
    /// <param name="commit">The view's commit.</param>
    /// <param name="nextSlot">The first slot never given out, in that view.</param>
    /// <param name="first">The first slot to read.</param>
    /// <param name="last">The last one.</param>
    /// <returns>False when there are no more: slots given out from now on are enrolled live.</returns>
    public bool TryTake(long commit, uint nextSlot, out uint first, out uint last)
    {
        lock (gate)
        {
            first = Next;
            last = 0;
            if (rest is not null)
                return false;
            if (first >= nextSlot)
            {
                rest = commit;
                return false;
            }

            last = Math.Min(first + Stretch, nextSlot) - 1;
            stretches.Add(commit);
            return true;
        }
    }

    /// <summary>Enrols a template that became durable with a commit, unless its slot was read at that commit or later, or is yet to be read.</summary>
    public void AddLive(uint slot, ushort ordinal, ReadOnlySpan<byte> encoded, uint useEnds, long commit)
    {
        lock (gate)
        {
            if (commit > newestAnew)
                anew.Clear(); // commits come in their order
            if (ReadAt(slot) < commit)
                Gallery.Add(slot, ordinal, encoded, useEnds);
        }
    }

    /// <summary>Takes a slot's lanes out and reads them anew, unless they were read at the view's commit or are yet to be read.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="commit">The commit of the view that the caller has, newer than the slot's change.</param>
    /// <param name="load">Reads the slot in that view.</param>
    public void Reload(uint slot, long commit, Action load)
    {
        lock (gate)
        {
            if (!(ReadAt(slot) < commit))
                return;
            Gallery.Remove([slot]);
            load();
            anew[slot] = newestAnew = commit;
        }
    }

    /// <summary>Null: it is yet to be read.</summary>
    private long? ReadAt(uint slot) => anew.TryGetValue(slot, out long commit) ? commit : slot < Next ? stretches[(int)((slot - 1) / Stretch)] : rest;
}
