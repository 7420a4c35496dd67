using System.Buffers.Binary;
using System.Text;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>For which purpose an act of consent stands (C2; SPC 4(2)): finds consents by their <see cref="ConsentGrant.InteractionId"/>.</summary>
/// <remarks>
/// <para>Acts stand in the sealed records and nowhere else at rest. The first grant that names an act has all records read, 6 µs each, and for every act and purpose the newest slot is noted in native memory under 32 bits of a keyed tag.
/// A hit is decided by the record itself. Later grants read on from where the index ends; slots are never used again, so it stays true when a commit fails.</para>
/// <para>A record that does not open is noted by its slot. It refuses grants of its subject to other purposes, and no others: an act is one person's, or that of whoever speaks for them.</para>
/// Thread-safe; taken inside a view or on the writer, never the other way round.
/// </remarks>
internal sealed class InteractionIndex : IDisposable
{
    private const int MostNoted = 1 << 16;
    private const int MostRetried = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<uint, UInt128> noted = [];
    private readonly HashSet<uint> unread = [];
    private SlotIndex index = new();
    private uint next = 1;

    /// <summary>Whether all that was there once is read: what came since is read where it is asked for.</summary>
    public bool IsBuilt { get; private set; }

    /// <summary>The keyed tag of an act; 0 for none.</summary>
    public static UInt128 TagOf(Crown crown, string? interaction)
    {
        if (interaction is null)
            return 0;
        Span<byte> utf8 = stackalloc byte[256], tag = stackalloc byte[Tags.Size];
        Tags.Interaction(crown.TagKey, utf8[..Encoding.UTF8.GetBytes(interaction, utf8)], tag);
        return BinaryPrimitives.ReadUInt128LittleEndian(tag);
    }

    /// <summary>Reads up to <paramref name="most"/> further slots; true when none is left.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/>; damage is noted and does not stop the reading.</exception>
    public bool ReadOn(IKeyStoreReader store, Crown crown, uint most)
    {
        lock (gate)
        {
            using var view = new View(store, crown);
            ReadOn(view, most);
            return IsBuilt |= next >= crown.NextSlot;
        }
    }

