using FaceVault.Keys;

namespace FaceVault.Commits;

/// <summary>Deletes template rows that an archive brought back: of dead slots, and below the first ordinal of re-keyed ones. A stretch of slots at a time, on the writer, so that none of them changes meanwhile.</summary>
/// <remarks>One seek for each slot that is dead or was re-keyed; a flush only where something is deleted. Rows at or above the next ordinal stay: their numbers must be skipped when the slot is written.</remarks>
internal sealed class FormerRowsItem(uint from) : ExclusiveItem
{
    private const uint Stretch = KeyPage.EntriesPerLeaf * 64;

    /// <summary>The first slot that was not looked at, or 0 at the end.</summary>
    public uint Next { get; private set; }

    /// <summary>Looks at all slots.</summary>
    public static async Task RunAsync(VaultEngine engine, CancellationToken cancellationToken)
    {
        for (uint next = 1; next != 0;)
        {
            var stretch = new FormerRowsItem(next) { CancellationToken = cancellationToken };
            await engine.Enqueue(stretch).ConfigureAwait(false);
            next = stretch.Next;
        }
    }

    public override void Run(VaultEngine engine)
    {
        var dead = new List<uint>();
        var firsts = new List<(uint Slot, ushort Ordinal)>();
        using (ReadScope view = engine.Read())
        {
            uint end = Math.Min(view.Crown.NextSlot, from + Stretch);
            for (uint slot = from; slot < end; slot++)
            {
                if (!view.Tree.TryGet(slot, out KeyEntry entry) || !entry.IsLiving)
                    dead.Add(slot);
                else if (entry.FirstOrdinal > 0)
                    firsts.Add((slot, entry.FirstOrdinal));
            }

            Next = end < view.Crown.NextSlot ? end : 0;
        }

        engine.DeleteRows(dead, firsts);
    }
}
