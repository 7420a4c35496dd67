using System.Security.Cryptography;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>The full check of a vault by itself. Reads in stretches of slots, so that commits go on meanwhile.</summary>
internal sealed partial class Auditing
{
    private const uint Stretch = KeyPage.EntriesPerLeaf * 8;
    private const string OtherBytes = "A mirror does not hold the vault's bytes. Refill it (mirror refill).";

    private readonly VaultSession session;
    private readonly SortedDictionary<string, AuditFinding> findings = new(StringComparer.Ordinal);
    private long slots, records, templates, lines, certificates, held, kept, mirrorRows;

    private Auditing(VaultSession session) => this.session = session;

    public static AuditReport Run(VaultSession session, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var audit = new Auditing(session);
        Action ledger = () => audit.Guard("ledger", "The ledger does not hash to the root in the crown.", () => audit.CheckLedger(cancellationToken));
        Task besides = session.Engine.IsInspecting ? Task.CompletedTask : Task.Run(ledger, CancellationToken.None);
        if (session.Engine.IsInspecting)
            ledger();
        try
        {
            audit.CheckAllSlots(progress, cancellationToken);
        }
        finally
        {
            besides.GetAwaiter().GetResult();
        }

        audit.CheckPlaces(cancellationToken);
        return new AuditReport
        {
            Slots = audit.slots,
            Records = audit.records,
            Templates = audit.templates,
            LedgerLines = audit.lines,
            Certificates = audit.certificates,
            Held = audit.held,
            Restricted = audit.kept,
            MirrorRows = audit.mirrorRows,
            Findings = [.. audit.findings.Values],
        };
    }

    /// <summary>Stretch by stretch, on every processor; beside a writer on one, so that its commits do not wait.</summary>
    private void CheckAllSlots(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long next = 1, done = 0;
        Task[] workers = [.. Enumerable.Range(0, session.Engine.IsInspecting ? 1 : Environment.ProcessorCount).Select(_ => Task.Run(() =>
        {
            long first;
            while ((first = Interlocked.Add(ref next, Stretch) - Stretch) < NextSlot())
            {
                cancellationToken.ThrowIfCancellationRequested();
                uint from = (uint)first;
                Guard("page", "A page of the key tree does not open.", () => CheckSlots(from, from + Stretch));
                progress?.Report(Math.Min(Interlocked.Add(ref done, Stretch), NextSlot() - 1));
            }
        }, CancellationToken.None))];
        Task.WhenAll(workers).GetAwaiter().GetResult();
    }

    private uint NextSlot()
    {
        using ReadScope view = session.Engine.Read();
        return view.Crown.NextSlot;
    }

