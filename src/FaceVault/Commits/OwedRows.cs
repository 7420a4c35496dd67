using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Step 3b at a later open, when no write set is there to compare with: every row that a destroying commit wrote and that is still needed is sealed for its place, so that it opens or is damaged.</summary>
internal static class OwedRows
{
    /// <summary>Whether the entries, drafts and records of the removed items open in a place, and every ledger line since the first of them. The place holds the state's crown.</summary>
    public static bool Stand(IKeyStoreLocation place, VaultState state, EngineOptions options)
    {
        Crown crown = state.Crown;
        List<WorkItem> owed = [.. crown.Work.Values.Where(w => w.IsRemoved)];
        if (owed.Count == 0)
            return true;
        try
        {
            using IKeyStoreReader reader = place.OpenReader();
            using var tree = new TreeCursor(reader, crown);
            foreach (WorkItem item in owed)
            {
                if (reader.Read(KeyTable.Draft, item.RemovedIndex) is not { } draft)
                    return false;
                DestructionFacts.Open(crown.LedgerKey, crown.VaultId, item.RemovedIndex, draft);
                if (!tree.TryGet(item.Slot, out KeyEntry entry) || !entry.IsLiving)
                    continue; // shredded: its record was not written
                if (reader.Read(KeyTable.Record, item.Slot) is not { } record)
                    return false;
                options.Evidence.Read(entry, item.Slot, record);
            }

            long expected = owed.Min(w => w.RemovedIndex);
            foreach ((long index, _) in LedgerSegment.Read(reader, (first, blob) => LedgerSegment.Open(crown.LedgerKey, crown.VaultId, first, blob), expected, crown.LedgerSize))
                expected = index + 1;
            return expected == crown.LedgerSize;
        }
        catch (VaultException damage) when (damage.IsDamage)
        {
            return false;
        }
    }
}
