using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Adds templates to one consent: rows first, then the entry that counts them.</summary>
/// <param name="session">The open vault.</param>
/// <param name="id">The consent.</param>
/// <param name="model">The model of all templates.</param>
/// <param name="encoded">Encoded templates one after another; wiped when the item ends.</param>
internal sealed class EnrollItem(VaultSession session, ConsentId id, TemplateModel model, SecretBuffer encoded) : OrdinaryItem
{
    private readonly int size = Templates.TemplateCodec.EncodedSize(model);
    private SlotLease lease;
    private uint slot;
    private uint useEnds;
    private uint version;
    private ushort firstOrdinal;

    private int Count => encoded.Length / size;

    public override void Apply(CommitDraft draft)
    {
        Span<byte> tag = stackalloc byte[Tags.Size];
        Granting.Tag(draft.Crown.TagKey, id, tag);
        slot = draft.FindConsent(tag);
        KeyEntry entry = default;
        if (slot != 0)
            draft.TryPeek(slot, out entry);
        RefusedException.ThrowIfAny([.. SlotUse.Check(session, slot, entry, PurposeKind.None), .. slot == 0 ? [] : SlotUse.CheckModel(session, entry, model), .. SlotUse.CheckFiling(session, entry)]);
        if (entry.NextOrdinal + Count > ushort.MaxValue)
            throw Error.CapacityExceeded();
        if (!session.Engine.Leases.TryAcquire(slot, out lease, isWriter: true))
            throw new RefusedException(ConsentRules.CheckUse(new ConsentUse { Standing = ConsentStanding.Withdrawn, Now = session.Now }));

        draft.IsChanging = true;
        entry = draft.Edit(slot);
        firstOrdinal = Enrolling.SkipOrphans(session.Engine.Templates, slot, entry, Count);
        useEnds = session.UseStops(entry);
        version = entry.PurposeVersion;
        draft.Count(version, Activity.Enrolments, session.Now, Count);
        for (int i = 0; i < Count; i++)
            Enrolling.Add(draft, entry, slot, model, encoded.DangerousBytes.Slice(i * size, size));
    }

    public override void Committed()
    {
        for (int i = 0; i < Count; i++)
            session.Galleries.Add(version, model, slot, (ushort)(firstOrdinal + i), encoded.DangerousBytes.Slice(i * size, size), useEnds, CommitNumber);
        session.Meter.Enrolled(session.Purposes.OfVersion(version).Entry.Current.Id.Value, Count);
    }

    public override void Ended()
    {
        encoded.Dispose();
        lease.Dispose();
    }
}

/// <summary>Seals templates into a draft.</summary>
internal static class Enrolling
{
    /// <summary>All that is wrong with embeddings of one model (S5), each named by its number where there are several.</summary>
    public static IReadOnlyList<Violation> Check(TemplateModel model, IReadOnlyList<ReadOnlyMemory<float>> embeddings)
    {
        List<Violation>? found = null;
        for (int i = 0; i < embeddings.Count; i++)
            foreach (Violation violation in Templates.TemplateRules.Check(model, embeddings[i].Span))
                (found ??= []).Add(violation with { Field = embeddings.Count == 1 ? "embedding" : $"embeddings[{i}]" });
        return found ?? (IReadOnlyList<Violation>)[];
    }

    /// <summary>Validates and encodes embeddings of one model into locked memory.</summary>
    /// <exception cref="RefusedException">S5: malformed templates.</exception>
    public static SecretBuffer Encode(TemplateModel model, Templates.Rotation? rotation, IReadOnlyList<ReadOnlyMemory<float>> embeddings)
    {
        RefusedException.ThrowIfAny(Check(model, embeddings));
        int size = Templates.TemplateCodec.EncodedSize(model);
        var encoded = new SecretBuffer(size * embeddings.Count);
        try
        {
            for (int i = 0; i < embeddings.Count; i++)
                Templates.TemplateCodec.Encode(model, rotation, embeddings[i].Span, encoded.DangerousBytes.Slice(i * size, size));
            return encoded;
        }
        catch
        {
            encoded.Dispose();
            throw;
        }
    }

    /// <summary>Validates and encodes one embedding of an import.</summary>
    public static void Encode(TemplateModel model, Templates.Rotation? rotation, ReadOnlySpan<float> embedding, Span<byte> destination, string field)
    {
        IReadOnlyList<Violation> found = Templates.TemplateRules.Check(model, embedding);
        if (found.Count > 0)
            throw new RefusedException([.. found.Select(v => v with { Field = field })]);
        Templates.TemplateCodec.Encode(model, rotation, embedding, destination);
    }

    /// <summary>Seals one encoded template at the entry's next ordinal and counts it.</summary>
    public static void Add(CommitDraft draft, KeyEntry entry, uint slot, TemplateModel model, ReadOnlySpan<byte> encoded)
    {
        ushort ordinal = entry.NextOrdinal;
        draft.Rows.Add(new TemplateRow(slot, ordinal, TemplateModels.Seal(model, entry, draft.Crown.VaultId, slot, ordinal, encoded)));
        entry.NextOrdinal = (ushort)(ordinal + 1);
        entry.Live++;
    }

    /// <summary>Deletes rows that a commit which never happened left at or above the next ordinal, skips their numbers, and answers the next one. Rows of a former key go too.</summary>
    /// <param name="templates">The template store.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="entry">Its entry.</param>
    /// <param name="more">How many templates are to be added.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.CapacityExceeded"/>: their numbers would begin again from 0, over those that are there. Nothing was changed.</exception>
    public static ushort SkipOrphans(ITemplateStore templates, uint slot, KeyEntry entry, int more)
    {
        ushort next = entry.NextOrdinal;
        int last = -1, lowest = int.MaxValue;
        templates.Scan(slot, slot, (_, ordinal, _) =>
        {
            lowest = Math.Min(lowest, ordinal);
            last = ordinal;
            return true;
        });
        if (Math.Max(next, last + 1) + more > ushort.MaxValue)
            throw Error.CapacityExceeded();
        if (lowest < entry.FirstOrdinal)
            templates.DeleteBelow([(slot, entry.FirstOrdinal)]);
        if (last < next)
            return next;
        templates.DeleteOrdinals(slot, next, ushort.MaxValue);
        return entry.NextOrdinal = (ushort)(last + 1);
    }
}
