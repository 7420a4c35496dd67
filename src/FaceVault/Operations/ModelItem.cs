using FaceVault.Commits;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Changes the models that a purpose's newest version admits.</summary>
/// <remarks>The purpose gets a new secret and all its rows are sealed anew under it, as every write of a page gives it a new key: an earlier list of models cannot be put back.</remarks>
internal abstract class ModelItem(VaultSession session, PurposeId id) : OrdinaryItem
{
    internal const int MostBytes = 64 * 1024;

    private PurposeEntry? changed;

    public override bool StandsAlone => true;

    public bool IsChange => changed is not null;

    protected VaultSession Session => session;

    /// <summary>The newest version after the change; the same object when there is none.</summary>
    /// <exception cref="RefusedException">The change breaks a rule.</exception>
    protected abstract PurposeVersion Change(PurposeVersion newest);

    /// <summary>The ledger line of the change, or null where only the order changes.</summary>
    protected abstract LedgerEntry? Line(PurposeVersion before, string purpose, DateTimeOffset time);

    public override void Apply(CommitDraft draft)
    {
        PurposeEntry entry = session.Purposes.Get(id);
        PurposeVersion newest = Change(entry.Newest);
        if (ReferenceEquals(newest, entry.Newest))
            return;
        if (newest.ToRow().Length > MostBytes)
            throw Error.CapacityExceeded();
        PurposeSecret secret = draft.Crown.FindPurpose(entry.Number) ?? throw Error.StoreDamaged("the secret of a purpose");
        draft.IsChanging = true;
        changed = entry with { Versions = [.. entry.Versions.Take(entry.Versions.Count - 1), newest] };
        SecureRandom.Fill(secret.DangerousBytes);
        for (int version = 1; version <= changed.Versions.Count; version++)
        {
            uint number = changed.VersionNumber(version);
            draft.Writes.Add(new KeyWrite(KeyTable.Purpose, number, PurposeRow.Seal(secret.Key, draft.Crown.VaultId, number, changed.Versions[version - 1].ToRow())));
        }

        if (Line(entry.Newest, id.Value, draft.Time) is { } line)
            draft.AppendLine(line);
    }

    public override void Committed()
    {
        if (changed is not null)
            session.Purposes.Put(changed);
    }
}

/// <summary>Admits a model, or makes an admitted one the current one.</summary>
internal sealed class AdmitModelItem(VaultSession session, PurposeId id, TemplateModel model, bool makeCurrent) : ModelItem(session, id)
{
    protected override PurposeVersion Change(PurposeVersion newest)
    {
        if (newest.Known.FirstOrDefault(known => known.Name == model.Name) is { } known && known != model)
            throw new RefusedException([Error.ModelKnownOtherwise()]);
        TemplateModel[] admitted = makeCurrent ? [model, .. newest.Admitted.Where(m => m != model)]
            : newest.Admitted.Contains(model) ? [.. newest.Admitted] : [.. newest.Admitted, model];
        return admitted.SequenceEqual(newest.Admitted) ? newest : new PurposeVersion(newest.Registered, admitted, [.. newest.Retired.Where(m => m != model)], newest.Calibrations) { AddedAt = newest.AddedAt };
    }

    protected override LedgerEntry? Line(PurposeVersion before, string purpose, DateTimeOffset time) =>
        before.Admitted.Contains(model) ? null : LedgerEntry.ModelAdmitted(time, purpose, model.Name);
}

/// <summary>Retires a model: nothing is enrolled under it any more, its galleries are closed, its templates are kept.</summary>
internal sealed class RetireModelItem(VaultSession session, PurposeId id, string model) : ModelItem(session, id)
{
    protected override PurposeVersion Change(PurposeVersion newest)
    {
        if (newest.Admitted.FirstOrDefault(m => m.Name == model) is not { } admitted)
            return newest.Retired.Any(m => m.Name == model) ? newest : throw Error.ModelUnknown("model");
        return newest.Admitted.Count > 1
            ? new PurposeVersion(newest.Registered, [.. newest.Admitted.Where(m => m != admitted)], [.. newest.Retired, admitted], newest.Calibrations) { AddedAt = newest.AddedAt }
            : throw new RefusedException([Error.ModelIsLast()]);
    }

    protected override LedgerEntry? Line(PurposeVersion before, string purpose, DateTimeOffset time) => LedgerEntry.ModelRetired(time, purpose, model);

    public override void Committed()
    {
        base.Committed();
        if (!IsChange)
            return;
        foreach (OpenGallery gallery in Session.Galleries.All)
            if (gallery.Gallery.Model.Name == model && !Session.Purposes.OfVersion(gallery.Version).Version.Admitted.Contains(gallery.Gallery.Model))
                Session.Galleries.Remove(gallery);
    }
}
