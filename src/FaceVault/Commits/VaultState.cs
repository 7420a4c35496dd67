using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>What memory knows between two commits: the opened crown, its sealed bytes, the lookup tables. Rebuilt from the store at open and after a failure.</summary>
/// <remarks>Changed by the writer under the vault's write lock, read under its read lock.</remarks>
internal sealed class VaultState : IDisposable
{
    private VaultState(Crown crown, byte[] sealedCrown, long expected)
    {
        Crown = crown;
        SealedCrown = sealedCrown;
        Consents = new SlotIndex(expected);
        Subjects = new SlotIndex(expected);
    }

    public Crown Crown { get; private set; }

    /// <summary>The stored bytes of the crown: the condition of the next commit.</summary>
    public byte[] SealedCrown { get; private set; }

    public SlotIndex Consents { get; }

    public SlotIndex Subjects { get; }

    /// <summary>Consents with a living template key, by purpose version.</summary>
    public Dictionary<uint, int> Living { get; } = [];

    /// <summary>All hashes of the ledger; built when the first proof is asked for.</summary>
    public MerkleLog? Log { get; private set; }

    /// <summary>Reads the whole tree once: about 0.2 s per million consents.</summary>
    public static VaultState Load(IKeyStoreReader reader, Crown crown, byte[] sealedCrown)
    {
        var state = new VaultState(crown, sealedCrown, crown.NextSlot);
        try
        {
            using var cursor = new TreeCursor(reader, crown);
            cursor.Walk((slot, entry) =>
            {
                state.Consents.Add(entry.ConsentTag, slot);
                state.Subjects.Add(entry.SubjectTag, slot);
                if (entry.IsLiving)
                    state.CountLiving(entry.PurposeVersion, 1);
            });
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>Takes over what a draft that is now durable has changed, and wipes the former crown.</summary>
    public void Take(CommitDraft draft, byte[] sealedCrown)
    {
        Crown former = Crown;
        Crown = draft.ReleaseCrown();
        SealedCrown = sealedCrown;
        former.Dispose();
        foreach (IndexChange change in draft.IndexChanges)
        {
            if (change.Added)
            {
                Consents.Add(change.ConsentTag, change.Slot);
                Subjects.Add(change.SubjectTag, change.Slot);
            }
            else
            {
                Consents.Remove(change.ConsentTag, change.Slot);
                Subjects.Remove(change.SubjectTag, change.Slot);
            }
        }

        foreach ((uint version, int difference) in draft.LivingChanges)
            CountLiving(version, difference);
        foreach (MerkleHash hash in draft.LeafHashes)
            Log?.Append(hash);
    }

    /// <summary>The log of all hashes, read from the store the first time: about 1.5 s per million lines.</summary>
    public MerkleLog LoadLog(IKeyStoreReader reader)
    {
        if (Log is not null)
            return Log;
        var log = new MerkleLog();
        foreach ((_, ReadOnlyMemory<byte> line) in ReadLines(reader, 0))
            log.Append(MerkleTree.LeafHash(line.Span));
        return Log = log.Root(log.Size).Equals(MerkleFrontier.Read(Crown.Frontier, Crown.LedgerSize).Root()) ? log : throw Error.StoreDamaged("the ledger, whose root differs from the crown's");
    }

    public IEnumerable<(long Index, ReadOnlyMemory<byte> Line)> ReadLines(IKeyStoreReader reader, long from) =>
        LedgerSegment.Read(reader, (first, blob) => LedgerSegment.Open(Crown.LedgerKey, Crown.VaultId, first, blob), from, Crown.LedgerSize);


    public void Dispose()
    {
        Crown.Dispose();
        Consents.Dispose();
        Subjects.Dispose();
    }

    private void CountLiving(uint version, int difference) => Living[version] = Living.GetValueOrDefault(version) + difference;
}

/// <summary>A slot that the lookup tables gain or lose when the draft is durable.</summary>
internal readonly record struct IndexChange(bool Added, uint Slot, byte[] ConsentTag, byte[] SubjectTag);
