using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

// Step 5: the completion is logged with the hash of the certificate's body, the body is sealed, the items leave the work list, the checkpoint is signed.
internal sealed partial class VaultEngine
{
    // By the index of the "key removed" line; what the destroying commit that runs now has to answer.
    private readonly Dictionary<long, CompletedDestruction> completed = [];
    private volatile SignedCheckpoint? checkpoint;
    private bool readBackPassed;
    private volatile IReadOnlyDictionary<uint, VaultException> uncertified = new Dictionary<uint, VaultException>();

    /// <summary>Whether a completion is owed that can be made once every place is there.</summary>
    private bool OwesCompletion => State.Crown.Work.Values.Any(w => w.IsRemoved && DamageOf(w.Slot) is null);

    /// <summary>Whether a root key from before the last destroying commit stands at a listed location: what that commit removed can still be read.</summary>
    private bool FormerKeyStands => roots.Current is { } oldest && oldest.Epoch < State.Crown.Epoch;

    /// <summary>The same, or a place is away where it may stand.</summary>
    private bool FormerKeyMayStand => FormerKeyStands || IsDegraded;

    /// <summary>The head that was signed last, or null when none was since the vault was opened.</summary>
    public SignedCheckpoint? LastCheckpoint => checkpoint;

    /// <summary>Why the completion of a slot's destroyed key cannot be made until the key store is restored; null when it can, or none is owed.</summary>
    public VaultException? DamageOf(uint slot) => uncertified.GetValueOrDefault(slot);

    /// <summary>Brings up what fell behind and takes up completions that are owed. Writer thread only.</summary>
    /// <exception cref="VaultException">A place is still missing: they stay owed, or the former root key does.</exception>
    public void CompleteOwed()
    {
        if (!IsDegraded && !State.Crown.Work.Values.Any(w => w.IsRemoved))
            return;
        LookAgain();
        if (OwesCompletion || FormerKeyStands)
            throw NotWhole();
    }

    /// <summary>The signed head over a size that is durable in the primary and every current mirror and stands in a root location. Writer thread only.</summary>
    public SignedCheckpoint SignCheckpoint()
    {
        Crown crown = State.Crown;
        if (checkpoint is { } signed && signed.Size == crown.LedgerSize)
            return signed;
        if (headDueSince is not null)
            RecordHead();
        var body = new TreeHead(Options.Origin, crown.LedgerSize, MerkleFrontier.Read(crown.Frontier, crown.LedgerSize).Root());
        return checkpoint = new SignedCheckpoint(SignedNote.Sign(body.ToString(), Options.Origin, crown.DangerousSigningSeed), crown.LedgerSize);
    }

    /// <summary>Completes every removed item of the work list, but those for which a draft or a ledger line is damaged. Both keys' places were confirmed before: a crash leaves it owed.</summary>
    /// <param name="records">Consent records that were read a moment ago, by slot; null where none were.</param>
    /// <param name="deletion">A deletion of template rows that goes on meanwhile.</param>
    private void CompleteRemoved(Dictionary<uint, RecordFacts>? records = null, Task? deletion = null)
    {
        List<WorkItem> owed = [.. State.Crown.Work.Values.Where(w => w.IsRemoved)];
        var damaged = new ConcurrentDictionary<uint, VaultException>();
        uncertified = damaged;
        if (owed.Count == 0)
            return;
        SealedCompletion[] made;
        using (CommitDraft draft = NewDraft())
        {
            var common = new CompletionFacts(draft.NextLine, draft.Time, [.. LocationsNow()], [.. RetiredNow()], [.. ReadBackNow(owed)], records ?? []);
            do
                made = Complete(owed, common, damaged);
            while (owed.RemoveAll(item => damaged.ContainsKey(item.Slot)) > 0); // without them the lines of the others move up
            if (owed.Count == 0)
                return;
            List<(uint Slot, ushort Ordinal)> former = [.. made.Where(m => m.FormerBelow > 0).Select(m => (m.Destruction.Slot, m.FormerBelow))];
            if (former.Count > 0)
            {
                deletion?.GetAwaiter().GetResult();
                DeleteRows([], former); // before it is logged: afterwards nothing would remember them
            }

            for (int i = 0; i < made.Length; i++)
                Note(draft, owed[i], made[i]);
            Commit(draft, rootKey!);
        }

        foreach ((CompletedDestruction each, _, _, _) in made)
            completed[each.RemovedIndex] = each;
        foreach (WorkItem item in owed)
            Meter.Deleted(LedgerNames.Of((DeletionTrigger)item.Trigger));
        NoteDestroyed(owed);
        RecordHead();
        SignCheckpoint();
    }

