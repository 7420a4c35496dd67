using FaceVault.Cryptography;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Everything a vault in memory leaves behind: to be put back as often as a test likes.</summary>
internal sealed record VaultImage(
    int Roots, KeyStoreImage? Store, RowTable? Templates, IReadOnlyList<KeyStoreImage?> Mirrors, IReadOnlyList<SecretBuffer?> Media, VaultDescription? Description, DateTimeOffset Now);
