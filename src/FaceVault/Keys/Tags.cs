using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>The tags under which a subject, a consent and an act of consent are found: BLAKE2b-128, keyed with the vault's tag key, over a label and the identifier.</summary>
internal static class Tags
{
    public const int Size = 16;

    public static void Subject(TagKey key, ReadOnlySpan<byte> identifier, Span<byte> tag) => Hash(key, Labels.SubjectTag, identifier, tag);

    public static void Consent(TagKey key, ReadOnlySpan<byte> identifier, Span<byte> tag) => Hash(key, Labels.ConsentTag, identifier, tag);

    public static void Interaction(TagKey key, ReadOnlySpan<byte> identifier, Span<byte> tag) => Hash(key, Labels.InteractionTag, identifier, tag);

    private static void Hash(TagKey key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> identifier, Span<byte> tag)
    {
        Span<byte> input = stackalloc byte[16 + 256];
        label.CopyTo(input);
        identifier.CopyTo(input[16..]);
        Blake2b.Hash(key.DangerousBytes, input[..(16 + identifier.Length)], tag[..Size]);
    }
}