    /// <summary>Makes what the completions are, reading only. An item for which something is damaged has none, and its line's index is lost to it.</summary>
    private SealedCompletion[] Complete(List<WorkItem> owed, CompletionFacts common, ConcurrentDictionary<uint, VaultException> damaged)
    {
        var made = new SealedCompletion[owed.Count];
        Ranges.Run(made.Length, (from, to) =>
        {
            using ReaderPool<IKeyStoreReader>.Rented rented = readers.Rent();
            IKeyStoreReader reader = rented.Reader;
            using var tree = new TreeCursor(reader, State.Crown);
            LineReader created = new(State, reader), removed = new(State, reader);
            for (int i = from; i < to; i++)
            {
                try
                {
                    made[i] = Complete(owed[i], common.FirstLine + i, common, reader, tree, created, removed);
                }
                catch (VaultException damage) when (damage.IsDamage)
                {
                    damaged[owed[i].Slot] = damage;
                }
            }
        });
        return made;
    }

    private SealedCompletion Complete(WorkItem item, long index, CompletionFacts common, IKeyStoreReader reader, TreeCursor tree, LineReader created, LineReader removed)
    {
        Crown crown = State.Crown;
        byte[] blob = reader.Read(KeyTable.Draft, item.RemovedIndex) ?? throw Error.StoreDamaged("a draft of a certificate that is missing");
        DestructionFacts facts = DestructionFacts.Open(crown.LedgerKey, crown.VaultId, item.RemovedIndex, blob);
        string createdLine = created.Text(facts.CreatedIndex);
        byte[] body = new CertificateBody
        {
            Vault = Options.Origin,
            Created = createdLine,
            Removed = removed.Text(item.RemovedIndex),
            Trigger = facts.Trigger,
            EpochFrom = facts.EpochFrom,
            EpochTo = facts.EpochTo,
            Locations = [.. common.Locations, .. common.Retired.Where(place => facts.CreatedIndex < place.Until).Select(place => place.Location)],
            TemplateCount = facts.Digests.Count,
            TemplateDigests = facts.Digests.SelectMany(d => d).ToArray(),
            Galleries = facts.Purged,
            Synthetic = LedgerEntry.Parse(createdLine).Synthetic == true,
            ReadBack = common.ReadBack,
            MadeAt = common.Now,
        }.ToUtf8();

        Span<byte> line = stackalloc byte[LedgerEntry.MaxLength];
        int length = LedgerEntry.WriteDestructionCompleted(line, common.Now, item.RemovedIndex, SHA256.HashData(body));
        bool known = tree.TryGet(item.Slot, out KeyEntry entry);
        byte[]? record = known && entry.HasEvidence && reader.Read(KeyTable.Record, item.Slot) is { } before
            ? Noted(entry, item.Slot, before, facts, index, common.Records.GetValueOrDefault(item.Slot))
            : null;
        return new SealedCompletion(
            new CompletedDestruction(item.Slot, facts.CreatedIndex, item.RemovedIndex, index, body, line[..length].ToArray()),
            CertificateRow.Seal(crown.LedgerKey, crown.VaultId, index, body),
            record,
            facts.ConsentGoesOn && known ? entry.FirstOrdinal : (ushort)0);
    }

