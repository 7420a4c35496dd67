using System.Runtime.InteropServices;

namespace FaceVault.Interop;

// sodium/crypto_sign.h (Ed25519)
internal static unsafe partial class Libsodium
{
    internal const int crypto_sign_BYTES = 64;
    internal const int crypto_sign_PUBLICKEYBYTES = 32;
    internal const int crypto_sign_SECRETKEYBYTES = 64;
    internal const int crypto_sign_SEEDBYTES = 32;

    [LibraryImport(Library)]
    internal static partial nuint crypto_sign_bytes();

    [LibraryImport(Library)]
    internal static partial nuint crypto_sign_publickeybytes();

    [LibraryImport(Library)]
    internal static partial nuint crypto_sign_secretkeybytes();

    [LibraryImport(Library)]
    internal static partial nuint crypto_sign_seedbytes();

    [LibraryImport(Library)]
    internal static partial int crypto_sign_seed_keypair(byte* pk, byte* sk, byte* seed);

    [LibraryImport(Library)]
    internal static partial int crypto_sign_detached(byte* sig, ulong* siglen_p, byte* m, ulong mlen, byte* sk);

    [LibraryImport(Library)]
    internal static partial int crypto_sign_verify_detached(byte* sig, byte* m, ulong mlen, byte* pk);
}