    /// <summary>What the records say of an act, for a consent to a purpose.</summary>
    /// <param name="store">Committed rows.</param>
    /// <param name="crown">The crown that they belong to.</param>
    /// <param name="act">The act's tag.</param>
    /// <param name="purpose">The purpose's number.</param>
    /// <param name="ofSubject">The subject's slots.</param>
    public InteractionFinding Find(IKeyStoreReader store, Crown crown, UInt128 act, uint purpose, IReadOnlyList<uint> ofSubject)
    {
        lock (gate)
        {
            using var view = new View(store, crown);
            ReadOn(view, uint.MaxValue);
            if (HasEnded(view, act))
                Rebuild(view);
            Retry(view);
            foreach (uint slot in index.Find(Bytes(act, stackalloc byte[Tags.Size])))
                if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.PurposeVersion >> 16 != purpose && (!TryRead(view, slot, entry, out UInt128 other) || other == act))
                    return InteractionFinding.Used;
            foreach (uint slot in ofSubject)
                if (unread.Contains(slot) && view.Tree.TryGet(slot, out KeyEntry entry) && entry.HasEvidence && entry.PurposeVersion >> 16 != purpose)
                    return InteractionFinding.Unreadable;
            return InteractionFinding.Free;
        }
    }

    /// <summary>Tells of a slot whose grant is durable, so that its record is not read for it.</summary>
    public void Note(uint slot, UInt128 act)
    {
        lock (gate)
        {
            if (!IsBuilt || slot < next)
                return;
            if (noted.Count == MostNoted)
                noted.Clear();
            noted[slot] = act;
        }
    }

    public void Dispose()
    {
        lock (gate)
            index.Dispose();
    }

    private void ReadOn(View view, uint most)
    {
        uint all = view.Crown.NextSlot;
        if (next >= all)
            return;
        using IDisposable? together = view.Store.BeginReading();
        for (uint end = most < all - next ? next + most : all; next < end;)
        {
            uint last = Math.Min(end, KeyPage.FirstOf(KeyPage.LeafOf(next)) + KeyPage.EntriesPerLeaf);
            try
            {
                view.Tree.Walk((slot, entry) => Take(view, slot, entry), next, last);
            }
            catch (VaultException damaged) when (damaged.Code == VaultErrorCode.StoreDamaged)
            {
                for (uint slot = next; slot < last; slot++)
                    unread.Add(slot); // a key page; whoever needs one of its entries is told
            }

            next = last;
        }
    }

    private void Take(View view, uint slot, KeyEntry entry)
    {
        if (!entry.HasEvidence)
            return;
        if (noted.Remove(slot, out UInt128 act) || TryRead(view, slot, entry, out act))
            Add(view, slot, entry, act);
        else
            unread.Add(slot);
    }

    /// <summary>Notes a slot, in place of an older one of the same act and purpose: the newest evidence lives longest.</summary>
    private void Add(View view, uint slot, KeyEntry entry, UInt128 act)
    {
        if (act == 0)
            return;
        Span<byte> tag = Bytes(act, stackalloc byte[Tags.Size]);
        uint purpose = entry.PurposeVersion >> 16;
        foreach (uint other in index.Find(tag))
            if (view.Beside.TryGet(other, out KeyEntry older) && older.PurposeVersion >> 16 == purpose && TryRead(view, other, older, out UInt128 its) && its == act)
                index.Remove(tag, other);
        index.Add(tag, slot);
    }

    /// <summary>Looks again at some of what did not open: a mirror may have brought it back.</summary>
    private void Retry(View view)
    {
        foreach (uint slot in unread.Take(MostRetried).ToArray())
        {
            try
            {
                bool found = view.Tree.TryGet(slot, out KeyEntry entry);
                if (found && entry.HasEvidence && !TryRead(view, slot, entry, out _))
                    continue;
                unread.Remove(slot);
                if (found)
                    Take(view, slot, entry);
            }
            catch (VaultException damaged) when (damaged.Code == VaultErrorCode.StoreDamaged)
            {
            }
        }
    }

    /// <summary>Whether evidence of an act under this tag is gone: then the slot that was noted no longer speaks for older ones.</summary>
    private bool HasEnded(View view, UInt128 act)
    {
        foreach (uint slot in index.Find(Bytes(act, stackalloc byte[Tags.Size])))
            if (!view.Tree.TryGet(slot, out KeyEntry entry) || !entry.HasEvidence)
                return true;
        return false;
    }

    private void Rebuild(View view)
    {
        index.Dispose();
        index = new SlotIndex();
        noted.Clear();
        unread.Clear();
        next = 1;
        ReadOn(view, uint.MaxValue);
    }

    private static bool TryRead(View view, uint slot, KeyEntry entry, out UInt128 act)
    {
        act = 0;
        if (view.Store.Read(KeyTable.Record, slot) is not { } blob
            || !SealedConsentRecord.TryOpenInteraction(entry.EvidenceKey, view.Crown.VaultId, slot, entry.RecordVersion, blob, out string? interaction))
            return false;
        act = TagOf(view.Crown, interaction);
        return true;
    }

    private static Span<byte> Bytes(UInt128 tag, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, tag);
        return bytes;
    }

    /// <summary>Committed rows, and two cursors over them: a walk is not to lose its page to a look elsewhere.</summary>
    private sealed class View(IKeyStoreReader store, Crown crown) : IDisposable
    {
        private TreeCursor? beside;

        public IKeyStoreReader Store => store;

        public Crown Crown => crown;

        public TreeCursor Tree { get; } = new(store, crown);

        public TreeCursor Beside => beside ??= new TreeCursor(Store, Crown);

        public void Dispose()
        {
            Tree.Dispose();
            beside?.Dispose();
        }
    }
}
