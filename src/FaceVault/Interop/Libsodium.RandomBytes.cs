using System.Runtime.InteropServices;

namespace FaceVault.Interop;

// sodium/randombytes.h: no return code; libsodium aborts the process when the kernel gives no randomness
internal static unsafe partial class Libsodium
{
    [LibraryImport(Library)]
    internal static partial void randombytes_buf(byte* buf, nuint size);

    [LibraryImport(Library)]
    internal static partial uint randombytes_uniform(uint upper_bound);

    [LibraryImport(Library)]
    internal static partial void randombytes_buf_deterministic(byte* buf, nuint size, byte* seed);
}
