namespace FaceVault.Storage;

/// <summary>The words by which messages name a store, and where to restore it from.</summary>
internal sealed record StoreNoun(string Name, string Remedy)
{
    public static StoreNoun KeyStore { get; } = new("key store", "it from a mirror (facevault restore --keys)");

    public static StoreNoun TemplateStore { get; } = new("template store", "it from any archive of it (facevault restore --templates)");

    public override string ToString() => Name;
}
