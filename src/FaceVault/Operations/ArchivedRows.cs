using System.Security.Cryptography;
using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Leaves in a copy of the template store only rows that a commit counts.</summary>
/// <remarks>
/// An attempt that failed may leave rows behind, above the numbers that its slot has given out. In the store they are deleted before the slot is written again, and their numbers skipped. A copy would
/// bring them back when their numbers lie among those given out: as damage, if their key never came to be, or as a template whose enrolment was answered with a failure.
/// </remarks>
internal static class ArchivedRows
{
    private const uint Stretch = KeyPage.EntriesPerLeaf * 64;

    /// <summary>Deletes from the copy what lies under no living key, outside the numbers given out, or otherwise in the store now. One view a stretch.</summary>
    public static void Sift(VaultEngine engine, ITemplateStore copy, CancellationToken cancellationToken)
    {
        using ITemplateReader store = engine.Options.Templates.OpenReader();
        uint from = 1, next;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            uint last = from + Stretch - 1;
            var refused = new List<(uint Slot, ushort Ordinal)>();
            using (ReadScope view = engine.Read())
            {
                next = view.Crown.NextSlot;
                var counted = new Dictionary<(uint, ushort), byte[]>();
                store.Scan(from, last, (slot, ordinal, blob) =>
                {
                    if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.IsLiving && ordinal >= entry.FirstOrdinal && ordinal < entry.NextOrdinal)
                        counted.Add((slot, ordinal), SHA256.HashData(blob));
                    return true;
                });
                copy.Scan(from, last, (slot, ordinal, blob) =>
                {
                    if (!counted.TryGetValue((slot, ordinal), out byte[]? hash) || !SHA256.HashData(blob).AsSpan().SequenceEqual(hash))
                        refused.Add((slot, ordinal));
                    return true;
                });
            }

            foreach ((uint slot, ushort ordinal) in refused)
                copy.DeleteOrdinals(slot, ordinal, ordinal);
            from = last + 1;
        }
        while (from < next);
        copy.DeleteFrom(from);
    }
}
