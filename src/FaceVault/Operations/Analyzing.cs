using System.Runtime.InteropServices;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Records;
using FaceVault.Storage;
using FaceVault.Templates;

namespace FaceVault.Operations;

/// <summary>Hands the templates of one consent to the caller's function under a lease, decrypted into memory that is wiped afterwards. While it runs no view of the store is held: it may take long.</summary>
internal static class Analyzing
{
    private static readonly AsyncLocal<Call?> Inside = new();

    public static async Task<IReadOnlyList<TResult>> AnalyzeAsync<TResult>(
        VaultSession session, ConsentId id, Func<ReadOnlySpan<float>, TResult> analysis, string? modelName, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAnalyze(session, id, analysis, modelName, out uint paused, cancellationToken) is { } results)
                return results;
            await session.Engine.Leases.WhenResumed(paused).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A destruction waits for the function to end; inside it, it would wait for itself.</summary>
    /// <exception cref="InvalidOperationException">The caller is inside an analysis of this vault.</exception>
    public static void ThrowIfInside(VaultSession session)
    {
        for (Call? call = Inside.Value; call is not null; call = call.Outer)
            if (call.Session == session && !call.IsOver)
                throw Error.InsideAnalysis();
    }

    /// <summary>Null when the slot is being re-keyed: nothing is held any more, wait and start again.</summary>
    private static List<TResult>? TryAnalyze<TResult>(
        VaultSession session, ConsentId id, Func<ReadOnlySpan<float>, TResult> analysis, string? modelName, out uint slot, CancellationToken cancellationToken)
    {
        var templates = new List<SecretBuffer>();
        SlotLease lease = default;
        try
        {
            using (ReadScope view = session.Engine.Read())
            {
                Span<byte> utf8 = stackalloc byte[256];
                slot = view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
                KeyEntry entry = default;
                if (slot != 0)
                    view.Tree.TryGet(slot, out entry);
                RefusedException.ThrowIfAny([.. SlotUse.Check(session, slot, entry, PurposeKind.Analysis), .. slot == 0 ? [] : SlotUse.CheckModel(session, entry, modelName)]);
                if (!session.Engine.Leases.TryAcquire(slot, out lease))
                    return session.Engine.Leases.IsStopped(slot)
                        ? throw new RefusedException(ConsentRules.CheckUse(new ConsentUse { Standing = ConsentStanding.Withdrawn, Now = session.Now }))
                        : null;
                Decrypt(session, view, slot, modelName, templates);
                session.Engine.Book.Of((ushort)(entry.PurposeVersion >> 16)).Add(Activity.Analyses);
            }

            return Run(session, templates, analysis, cancellationToken);
        }
        finally
        {
            foreach (SecretBuffer template in templates)
                template.Dispose();
            lease.Dispose();
        }
    }

    private static void Decrypt(VaultSession session, ReadScope view, uint slot, string? modelName, List<SecretBuffer> templates)
    {
        view.Tree.TryGet(slot, out KeyEntry counted);
        TemplateModel model = TemplateModels.Choose(session.Purposes.OfVersion(counted.PurposeVersion).Version, modelName, "model");
        Decrypt(session, view, slot, stored => stored == model, (_, values) => templates.Add(values));
        if (templates.Count == 0)
            throw new RefusedException([Error.NothingEnrolled()]);
    }

    /// <summary>Decrypts the templates of a slot, of some models, each turned back to the model's own vector, into memory that is its taker's. The caller holds a lease.</summary>
    /// <exception cref="VaultException">None was there, and not all that the entry counts were found.</exception>
    public static void Decrypt(VaultSession session, ReadScope view, uint slot, Predicate<TemplateModel> wanted, Action<TemplateModel, SecretBuffer> take)
    {
        view.Tree.TryGet(slot, out KeyEntry counted);
        (PurposeEntry owner, PurposeVersion purpose) = session.Purposes.OfVersion(counted.PurposeVersion);
        using var encoded = new SecretBuffer(TemplateModels.MostEncodedBytes);
        using ReaderPool<ITemplateReader>.Rented rows = session.Engine.TemplateReaders.Rent();
        int found = 0, taken = 0;
        rows.Reader.Scan(slot, slot, (_, ordinal, blob) =>
        {
            view.Tree.TryGet(slot, out KeyEntry entry);
            if (ordinal < entry.FirstOrdinal || ordinal >= entry.NextOrdinal)
                return true;
            found++;
            (TemplateModel stored, int length) = TemplateModels.Open(purpose, entry, view.Crown.VaultId, slot, ordinal, blob, encoded.DangerousBytes);
            if (!wanted(stored))
                return true;
            taken++;
            var values = new SecretBuffer(stored.Dimensions * sizeof(float));
            take(stored, values);
            TemplateCodec.Decode(stored, owner.RotationOf(stored), encoded.DangerousBytes[..length], MemoryMarshal.Cast<byte, float>(values.DangerousBytes));
            return true;
        });
        if (found < counted.Live && taken == 0)
            throw Error.TemplatesMissing();
    }

    private static List<TResult> Run<TResult>(VaultSession session, List<SecretBuffer> templates, Func<ReadOnlySpan<float>, TResult> analysis, CancellationToken cancellationToken)
    {
        var results = new List<TResult>(templates.Count);
        using IDisposable call = Enter(session);
        foreach (SecretBuffer template in templates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.Add(analysis(MemoryMarshal.Cast<byte, float>(template.DangerousBytes)));
        }

        return results;
    }

    /// <summary>From now on, and until it is disposed, the caller's function runs.</summary>
    public static IDisposable Enter(VaultSession session) => Inside.Value = new Call(session, Inside.Value);

    private sealed class Call(VaultSession session, Call? outer) : IDisposable
    {
        public VaultSession Session => session;

        public Call? Outer => outer;

        public volatile bool IsOver;

        public void Dispose()
        {
            IsOver = true; // also for what the function has started and left behind
            Inside.Value = outer;
        }
    }
}
