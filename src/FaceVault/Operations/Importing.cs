using FaceVault.Commits;
using FaceVault.Cryptography;

namespace FaceVault.Operations;

/// <summary>Cuts an import into batches: while one is written the next one is encoded.</summary>
internal static class Importing
{
    public static async Task<ImportResult> RunAsync(
        VaultSession session, PurposeId purpose, TemplateModel model, IAsyncEnumerable<Enrollment> items, IProgress<long>? progress, bool synthetic, CancellationToken cancellationToken)
    {
        var receipts = new List<ConsentReceipt>();
        long read = 0, enrolled = 0, skipped = 0;
        ImportItem? writing = null;
        var batch = new Batch(session, purpose, model, 0);
        try
        {
            await foreach (Enrollment item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                batch.Add(item);
                read++;
                if (batch.Count < WriterQueue.MostInGroup)
                    continue;
                await FinishAsync().ConfigureAwait(false);
                writing = await batch.SendAsync(synthetic, cancellationToken).ConfigureAwait(false);
                batch = new Batch(session, purpose, model, read);
            }

            await FinishAsync().ConfigureAwait(false);
            if (batch.Count > 0)
            {
                writing = await batch.SendAsync(synthetic, cancellationToken).ConfigureAwait(false);
                await FinishAsync().ConfigureAwait(false);
            }

            return new ImportResult(receipts.Count, enrolled, skipped, receipts);
        }
        finally
        {
            batch.Dispose();
        }

        async Task FinishAsync()
        {
            if (writing is null)
                return;
            ImportItem done = writing;
            writing = null;
            await done.Completion.ConfigureAwait(false);
            receipts.AddRange(done.Receipts);
            enrolled += done.Enrolled;
            skipped += done.Skipped;
            progress?.Report(enrolled + skipped);
        }
    }

    private sealed class Batch(VaultSession session, PurposeId purpose, TemplateModel model, long first) : IDisposable
    {
        private readonly Templates.Rotation? rotation = session.Purposes.Get(purpose).RotationOf(model);
        private readonly int size = Templates.TemplateCodec.EncodedSize(model);
        private readonly List<ConsentGrant> grants = [];
        private readonly List<DateTimeOffset?> captured = [];
        private SecretBuffer? encoded;

        public int Count => grants.Count;

        public void Add(Enrollment item)
        {
            ArgumentNullException.ThrowIfNull(item.Grant);
            if (item.Grant.Purpose != purpose)
                throw new RefusedException([Error.ConsentOfAnotherPurpose() with { Field = $"items[{first + grants.Count}].purpose" }]);
            encoded ??= new SecretBuffer(size * WriterQueue.MostInGroup);
            Enrolling.Encode(model, rotation, item.Embedding.Span, encoded.DangerousBytes.Slice(grants.Count * size, size), $"items[{first + grants.Count}].embedding");
            grants.Add(item.Grant);
            captured.Add(item.CapturedAt);
        }

        public async Task<ImportItem> SendAsync(bool synthetic, CancellationToken cancellationToken)
        {
            await session.PrepareInteractionsAsync(grants, cancellationToken).ConfigureAwait(false);
            var item = new ImportItem(session, model, grants, captured, encoded!, synthetic, first) { CancellationToken = cancellationToken };
            encoded = null;
            _ = session.Engine.Enqueue(item); // FinishAsync awaits its completion
            return item;
        }

        public void Dispose() => encoded?.Dispose();
    }
}
