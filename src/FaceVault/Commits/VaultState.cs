using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>What memory knows between two commits: the opened crown, its sealed bytes, the lookup tables. Rebuilt from the store at open and after a failure.</summary>
/// <remarks>Changed by the writer under the vault's write lock, read under its read lock.</remarks>
internal sealed class VaultState : IDisposable
{
    private readonly Lock logGate = new();
    private MerkleLog? unfinished;

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

    /// <summary>Consents with a living template key, by purpose version. Not counted beside a writer.</summary>
    public Dictionary<uint, int> Living { get; } = [];

    /// <summary>Slots under a legal hold, whether their template key lives or only their evidence. Not counted beside a writer.</summary>
    public int Held { get; private set; }

    /// <summary>Of these, the slots that are stopped and kept.</summary>
    public int Kept { get; private set; }

    /// <summary>The first slot that the lookup tables do not know yet; beyond the last one, except beside a writer.</summary>
    public uint IndexedTo { get; private set; } = uint.MaxValue;

    public bool IsLogRead => Log is not null;

    /// <summary>All hashes of the ledger; built when the first proof is asked for.</summary>
    private MerkleLog? Log { get; set; }

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
                state.Held += entry.IsHeld ? 1 : 0;
                state.Kept += entry.IsKept || entry.IsSetAside ? 1 : 0;
            });
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>Memory beside a writer: knows a crown, and nothing of the tree until <see cref="Index"/> has read it.</summary>
    public static VaultState Beside(Crown crown, byte[] sealedCrown) => new(crown, sealedCrown, 0) { IndexedTo = 1 };

    /// <summary>Takes over a later crown of the same store. The lookup tables stay true: slots and their tags are never used again, and whoever finds one compares its page.</summary>
    public void Follow(Crown crown, byte[] sealedCrown)
    {
        lock (logGate)
        {
            if (Log is not null && crown.LedgerSize != Crown.LedgerSize)
                (unfinished, Log) = (Log, null);
        }

        Crown.Dispose();
        Crown = crown;
        SealedCrown = sealedCrown;
    }

    /// <summary>Reads up to <paramref name="most"/> further slots into the lookup tables; true when none is left.</summary>
    public bool Index(TreeCursor tree, uint most)
    {
        uint end = Math.Min(Crown.NextSlot, IndexedTo + most);
        tree.Walk(
            (slot, entry) =>
            {
                Consents.Add(entry.ConsentTag, slot);
                Subjects.Add(entry.SubjectTag, slot);
            },
            IndexedTo,
            end);
        IndexedTo = Math.Max(IndexedTo, end);
        return IndexedTo >= Crown.NextSlot;
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
        Held += draft.HeldChange;
        Kept += draft.KeptChange;
        foreach (MerkleHash hash in draft.LeafHashes)
            Log?.Append(hash);
    }

    /// <summary>The log of all hashes, read from the store the first time: about 1.5 s per million lines. Read it ahead in stretches where that is long.</summary>
    public MerkleLog LoadLog(IKeyStoreReader reader)
    {
        lock (logGate)
        {
            ReadLog(reader, int.MaxValue);
            return Log!;
        }
    }

    /// <summary>Reads up to <paramref name="most"/> further lines; true when the log is whole and its root is the crown's.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreDamaged"/>: a line is missing, or the root differs.</exception>
    public bool ReadLog(IKeyStoreReader reader, int most)
    {
        lock (logGate)
        {
            if (Log is not null)
                return true;
            MerkleLog log = unfinished ??= new MerkleLog();
            byte[] row = [];
            foreach ((_, ReadOnlyMemory<byte> line) in LedgerSegment.Read(reader, OpenRow, log.Size, Crown.LedgerSize).Take(most))
                log.Append(MerkleHash.OfEntry(line.Span));
            if (log.Size < Crown.LedgerSize)
                return false;
            unfinished = null;
            Log = log.Size == Crown.LedgerSize && log.Root(log.Size).Equals(MerkleFrontier.Read(Crown.Frontier, Crown.LedgerSize).Root())
                ? log : throw Error.StoreDamaged("the ledger, whose root differs from the crown's");
            return true;

            ReadOnlyMemory<byte> OpenRow(long first, byte[] blob)
            {
                int length = Math.Max(0, blob.Length - Aead.Overhead);
                if (row.Length < length)
                    row = new byte[length];
                LedgerSegment.Open(Crown.LedgerKey, Crown.VaultId, first, blob, row.AsSpan(0, length));
                return row.AsMemory(0, length);
            }
        }
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
