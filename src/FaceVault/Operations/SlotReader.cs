using FaceVault.Commits;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Matching;
using FaceVault.Rules;
using FaceVault.Storage;
using FaceVault.Templates;

namespace FaceVault.Operations;

/// <summary>Reads the templates of one model, slot by slot, into a gallery: decrypts them side by side into locked memory, as many as a panel has lanes, under leases on a leaf of slots.</summary>
/// <remarks>
/// What was decrypted is in the gallery and wiped before its lease is given back, so that a purge that waited for the lease finds it; the pages with the keys are wiped before the view
/// ends. Allocates nothing for a template or a slot. One thread.
/// </remarks>
internal sealed class SlotReader : IDisposable
{
    private const int MostBytes = 128 * 1024;
    private const int Alignment = 16;

    private readonly VaultEngine engine;
    private readonly PurposeRegistry purposes;
    private readonly RuleBook rules;
    private readonly uint versionNumber;
    private readonly TemplateModel model;
    private readonly Gallery gallery;
    private readonly ITemplateReader templates;
    private readonly TemplateVisitor visit;
    private readonly Func<bool> hasEnded;
    private readonly SecretBuffer opened;
    private readonly LaneName[] names;
    private readonly int openedSize;
    private readonly int lead;
    private readonly int stride;
    private readonly int sealedSize;
    private PurposeVersion? version;
    private TreeCursor? tree;
    private byte[] vaultId = [];
    private LeafLease lease;
    private int count;

    /// <param name="engine">The open vault's.</param>
    /// <param name="purposes">Its purposes.</param>
    /// <param name="rules">The rules that say how long.</param>
    /// <param name="version">The purpose version whose consents are read.</param>
    /// <param name="gallery">Where the templates of its model go.</param>
    /// <param name="hasEnded">Whether to stop; asked for every panel.</param>
    public SlotReader(VaultEngine engine, PurposeRegistry purposes, RuleBook rules, uint version, Gallery gallery, Func<bool> hasEnded)
    {
        (this.engine, this.purposes, this.rules, versionNumber, model, this.gallery, this.hasEnded) = (engine, purposes, rules, version, gallery.Model, gallery, hasEnded);
        sealedSize = TemplateCodec.SealedSize(model);
        openedSize = TemplateCodec.CommitmentSize + TemplateCodec.EncodedSize(model);
        lead = model.Encoding == TemplateEncoding.Int8 ? Alignment - sizeof(float) : 0; // then the values, after their scale, are aligned
        stride = (lead + openedSize + 3) / 64 * 64 + 64; // with a few zeros
        names = new LaneName[Math.Clamp(MostBytes / stride, 1, gallery.LanesAtOnce)];
        visit = Visit;
        opened = new SecretBuffer(names.Length * stride);
        try
        {
            templates = engine.Options.Templates.OpenReader();
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Reads some slots in a view, which the caller keeps meanwhile.</summary>
    /// <param name="view">The view.</param>
    /// <param name="first">The first slot.</param>
    /// <param name="last">The last slot, of those that were given out.</param>
    /// <remarks>A slot that is being re-keyed is read too: no commit comes between while the view stands, and after the commit the slot is read anew.</remarks>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>: a counted row opens under no model of its size.</exception>
    public void Read(ReadScope view, uint first, uint last)
    {
        if (purposes.TryOfVersion(versionNumber) is not { } found)
            return; // retired: its galleries are being closed
        version = found.Version; // with every model of a row in this view
        (tree ??= new TreeCursor(view.Store, view.Crown)).Move(view.Store, view.Crown);
        vaultId = view.Crown.VaultId;
        using IDisposable? reading = view.Store.BeginReading();
        try
        {
            templates.Scan(first, last, visit);
            Flush();
        }
        finally
        {
            Wipe();
            lease.Dispose();
            tree.Wipe();
        }
    }

    public void Dispose()
    {
        tree?.Dispose();
        templates.Dispose();
        opened.Dispose();
    }

    private bool Visit(uint slot, ushort ordinal, ReadOnlySpan<byte> blob)
    {
        // A row of no admitted model's size is damage and is told; it is not another model's.
        if ((blob.Length != sealedSize && TemplateModels.Has(version!, blob.Length)) || !tree!.TryGet(slot, out KeyEntry entry) || entry.PurposeVersion != versionNumber
            || entry.State != SlotState.Active || ordinal < entry.FirstOrdinal || ordinal >= entry.NextOrdinal)
            return true;
        if (!lease.IsOn(slot))
        {
            if (!Flush())
                return false;
            lease.Dispose();
            lease = engine.Leases.AcquireLeaf(KeyPage.LeafOf(slot));
        }

        if (!lease.Covers(slot) || !Open(entry, slot, ordinal, blob))
            return true;
        names[count++] = new LaneName(slot, ordinal, SlotUse.UseStops(rules, purposes, entry));
        return count < names.Length || Flush();
    }

    /// <summary>Opens a row into the next place. False when it is a template of another model.</summary>
    private bool Open(KeyEntry entry, uint slot, ushort ordinal, ReadOnlySpan<byte> blob)
    {
        Span<byte> place = opened.DangerousBytes.Slice(count * stride + lead, openedSize);
        if (TemplateCodec.TryOpenWhole(entry.TemplateKey, new TemplateContext(vaultId, slot, ordinal, entry.ConsentTag, entry.PurposeVersion, model), blob, place))
            return true;
        TemplateModels.Open(version!, entry, vaultId, slot, ordinal, blob, place); // or it throws
        place.Clear();
        return false;
    }

    /// <summary>Puts what is opened into the gallery. False when no more is wanted.</summary>
    private bool Flush()
    {
        bool goesOn = count == 0 || gallery.Add(names.AsSpan(0, count), opened.DangerousBytes[(lead + TemplateCodec.CommitmentSize)..], stride);
        Wipe();
        return goesOn && !hasEnded();
    }

    private void Wipe()
    {
        opened.DangerousBytes[..(count * stride)].Clear();
        count = 0;
    }
}
