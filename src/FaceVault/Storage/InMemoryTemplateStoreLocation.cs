namespace FaceVault.Storage;

/// <summary>A template store's place in memory, for tests. Its rows are keyed by <see cref="TemplateRowId"/>.</summary>
internal sealed class InMemoryTemplateStoreLocation(StoreFaults? faults = null) : InMemoryPlace<RowTable>(StoreNoun.TemplateStore, faults), ITemplateStoreLocation
{
    private readonly List<TemplateRow> attempts = [];

    /// <summary>Keep every row ever handed to the place, failed ones too.</summary>
    public bool KeepsAttempts { get; set; }

    /// <summary>The rows kept, oldest first.</summary>
    public IReadOnlyList<TemplateRow> Attempts
    {
        get
        {
            lock (attempts)
                return [.. attempts];
        }
    }

    public ITemplateStore Create()
    {
        Change(StoreStep.Create, now => now is null ? RowTable.Empty : throw Error.StoreExists(StoreNoun.TemplateStore));
        return new InMemoryTemplateStore(this);
    }

    public ITemplateStore Open()
    {
        Take(StoreStep.Open);
        return new InMemoryTemplateStore(this);
    }

    public ITemplateReader OpenReader()
    {
        Take(StoreStep.OpenReader);
        return new InMemoryTemplateReader(this);
    }

    /// <summary>Changes a row behind everybody's back. Null deletes it.</summary>
    public void Tamper(uint slot, ushort ordinal, byte[]? blob) => Tamper(now =>
    {
        RowTable.Builder builder = now.Change();
        if (blob is null)
            builder.Remove(TemplateRowId.Of(slot, ordinal));
        else
            builder.Set(TemplateRowId.Of(slot, ordinal), blob);
        return builder.ToTable();
    });

    internal void Keep(IReadOnlyList<TemplateRow> rows)
    {
        if (!KeepsAttempts)
            return;
        lock (attempts)
            attempts.AddRange(rows.Select(r => r with { Blob = r.Blob.ToArray() }));
    }
}