    private void CheckLedger(CancellationToken cancellationToken)
    {
        var frontier = new MerkleFrontier();
        while (!CheckLines(frontier))
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Hashes the next lines; true when they are as many as the crown counts, and the root was compared.</summary>
    private bool CheckLines(MerkleFrontier frontier)
    {
        using ReadScope view = session.Engine.Read();
        foreach ((long index, ReadOnlyMemory<byte> line) in view.State.ReadLines(view.Store, frontier.Size).Take((int)Stretch))
        {
            frontier.Append(MerkleHash.OfEntry(line.Span));
            lines++;
            LedgerEntry entry = LedgerEntry.Parse(line.Span);
            CountLine(index, entry, view.Crown.Counts);
            if (entry.Kind == LedgerEntryKind.DestructionCompleted)
                CheckCertificate(view, index, entry);
        }

        if (frontier.Size < view.Crown.LedgerSize)
            return false;
        if (!frontier.Root().Equals(MerkleFrontier.Read(view.Crown.Frontier, view.Crown.LedgerSize).Root()))
            AddBroken("ledger", "The ledger does not hash to the root in the crown.");
        CheckProcessing(view);
        return true;
    }

    private void CheckCertificate(ReadScope view, long index, LedgerEntry entry)
    {
        if (view.Store.Read(KeyTable.Certificate, index) is not { } blob)
        {
            AddBroken("certificate", "A completed destruction has no certificate.");
            return;
        }

        Guard("certificate", "A certificate is not what the ledger says.", () =>
        {
            byte[] body = CertificateRow.Open(view.Crown.LedgerKey, view.Crown.VaultId, index, blob);
            if (Convert.ToHexStringLower(SHA256.HashData(body)) != entry.Body)
                AddBroken("certificate", "A certificate is not what the ledger says.");
            certificates++;
        });
    }

    private void CheckSlots(uint from, uint end)
    {
        using ReadScope view = session.Engine.Read();
        var line = new LineReader(view.State, view.Store);
        for (uint slot = from; slot < Math.Min(end, view.Crown.NextSlot); slot++)
        {
            if (!view.Tree.TryGet(slot, out KeyEntry entry))
                continue;
            Interlocked.Increment(ref slots);
            Interlocked.Add(ref held, entry.IsHeld ? 1 : 0);
            Interlocked.Add(ref kept, entry.IsKept || entry.IsSetAside ? 1 : 0);
            uint current = slot;
            if (entry.HasEvidence)
                Guard("record", "A consent record does not open or is not what the ledger says.", () => CheckRecord(view, line, current));
        }

        if (session.Engine.IsInspecting)
            return;
        using ReaderPool<ITemplateReader>.Rented rows = session.Engine.TemplateReaders.Rent();
        CheckTemplates(view, rows.Reader, from, Math.Min(end, view.Crown.NextSlot));
    }

    private void CheckRecord(ReadScope view, LineReader line, uint slot)
    {
        view.Tree.TryGet(slot, out KeyEntry entry);
        ConsentRecord record = Resolving.ReadRecord(view, slot, entry);
        LedgerEntry created = LedgerEntry.Parse(line.Bytes(record.CreatedIndex));
        Interlocked.Increment(ref records);
        Span<byte> tag = stackalloc byte[Tags.Size];
        Granting.Tag(view.Crown.TagKey, record.Grant.Id, tag);
        bool matches = created.Kind == LedgerEntryKind.KeyCreated && entry.ConsentTag.SequenceEqual(tag);
        if (entry.IsLiving)
        {
            Span<byte> key = stackalloc byte[Commitments.Size];
            Commitments.Key(entry.TemplateKey, key);
            matches &= created.Key == Convert.ToHexStringLower(key);
        }

        if (!matches)
            AddBroken("record", "A consent record does not open or is not what the ledger says.");
    }

    /// <summary>One scan over the rows of a stretch: each living slot under its lease, then how many of what it counts were there.</summary>
    private void CheckTemplates(ReadScope view, ITemplateReader rows, uint from, uint end)
    {
        using var encoded = new SecretBuffer(TemplateModels.MostEncodedBytes);
        var found = new int[end - from];
        HashSet<uint> inChange = [];
        SlotLease lease = default;
        uint leased = 0;
        try
        {
            rows.Scan(from, end - 1, (slot, ordinal, blob) =>
            {
                if (!IsChecked(view, slot, out KeyEntry entry))
                    return true;
                if (slot != leased)
                {
                    lease.Dispose();
                    lease = default;
                    leased = session.Engine.Leases.TryAcquire(slot, out lease) ? slot : 0;
                    if (leased == 0)
                        inChange.Add(slot);
                }

                if (leased == slot && CheckTemplate(view, slot, ordinal, blob, entry, encoded.DangerousBytes))
                    found[slot - from]++;
                return true;
            });
        }
        finally
        {
            lease.Dispose();
        }

        for (uint slot = from; slot < end; slot++)
            if (IsChecked(view, slot, out KeyEntry entry) && !inChange.Contains(slot) && !session.Engine.Leases.IsStopped(slot))
                Add(false, "template-missing", "Templates that are counted are not in the template store. Restore it from an archive that has them, or enroll again.", entry.Live - found[slot - from]);
    }

    /// <summary>Stopped, kept or being re-keyed: nobody opens its templates.</summary>
    private static bool IsChecked(ReadScope view, uint slot, out KeyEntry entry) => view.Tree.TryGet(slot, out entry) && entry.IsLiving && entry.State == SlotState.Active;

    /// <summary>Whether the row is one that its entry counts.</summary>
    private bool CheckTemplate(ReadScope view, uint slot, ushort ordinal, ReadOnlySpan<byte> blob, KeyEntry entry, Span<byte> encoded)
    {
        if (ordinal < entry.FirstOrdinal)
        {
            AddOwed("orphan", "Template rows under a former, destroyed key lie in the template store, as an archive brings them back; the next sweep deletes them.");
            return false;
        }

        if (ordinal >= entry.NextOrdinal)
        {
            AddOwed("orphan", "Template rows that no entry counts lie in the template store; they are deleted before their slot is written again.");
            return false;
        }

        try
        {
            TemplateModels.Open(session.Purposes.OfVersion(entry.PurposeVersion).Version, entry, view.Crown.VaultId, slot, ordinal, blob, encoded);
            Interlocked.Increment(ref templates);
        }
        catch (VaultException failure) when (failure.Code == VaultErrorCode.IntegrityViolated)
        {
            AddBroken("template", "A stored template was changed or damaged. Restore the template store from an archive, or replace the consent's templates.");
        }

        return true;
    }

    private void CheckPlaces(CancellationToken cancellationToken)
    {
        VaultStatus status = Inspecting.Status(session);
        foreach (PlaceStatus place in status.Places.Where(p => p is { IsCurrent: false, Id: not null }))
            AddOwed(place.Type == LocationType.Root ? "root" : "mirror", $"A place is missing or behind. {place.Trouble}");
        for (int owed = 0; owed < status.Owed; owed++)
            AddOwed("work", "Destructions are owed: they go on at the next withdrawal, sweep or opening.");
        foreach (WorkItem _ in session.Engine.Work.Where(w => session.Engine.DamageOf(w.Slot) is not null))
            AddBroken("certificate", "The certificate of a destroyed key cannot be made: its draft or a line of the ledger is damaged. Restore the key store from a mirror (restore --keys).");
        if (status.HasStagedKey)
            AddOwed("root", "A root key is staged: a destroying commit has not ended.");
        if (status.HeadLag > 0)
            AddOwed("head", "The recorded head lies behind the newest commit; it is at most one second late while the vault is open.");
        foreach (Mirror mirror in session.Engine.MirrorStates.Where(m => session.Engine.IsInspecting ? m.SeenCurrent : m.IsCurrent))
            CheckMirror(mirror, cancellationToken);
    }

    private void CheckMirror(Mirror mirror, CancellationToken cancellationToken)
    {
        var rows = new MirrorRows(session.Engine, mirror);
        try
        {
            rows.Compare(cancellationToken);
        }
        catch (VaultException failure) when (failure.Code == VaultErrorCode.StoreDamaged)
        {
            AddBroken("mirror", OtherBytes);
        }
        catch (VaultException failure) when (failure.Code is VaultErrorCode.StoreFailed or VaultErrorCode.StoreMissing)
        {
            AddOwed("mirror", $"A mirror could not be read to its end. {failure.Message}");
        }

        mirrorRows += rows.Equal;
        Add(true, "mirror", OtherBytes, rows.Different);
        Add(true, "mirror", "The key store holds damaged rows that a mirror holds whole. Restore the key store from that mirror (restore --keys).", rows.OnlyWhole);
    }

    /// <summary>Turns what does not open into a finding.</summary>
    private void Guard(string code, string message, Action check)
    {
        try
        {
            check();
        }
        catch (Exception broken) when (broken is FormatException or VaultException { IsDamage: true })
        {
            AddBroken(code, message);
        }
    }

    private void AddBroken(string code, string message) => Add(true, code, message);

    private void AddOwed(string code, string message) => Add(false, code, message);

    private void Add(bool isBroken, string code, string message, long count = 1)
    {
        if (count <= 0)
            return;
        lock (findings)
            findings[code + message] = new AuditFinding(isBroken, code, count + (findings.TryGetValue(code + message, out AuditFinding? known) ? known.Count : 0), message);
    }
}
