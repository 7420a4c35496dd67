using System.Buffers;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>A commit in the making: a clone of the crown, the pages it changes, ledger lines, rows. Nothing of it is visible until it is durable; dropped, it never was.</summary>
internal sealed class CommitDraft : IDisposable
{
    private readonly VaultState state;
    private readonly TreeCursor committed;
    private readonly TreeEdit tree;
    private readonly ArrayBufferWriter<byte> lines = new();
    private readonly List<Action> later = [];
    private readonly List<int> lineEnds = [];
    private readonly Dictionary<UInt128, uint> newConsents = [];
    private readonly Dictionary<UInt128, List<uint>> newSubjects = [];
    private readonly HashSet<uint> edited = [];
    private readonly long firstLine;
    private readonly MerkleFrontier frontier;
    private Crown? crown;

    public CommitDraft(VaultState state, IKeyStoreReader reader, DateTimeOffset time)
    {
        this.state = state;
        Reader = reader;
        Time = time;
        crown = state.Crown.Clone();
        firstLine = crown.LedgerSize;
        frontier = MerkleFrontier.Read(crown.Frontier, crown.LedgerSize);
        committed = new TreeCursor(reader, state.Crown);
        tree = new TreeEdit(reader, crown);
    }

    /// <summary>The writer's own view of the store as it stands before this commit.</summary>
    public IKeyStoreReader Reader { get; }

    /// <summary>The time of this commit's ledger lines: never before that of an earlier one, wherever the clock stands.</summary>
    public DateTimeOffset Time { get; }

    public Crown Crown => crown ?? throw new InvalidOperationException("The draft's crown has been taken over.");

    public List<KeyWrite> Writes { get; } = [];

    /// <summary>Ciphertexts that must be durable before the commit that counts them.</summary>
    public List<TemplateRow> Rows { get; } = [];

    public List<IndexChange> IndexChanges { get; } = [];

    public Dictionary<uint, int> LivingChanges { get; } = [];

    public int HeldChange { get; set; }

    public int KeptChange { get; set; }

    public List<MerkleHash> LeafHashes { get; } = [];

    /// <summary>Tags of the acts in which the consents of this draft were given, and the number of the purpose of each.</summary>
    public Dictionary<UInt128, uint> Interactions { get; } = [];

    /// <summary>What this commit does, counted by purpose and day: written with it.</summary>
    public Dictionary<(int Day, ushort Purpose), DayCounts> Counts { get; } = [];

    /// <summary>The index of the first line that this draft appends.</summary>
    public long FirstLine => firstLine;

    public bool IsEmpty => Writes.Count == 0 && lineEnds.Count == 0 && edited.Count == 0 && !CrownChanged;

    /// <summary>Set by whoever changes only the crown (a stop).</summary>
    public bool CrownChanged { get; set; }

    /// <summary>Set by an item just before its first change: from then on its failure is the whole draft's.</summary>
    public bool IsChanging { get; set; }

    /// <summary>The entry of a slot for writing; its leaf is rewritten by this commit.</summary>
    public KeyEntry Edit(uint slot)
    {
        edited.Add(KeyPage.LeafOf(slot));
        return tree.Entry(slot);
    }

    /// <summary>The entry of a slot for reading, with what this draft has already changed.</summary>
    public bool TryPeek(uint slot, out KeyEntry entry)
    {
        if (!edited.Contains(KeyPage.LeafOf(slot)))
            return committed.TryGet(slot, out entry);
        entry = tree.Entry(slot);
        return !entry.IsEmpty;
    }

    /// <summary>Gives out the next slot and notes under which tags it will be found.</summary>
    public KeyEntry Allocate(ReadOnlySpan<byte> consentTag, ReadOnlySpan<byte> subjectTag, uint purposeVersion, out uint slot)
    {
        slot = tree.Allocate();
        edited.Add(KeyPage.LeafOf(slot));
        KeyEntry entry = tree.Entry(slot);
        consentTag.CopyTo(entry.ConsentTag);
        subjectTag.CopyTo(entry.SubjectTag);
        entry.PurposeVersion = purposeVersion;
        newConsents.Add(Number(consentTag), slot);
        if (!newSubjects.TryGetValue(Number(subjectTag), out List<uint>? slots))
            newSubjects.Add(Number(subjectTag), slots = []);
        slots.Add(slot);
        IndexChanges.Add(new IndexChange(Added: true, slot, consentTag.ToArray(), subjectTag.ToArray()));
        CountLiving(purposeVersion, 1);
        return entry;
    }

    /// <summary>Notes that a slot's entry is wholly gone after this commit.</summary>
    public void Forget(uint slot, KeyEntry entry) =>
        IndexChanges.Add(new IndexChange(Added: false, slot, entry.ConsentTag.ToArray(), entry.SubjectTag.ToArray()));

    public void CountLiving(uint purposeVersion, int difference) =>
        LivingChanges[purposeVersion] = LivingChanges.GetValueOrDefault(purposeVersion) + difference;