    private static void Note(CommitDraft draft, WorkItem item, in SealedCompletion made)
    {
        long index = draft.AppendLine(made.Destruction.CompletedLine);
        draft.Writes.Add(new KeyWrite(KeyTable.Certificate, index, made.Certificate));
        draft.Writes.Add(new KeyWrite(KeyTable.Draft, item.RemovedIndex, default));
        if (made.Record is not null)
        {
            draft.Writes.Add(new KeyWrite(KeyTable.Record, item.Slot, made.Record));
            KeyEntry entry = draft.Edit(item.Slot);
            entry.CountRecord();
        }

        draft.Crown.Work.Remove(item.Slot);
        if (item.IsStopped)
            draft.Crown.Work.Add(item.Slot, item with { State = WorkState.Stopped, RemovedIndex = 0 });
    }

    /// <summary>The consent record with its certificate; null when it is damaged, which keeps nobody's destruction from ending.</summary>
    private byte[]? Noted(KeyEntry entry, uint slot, byte[] record, DestructionFacts facts, long index, RecordFacts? read)
    {
        try
        {
            return Options.Evidence.Complete(entry, slot, record, facts, index, read);
        }
        catch (VaultException damage) when (damage.IsDamage)
        {
            return null;
        }
    }

    /// <summary>Every listed place, as it stands now: confirmed.</summary>
    private IEnumerable<CertificateLocation> LocationsNow() =>
        State.Crown.Places.Where(place => place.State == PlaceState.Listed).Select(place => new CertificateLocation(TypeOf(place.Kind), MediumOf(place), MethodOf(place), true));

    /// <summary>Every place that was retired while it was away, with the ledger size below which a key's creation lies that it may still open.</summary>
    private IEnumerable<(CertificateLocation Location, long Until)> RetiredNow() =>
        State.Crown.Places.Where(place => place.State == PlaceState.RetiredUnconfirmed)
            .Select(place => (new CertificateLocation(TypeOf(place.Kind), MediumOf(place), MethodOf(place), false), place.Confirmed));

    private string MethodOf(Place place) => place.Kind == PlaceKind.Root
        ? roots.Readings.FirstOrDefault(r => r.PlaceId.AsSpan().SequenceEqual(place.Id))?.Location.DestructionMethod ?? "not reached"
        : "sealed anew without the key, under a new root key; the old root key destroyed";

    /// <summary>What step 3b shows at this moment, over new read-only connections, for the primary and every mirror.</summary>
    private IEnumerable<CertificateReadBack> ReadBackNow(List<WorkItem> owed)
    {
        bool wasRead = readBackPassed; // by the destroying commit, just before its old key was destroyed
        readBackPassed = false;
        uint[] gone = wasRead ? [] : [.. ShreddedInWork()];
        int pages = owed.Select(w => KeyPage.LeafOf(w.Slot)).Distinct().Count();
        if (!wasRead)
            ReadBack(Options.Store, gone);
        yield return new CertificateReadBack(LocationType.Store, true, pages, true);
        foreach (Mirror mirror in mirrors.All.Where(m => m.IsCurrent))
        {
            if (!wasRead)
                ReadBack(mirror.Location, gone);
            yield return new CertificateReadBack(LocationType.Mirror, true, pages, true);
        }
    }

    /// <param name="FirstLine">Ledger index of the first completion.</param>
    /// <param name="Now">When they are made.</param>
    /// <param name="Locations">Every listed place.</param>
    /// <param name="Retired">Places retired while they were away, and which keys they may open.</param>
    /// <param name="ReadBack">What step 3b showed.</param>
    /// <param name="Records">Consent records that were read a moment ago, by slot.</param>
    private sealed record CompletionFacts(
        long FirstLine, DateTimeOffset Now, CertificateLocation[] Locations, (CertificateLocation Location, long Until)[] Retired, CertificateReadBack[] ReadBack, Dictionary<uint, RecordFacts> Records);

    /// <param name="Destruction">What the caller is answered.</param>
    /// <param name="Certificate">Its body, sealed.</param>
    /// <param name="Record">The consent record with it noted, sealed; null where there is none any more, or it is damaged.</param>
    /// <param name="FormerBelow">Where the consent goes on: template rows below this ordinal were sealed under the destroyed key.</param>
    private readonly record struct SealedCompletion(CompletedDestruction Destruction, byte[] Certificate, byte[]? Record, ushort FormerBelow);
}

/// <summary>A signed head and the ledger size that it is over.</summary>
internal sealed record SignedCheckpoint(SignedNote Note, long Size);
