using System.Runtime.InteropServices;

namespace FaceVault.Interop;

// sodium/utils.h
internal static unsafe partial class Libsodium
{
    /// <summary>Zeroes memory in a way the compiler may not leave out. Returns nothing in C.</summary>
    [LibraryImport(Library)]
    internal static partial void sodium_memzero(void* pnt, nuint len);

    /// <summary>0 when equal, -1 otherwise, in constant time.</summary>
    [LibraryImport(Library)]
    internal static partial int sodium_memcmp(void* b1, void* b2, nuint len);
}