    /// <summary>The slot of a consent, or 0. Sees what items before this one have granted.</summary>
    public uint FindConsent(ReadOnlySpan<byte> tag)
    {
        if (newConsents.TryGetValue(Number(tag), out uint slot))
            return slot;
        foreach (uint candidate in state.Consents.Find(tag))
            if (TryPeek(candidate, out KeyEntry entry) && entry.ConsentTag.SequenceEqual(tag))
                return candidate;
        return 0;
    }

    /// <summary>The slots of a subject, in no order.</summary>
    public List<uint> FindSubject(ReadOnlySpan<byte> tag)
    {
        List<uint> slots = newSubjects.TryGetValue(Number(tag), out List<uint>? added) ? [.. added] : new List<uint>(0);
        foreach (uint candidate in state.Subjects.Find(tag))
            if (TryPeek(candidate, out KeyEntry entry) && entry.SubjectTag.SequenceEqual(tag))
                slots.Add(candidate);
        return slots;
    }

    /// <summary>Counts something that this commit does. Like every change, only when nothing can refuse it any more.</summary>
    /// <param name="purposeVersion">As it stands in the entry.</param>
    /// <param name="activity">What.</param>
    /// <param name="time">When; the day is that of UTC.</param>
    /// <param name="count">How often.</param>
    public void Count(uint purposeVersion, Activity activity, DateTimeOffset time, int count = 1)
    {
        if (count == 0)
            return;
        (int, ushort) key = (DayNumber.Of(time), (ushort)(purposeVersion >> 16));
        if (!Counts.TryGetValue(key, out DayCounts? counts))
            Counts.Add(key, counts = new DayCounts());
        counts.Add(CountNames.Of(activity), count);
    }

    /// <summary>The index of the ledger line that comes next.</summary>
    public long NextLine => frontier.Size;

    /// <summary>Appends a ledger line and answers its index.</summary>
    public long AppendLine(ReadOnlySpan<byte> line)
    {
        long index = frontier.Size;
        MerkleHash hash = MerkleHash.OfEntry(line);
        frontier.Append(hash);
        LeafHashes.Add(hash);
        lines.Write(line);
        lines.Write("\n"u8);
        lineEnds.Add(lines.WrittenCount);
        return index;
    }

    /// <summary>Appends a ledger line and answers its index.</summary>
    public long AppendLine(LedgerEntry entry) => AppendLine(System.Text.Encoding.UTF8.GetBytes(entry.Line));

    /// <summary>A line appended by this draft.</summary>
    public ReadOnlySpan<byte> NewLine(long index)
    {
        int i = (int)(index - firstLine);
        int start = i == 0 ? 0 : lineEnds[i - 1];
        return lines.WrittenSpan[start..(lineEnds[i] - 1)];
    }

    /// <summary>Notes a row of the key store whose blob is sealed when the draft is complete, with others at once. The delegate reads entries only, and what it reads must live until the commit.</summary>
    public void SealLater(KeyTable table, long key, Func<byte[]> seal)
    {
        int at = Writes.Count;
        Writes.Add(new KeyWrite(table, key, default));
        later.Add(() => Writes[at] = new KeyWrite(table, key, seal()));
    }

    /// <summary>The same for a template's row.</summary>
    public void SealLater(uint slot, ushort ordinal, Func<byte[]> seal)
    {
        int at = Rows.Count;
        Rows.Add(new TemplateRow(slot, ordinal, default));
        later.Add(() => Rows[at] = new TemplateRow(slot, ordinal, seal()));
    }

    /// <summary>Seals what was put off, on all processors when it is much.</summary>
    public void SealNow()
    {
        Ranges.Run(later.Count, (from, to) =>
        {
            for (int i = from; i < to; i++)
                later[i]();
        });
        later.Clear();
    }

    /// <summary>Seals ledger segments, pages and the crown. After it the draft takes no more changes.</summary>
    public byte[] Seal(RootKey key)
    {
        for (int i = 0; i < lineEnds.Count; i += LedgerSegment.MostLines)
        {
            int start = i == 0 ? 0 : lineEnds[i - 1];
            int end = lineEnds[Math.Min(i + LedgerSegment.MostLines, lineEnds.Count) - 1];
            long first = firstLine + i;
            Writes.Add(new KeyWrite(KeyTable.Ledger, first, LedgerSegment.Seal(Crown.LedgerKey, Crown.VaultId, first, lines.WrittenSpan[start..end])));
        }

        Crown.LedgerSize = frontier.Size;
        Crown.Frontier = new byte[frontier.WrittenSize];
        frontier.Write(Crown.Frontier);
        tree.Seal(Writes);
        byte[] sealedCrown = CrownCodec.Seal(Crown, key);
        Writes.Add(new KeyWrite(KeyTable.Crown, 0, sealedCrown));
        return sealedCrown;
    }

    /// <summary>Hands the crown over to memory: the commit is durable.</summary>
    public Crown ReleaseCrown()
    {
        Crown released = Crown;
        crown = null;
        return released;
    }

    public void Dispose()
    {
        committed.Dispose();
        tree.Dispose();
        crown?.Dispose();
    }

    private static UInt128 Number(ReadOnlySpan<byte> tag) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(tag);
}
