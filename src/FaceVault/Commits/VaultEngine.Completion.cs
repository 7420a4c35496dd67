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
    private SignedNote? checkpoint;
    private bool readBackPassed;
    private volatile IReadOnlyDictionary<uint, VaultException> uncertified = new Dictionary<uint, VaultException>();

    /// <summary>Whether a completion is owed that can be made once every place is there.</summary>
    private bool OwesCompletion => State.Crown.Work.Values.Any(w => w.IsRemoved && DamageOf(w.Slot) is null);

    /// <summary>Why the completion of a slot's destroyed key cannot be made until the key store is restored; null when it can, or none is owed.</summary>
    public VaultException? DamageOf(uint slot) => uncertified.GetValueOrDefault(slot);

    /// <summary>Brings up what fell behind and takes up completions that are owed. Writer thread only.</summary>
    /// <exception cref="VaultException">A place is still missing: they stay owed.</exception>
    public void CompleteOwed()
    {
        if (!IsDegraded && !State.Crown.Work.Values.Any(w => w.IsRemoved))
            return;
        LookAgain();
        if (OwesCompletion)
            throw Error.PlaceUnreachable("a listed root location or mirror");
    }

    /// <summary>The signed head over a size that is durable in the primary and every current mirror and stands in a root location. Writer thread only.</summary>
    public SignedNote SignCheckpoint()
    {
        Crown crown = State.Crown;
        if (checkpoint is not null && Checkpoint.Parse(checkpoint.Text).Size == crown.LedgerSize)
            return checkpoint;
        if (headDueSince is not null)
            RecordHead();
        var body = new Checkpoint(Options.Origin, crown.LedgerSize, MerkleFrontier.Read(crown.Frontier, crown.LedgerSize).Root());
        return checkpoint = SignedNote.Sign(body.ToString(), Options.Origin, crown.DangerousSigningSeed);
    }

    /// <summary>Completes every removed item of the work list, but those for which a draft or a ledger line is damaged. Both keys' places were confirmed before: a crash leaves it owed.</summary>
    private void CompleteRemoved()
    {
        List<WorkItem> owed = [.. State.Crown.Work.Values.Where(w => w.IsRemoved)];
        var damaged = new Dictionary<uint, VaultException>();
        uncertified = damaged;
        if (owed.Count == 0)
            return;
        var done = new List<CompletedDestruction>(owed.Count);
        using (CommitDraft draft = NewDraft())
        {
            var created = new LineReader(State, store!);
            var removed = new LineReader(State, store!);
            CertificateLocation[] locations = [.. LocationsNow()];
            CertificateReadBack[] readBack = [.. ReadBackNow(owed)];
            var former = new List<(uint Slot, ushort Ordinal)>();
            foreach (WorkItem item in owed)
            {
                try
                {
                    done.Add(Complete(draft, item, created, removed, locations, readBack, former));
                }
                catch (VaultException damage) when (IsDamage(damage))
                {
                    damaged.Add(item.Slot, damage);
                }
            }

            if (done.Count == 0)
                return;
            DeleteRows([], former); // before it is logged: afterwards nothing would remember them
            Commit(draft, rootKey!);
        }

        foreach (CompletedDestruction each in done)
            completed[each.RemovedIndex] = each;
        RecordHead();
        SignCheckpoint();
    }

    private static bool IsDamage(VaultException failure) => failure.Code is VaultErrorCode.StoreDamaged or VaultErrorCode.IntegrityViolated;

    /// <summary>Throws only before it changes the draft.</summary>
    private CompletedDestruction Complete(
        CommitDraft draft, WorkItem item, LineReader created, LineReader removed, CertificateLocation[] locations, CertificateReadBack[] readBack,
        List<(uint Slot, ushort Ordinal)> former)
    {
        Crown crown = draft.Crown;
        DateTimeOffset now = Options.Clock.GetUtcNow();
        byte[] blob = draft.Reader.Read(KeyTable.Draft, item.RemovedIndex) ?? throw Error.StoreDamaged("a draft of a certificate that is missing");
        DestructionFacts facts = DestructionFacts.Open(crown.LedgerKey, crown.VaultId, item.RemovedIndex, blob);
        string createdLine = created.Text(facts.CreatedIndex);
        bool known = draft.TryPeek(item.Slot, out KeyEntry entry);
        byte[]? record = known && entry.HasEvidence ? draft.Reader.Read(KeyTable.Record, item.Slot) : null;
        byte[] body = new CertificateBody
        {
            Vault = Options.Origin,
            Created = createdLine,
            Removed = removed.Text(item.RemovedIndex),
            Trigger = facts.Trigger,
            EpochFrom = facts.EpochFrom,
            EpochTo = facts.EpochTo,
            Locations = locations,
            TemplateCount = facts.Digests.Count,
            TemplateDigests = facts.Digests.SelectMany(d => d).ToArray(),
            Galleries = facts.Purged,
            Synthetic = LedgerEntry.Parse(createdLine).Synthetic == true,
            ReadBack = readBack,
            MadeAt = now,
        }.ToUtf8();

        Span<byte> line = stackalloc byte[LedgerEntry.MaxLength];
        int length = LedgerEntry.WriteDestructionCompleted(line, now, item.RemovedIndex, SHA256.HashData(body));
        long index = draft.AppendLine(line[..length]);
        draft.Writes.Add(new KeyWrite(KeyTable.Certificate, index, CertificateRow.Seal(crown.LedgerKey, crown.VaultId, index, body)));
        draft.Writes.Add(new KeyWrite(KeyTable.Draft, item.RemovedIndex, default));
        if (facts.ConsentGoesOn && known && entry.FirstOrdinal > 0)
            former.Add((item.Slot, entry.FirstOrdinal));
        if (record is not null && Noted(entry.EvidenceKey, item.Slot, record, facts, index) is { } noted)
            draft.Writes.Add(new KeyWrite(KeyTable.Record, item.Slot, noted));
        crown.Work.Remove(item.Slot);
        if (item.IsStopped)
            crown.Work.Add(item.Slot, item with { State = WorkState.Stopped, RemovedIndex = 0 });
        return new CompletedDestruction(item.Slot, facts.CreatedIndex, item.RemovedIndex, index, body, line[..length].ToArray());
    }

    /// <summary>The consent record with its certificate; null when it is damaged, which keeps nobody's destruction from ending.</summary>
    private byte[]? Noted(EvidenceKey key, uint slot, byte[] record, DestructionFacts facts, long index)
    {
        try
        {
            return Options.Evidence.Complete(key, slot, record, facts, index);
        }
        catch (VaultException damage) when (IsDamage(damage))
        {
            return null;
        }
    }

    /// <summary>Every place whose copy of the key counted, as it stands now: all listed ones confirmed, retired ones that could not be reached not.</summary>
    private IEnumerable<CertificateLocation> LocationsNow() =>
        State.Crown.Places.Select(place => new CertificateLocation(TypeOf(place.Kind), MediumOf(place), MethodOf(place), place.State == PlaceState.Listed));

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
}
