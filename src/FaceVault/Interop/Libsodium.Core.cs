using System.Runtime.InteropServices;

namespace FaceVault.Interop;

// sodium/core.h, sodium/version.h
internal static partial class Libsodium
{
    [LibraryImport(Library)]
    internal static partial int sodium_init();

    [LibraryImport(Library)]
    internal static partial nint sodium_version_string();

    [LibraryImport(Library)]
    internal static partial int sodium_library_version_major();

    [LibraryImport(Library)]
    internal static partial int sodium_library_version_minor();
}
