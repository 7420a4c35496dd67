namespace FaceVault.Storage;

/// <summary>A template store's place in memory, for tests. Its rows are keyed by <see cref="TemplateRowId"/>.</summary>
internal sealed class InMemoryTemplateStoreLocation(StoreFaults? faults = null) : InMemoryPlace<RowTable>(StoreNoun.TemplateStore, faults), ITemplateStoreLocation
{
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
}
