using System.Security.Cryptography;
using System.Text;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Puts certificates together: a stored body, its completion line, and three proofs under one signed checkpoint.</summary>
internal static class Certificates
{
    /// <summary>Certificates of destructions that are over, all under the same checkpoint.</summary>
    public static async Task<IReadOnlyList<DeletionCertificate>> AssembleAsync(VaultSession session, IReadOnlyList<CompletedDestruction> completed)
    {
        if (completed.Count == 0)
            return [];
        long needed = completed.Max(c => c.CompletedIndex) + 1;
        (SignedNote checkpoint, long size) = await CheckpointAsync(session, needed).ConfigureAwait(false);
        var certificates = new DeletionCertificate[completed.Count];
        session.Engine.ReadLogAhead();
        Ranges.Run(completed.Count, (from, to) =>
        {
            const int stretch = 512; // commits wait for a view
            for (int start = from; start < to; start += stretch)
            {
                using ReadScope view = session.Engine.Read();
                MerkleLog log = view.State.LoadLog(view.Store);
                for (int i = start; i < Math.Min(to, start + stretch); i++)
                    certificates[i] = Assemble(completed[i], log, checkpoint, size);
            }
        });
        return certificates;
    }

    /// <summary>A signed head. Beside a writer it is signed over the size that stands in a root location, which the writer has made durable everywhere.</summary>
    /// <param name="session">The open vault.</param>
    /// <param name="needed">The least size that will do: what a writer has just completed stands in a root location a moment later.</param>
    public static async Task<(SignedNote Note, long Size)> CheckpointAsync(VaultSession session, long needed = 0)
    {
        if (session.Engine.IsInspecting)
        {
            for (int looks = 0; ; looks++)
            {
                if (Inspected(session, needed) is { } signed)
                    return signed;
                if (looks == 40)
                    throw Error.HeadNotRecorded(null);
                await Task.Delay(50).ConfigureAwait(false);
                session.Refresh();
            }
        }

        SignedCheckpoint? cosigned = session.Cosigner.Last;
        if (needed > 0 && cosigned?.Size >= needed)
            return (cosigned.Note, cosigned.Size);
        if (needed > 0 && session.Engine.LastCheckpoint is { } last && last.Size >= needed)
            return (last.Note, last.Size);
        session.ThrowIfFenced(); // no size is signed that somebody may know otherwise
        var item = new CheckpointItem();
        await session.Engine.Enqueue(item).ConfigureAwait(false);
        if (item.Size == cosigned?.Size)
            return (cosigned.Note, cosigned.Size);
        return (item.Note!, item.Size);
    }

    private static (SignedNote Note, long Size)? Inspected(VaultSession session, long needed)
    {
        session.Engine.ReadLogAhead();
        using ReadScope view = session.Engine.Read();
        long size = Math.Min(session.Engine.Head?.LedgerSize ?? 0, view.Crown.LedgerSize);
        if (size < needed)
            return null;
        var body = new TreeHead(session.Origin, size, view.State.LoadLog(view.Store).Root(size));
        return (SignedNote.Sign(body.ToString(), session.Origin, view.Crown.DangerousSigningSeed), size);
    }

    /// <summary>The certificates of a consent whose evidence key lives, oldest first; empty when nothing of it was destroyed.</summary>
    public static async Task<IReadOnlyList<DeletionCertificate>> OfConsentAsync(VaultSession session, ConsentId id, CancellationToken cancellationToken)
    {
        List<CompletedDestruction> completed = await session.AskAsync(() => Find(session, id), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
        return await AssembleAsync(session, completed).ConfigureAwait(false);
    }

    /// <summary>The newest completed destruction of a slot.</summary>
    public static CompletedDestruction LastOf(VaultSession session, uint slot)
    {
        session.Engine.ReadLogAhead();
        using ReadScope view = session.Engine.Read();
        IReadOnlyList<long> indices = view.Tree.TryGet(slot, out KeyEntry entry) ? Resolving.ReadRecord(view, slot, entry).Certificates : [];
        return indices.Count > 0 ? Read(view, slot, indices[^1]) : throw Error.CertificateUnknown();
    }

    /// <summary>The certificate behind a <c>destruction completed</c> line, for ever.</summary>
    public static async Task<DeletionCertificate> AtAsync(VaultSession session, long completedIndex, CancellationToken cancellationToken)
    {
        CompletedDestruction completed = await session.AskAsync(() => At(session, completedIndex), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
        return (await AssembleAsync(session, [completed]).ConfigureAwait(false))[0];
    }

    private static List<CompletedDestruction> Find(VaultSession session, ConsentId id)
    {
        session.Engine.ReadLogAhead();
        using ReadScope view = session.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        uint slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
        if (slot == 0 || !view.Tree.TryGet(slot, out KeyEntry entry))
            throw Error.NoSuchConsent();
        return [.. Resolving.ReadRecord(view, slot, entry).Certificates.Select(index => Read(view, slot, index))];
    }

    private static CompletedDestruction At(VaultSession session, long completedIndex)
    {
        session.Engine.ReadLogAhead();
        using ReadScope view = session.Engine.Read();
        return Read(view, 0, completedIndex);
    }

    private static CompletedDestruction Read(ReadScope view, uint slot, long completedIndex)
    {
        byte[] blob = view.Store.Read(KeyTable.Certificate, completedIndex) ?? throw Error.CertificateUnknown();
        byte[] body = CertificateRow.Open(view.Crown.LedgerKey, view.Crown.VaultId, completedIndex, blob);
        var lines = new LineReader(view.State, view.Store);
        MerkleLog log = view.State.LoadLog(view.Store);
        byte[] completedLine = lines.Bytes(completedIndex).ToArray();
        LedgerEntry entry = LedgerEntry.Parse(completedLine);
        if (entry.Body != Convert.ToHexStringLower(SHA256.HashData(body)) || MerkleHash.OfEntry(completedLine) != log.Leaf(completedIndex))
            throw Error.StoreDamaged("a certificate that is not what the ledger says");
        long removed = entry.Removed!.Value;
        long created = LedgerEntry.Parse(lines.Bytes(removed)).Created!.Value;
        return new CompletedDestruction(slot, created, removed, completedIndex, body, completedLine);
    }

    private static DeletionCertificate Assemble(CompletedDestruction done, MerkleLog log, SignedNote checkpoint, long size) =>
        DeletionCertificate.Create(
            done.Body,
            Encoding.UTF8.GetString(done.CompletedLine),
            log.ProveInclusion(done.CreatedIndex, size),
            log.ProveInclusion(done.RemovedIndex, size),
            log.ProveInclusion(done.CompletedIndex, size),
            checkpoint);
}

/// <summary>Signs the head of the ledger, after it stands in a root location.</summary>
internal sealed class CheckpointItem : ExclusiveItem
{
    public SignedNote? Note { get; private set; }

    public long Size { get; private set; }

    public override void Run(VaultEngine engine)
    {
        (Note, Size) = engine.SignCheckpoint();
    }
}
