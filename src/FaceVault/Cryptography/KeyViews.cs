namespace FaceVault.Cryptography;

// Views of 32 secret bytes that lie in native memory. Each use has its own type, so that a key fits no other parameter.

/// <summary>Seals the crown; the only secret outside the store.</summary>
internal readonly ref struct RootKey(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> DangerousBytes { get; } = KeyViews.Check(bytes);
}

/// <summary>Seals one version of one page.</summary>
internal readonly ref struct PageKey(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> DangerousBytes { get; } = KeyViews.Check(bytes);
}

/// <summary>Seals the templates of one consent. Destroying it is the deletion.</summary>
internal readonly ref struct TemplateKey(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> DangerousBytes { get; } = KeyViews.Check(bytes);
}

/// <summary>Seals the consent record of one consent.</summary>
internal readonly ref struct EvidenceKey(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> DangerousBytes { get; } = KeyViews.Check(bytes);
}

/// <summary>Seals ledger lines, drafts and certificate bodies.</summary>
internal readonly ref struct LedgerKey(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> DangerousBytes { get; } = KeyViews.Check(bytes);
}

/// <summary>Keys the tags under which subjects and consents are found.</summary>
internal readonly ref struct TagKey(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> DangerousBytes { get; } = KeyViews.Check(bytes);
}

/// <summary>Seals the definitions of one purpose.</summary>
internal readonly ref struct PurposeKey(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> DangerousBytes { get; } = KeyViews.Check(bytes);
}

/// <summary>From which a purpose's rotations are expanded. It lives and dies with the purpose's secret and seals nothing.</summary>
internal readonly ref struct RotationSeed(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> DangerousBytes { get; } = KeyViews.Check(bytes);
}

internal static class KeyViews
{
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, SecretKey.Size);
        return bytes;
    }
}
