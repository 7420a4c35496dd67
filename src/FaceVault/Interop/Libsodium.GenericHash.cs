using System.Runtime.InteropServices;

namespace FaceVault.Interop;

// sodium/crypto_generichash.h (BLAKE2b)
internal static unsafe partial class Libsodium
{
    internal const int crypto_generichash_KEYBYTES = 32;

    [LibraryImport(Library)]
    internal static partial nuint crypto_generichash_keybytes();

    [LibraryImport(Library)]
    internal static partial int crypto_generichash(byte* @out, nuint outlen, byte* @in, ulong inlen, byte* key, nuint keylen);
}
