using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Retires a purpose: all its consents are destroyed, then its secret, under which its definitions are sealed. Resumable: a crash leaves consents destroyed, stopped, or as they were, and the call is repeated.</summary>
internal static class PurposeRetirement
{
    public static async Task<IReadOnlyList<DeletionCertificate>> RunAsync(VaultSession session, PurposeId id, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (session.Purposes.IsRetired(id))
        {
            await DestroyAsync(session, new CompletingItem()).ConfigureAwait(false); // a root key that opens its definitions may be owed
            return [];
        }

        PurposeEntry purpose = session.Purposes.Get(id);
        var certificates = new List<DeletionCertificate>();
        session.Purposes.Close(id);
        try
        {
            while (true)
            {
                (List<StopRequest> living, long held) = Living(session, purpose.Number, cancellationToken);
                if (held > 0)
                    throw new RefusedException([Error.PurposeHeld(held)]);
                if (living.Count > 0)
                    certificates.AddRange(await Withdrawing.RunAsync(session, living, progress).ConfigureAwait(false));
                var item = new RetirePurposeItem(session, purpose);
                await DestroyAsync(session, item).ConfigureAwait(false);
                if (item.IsDone)
                    return certificates;
            }
        }
        finally
        {
            session.Purposes.Reopen(id);
        }
    }

    /// <summary>What stays of it: its id and when.</summary>
    public static byte[] Row(PurposeId id, DateTimeOffset time)
    {
        var json = new CanonicalJsonWriter(stackalloc byte[512]);
        try
        {
            json.Raw("{\"id\":"u8);
            json.Text(id.Value);
            json.Raw(",\"retired\":"u8);
            json.Time(time);
            json.Raw("}"u8);
            return json.Written.ToArray();
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>Reads what <see cref="Row"/> wrote.</summary>
    public static PurposeId IdOf(ReadOnlySpan<byte> json) => StrictJson.Root(json, "retired purpose", ["id", "retired"]).Parsed("id", text => new PurposeId(text));

    private static async Task DestroyAsync(VaultSession session, WriterItem item)
    {
        try
        {
            await session.Engine.Enqueue(item).ConfigureAwait(false);
        }
        catch (VaultException failure)
        {
            throw Error.PurposeStands(failure);
        }
    }

    private static (List<StopRequest> Living, long Held) Living(VaultSession session, ushort number, CancellationToken cancellationToken)
    {
        var living = new List<StopRequest>();
        long held = 0;
        session.Engine.VisitEntries(
            (_, slot, entry) =>
            {
                if (!entry.IsLiving || entry.PurposeVersion >> 16 != number)
                    return;
                living.Add(new StopRequest(slot, DeletionTrigger.PurposeRetired, null));
                held += entry.IsHeld ? 1 : 0;
            },
            cancellationToken);
        return (living, held);
    }
}

/// <summary>The destroying commit that removes a purpose's secret. Does nothing where somebody has consented meanwhile.</summary>
internal sealed class RetirePurposeItem(VaultSession session, PurposeEntry purpose) : ExclusiveItem
{
    public bool IsDone { get; private set; }

    public override void Run(VaultEngine engine)
    {
        if (engine.State.Living.Any(l => l.Key >> 16 == purpose.Number && l.Value > 0))
            return;
        PurposeId id = purpose.Current.Id;
        if (!session.Purposes.IsRetired(id))
            engine.Destroy([new PurposeDeath(purpose.Number, id)]);
        session.Purposes.Retire(id, purpose.Number);
        foreach (OpenGallery gallery in session.Galleries.All)
            if (gallery.Version >> 16 == purpose.Number)
                session.Galleries.Remove(gallery);
        purpose.Rotations?.Retire();
        IsDone = true;
        engine.RecordHead();
    }
}

/// <summary>A purpose's secret and the seed of its rotations leave the crown, and its definitions the store; its id stays, with the time.</summary>
internal sealed class PurposeDeath(ushort number, PurposeId id) : Removal(slot: 0)
{
    public override IReadOnlyList<uint> Changed => [];

    public override bool EndsSlot => false;

    public override bool IsGone(VaultState state, TreeCursor tree) => state.Crown.FindPurpose(number) is null;

    public override void Apply(CommitDraft draft, EngineOptions options)
    {
        PurposeSecret secret = draft.Crown.FindPurpose(number) ?? throw Error.StoreDamaged("the secret of a purpose");
        DateTimeOffset now = draft.Time;
        for (uint version = 1; version <= secret.Version; version++)
            draft.Writes.Add(new KeyWrite(KeyTable.Purpose, PurposeRow.RetiredKey(number) | version, default));
        uint key = PurposeRow.RetiredKey(number);
        draft.Writes.Add(new KeyWrite(KeyTable.Purpose, key, PurposeRow.SealRetired(draft.Crown.LedgerKey, draft.Crown.VaultId, key, PurposeRetirement.Row(id, now))));
        draft.AppendLine(LedgerEntry.PurposeRetired(now, id.Value));
        draft.Crown.Purposes.Remove(secret);
        secret.Dispose();
    }
}
