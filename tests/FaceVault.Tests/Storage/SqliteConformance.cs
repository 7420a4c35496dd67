using FaceVault.Storage;

namespace FaceVault.Tests.Storage;

public sealed class SqliteKeyStoreConformance : KeyStoreConformance
{
    private readonly StoreFolder folder = new();
    private int places;

    public override void Dispose()
    {
        base.Dispose();
        folder.Dispose();
    }

    private protected override IKeyStoreLocation NewPlace() => new SqliteKeyStoreLocation(folder[$"keys{++places}.db"], TimeSpan.FromMilliseconds(50));
}

public sealed class SqliteTemplateStoreConformance : TemplateStoreConformance
{
    private readonly StoreFolder folder = new();
    private int places;

    public override void Dispose()
    {
        base.Dispose();
        folder.Dispose();
    }

    private protected override ITemplateStoreLocation NewPlace() => new SqliteTemplateStoreLocation(folder[$"templates{++places}.db"], TimeSpan.FromMilliseconds(50));
}
