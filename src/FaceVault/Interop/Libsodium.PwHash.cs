using System.Runtime.InteropServices;

namespace FaceVault.Interop;

// sodium/crypto_pwhash.h (Argon2id)
internal static unsafe partial class Libsodium
{
    internal const int crypto_pwhash_SALTBYTES = 16;
    internal const int crypto_pwhash_ALG_ARGON2ID13 = 2;

    [LibraryImport(Library)]
    internal static partial nuint crypto_pwhash_saltbytes();

    [LibraryImport(Library)]
    internal static partial int crypto_pwhash_alg_argon2id13();

    [LibraryImport(Library)]
    internal static partial int crypto_pwhash(byte* @out, ulong outlen, byte* passwd, ulong passwdlen, byte* salt, ulong opslimit, nuint memlimit, int alg);
}
