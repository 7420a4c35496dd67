using System.Reflection;
using System.Runtime.InteropServices;

namespace FaceVault.Interop;

/// <summary>Finds the two native libraries of the assembly by name. Installed by the static constructors of <see cref="Libsodium"/> and <see cref="Posix"/>.</summary>
/// <remarks>
/// <c>libc</c> is in the process already under whatever name the system gives it (glibc, musl), so its functions are looked up in the running program.
/// <c>libsodium</c> is the packaged native if there is one, then <c>libsodium.so.26</c>, <c>libsodium.so.23</c>, <c>libsodium.dylib</c>.
/// </remarks>
internal static class NativeResolver
{
    public const string C = "libc";
    public const string Sodium = "libsodium";

    private static readonly string[] Candidates = [Sodium, "libsodium.so.26", "libsodium.so.23", "libsodium.dylib"];

    static NativeResolver() => NativeLibrary.SetDllImportResolver(typeof(NativeResolver).Assembly, Resolve);

    /// <summary>Runs the static constructor, once.</summary>
    public static void Install()
    {
    }

    /// <summary>Loads the first candidate that <paramref name="tryLoad"/> accepts with a handle other than 0.</summary>
    /// <exception cref="PlatformNotSupportedException">None could be loaded.</exception>
    internal static nint LoadFirst(Func<string, nint> tryLoad)
    {
        foreach (string name in Candidates)
        {
            nint handle = tryLoad(name);
            if (handle != 0)
                return handle;
        }

        throw Error.LibsodiumMissing();
    }

    private static nint Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath) => libraryName switch
    {
        Sodium => LoadFirst(name => NativeLibrary.TryLoad(name, assembly, searchPath, out nint handle) ? handle : 0),
        C => NativeLibrary.GetMainProgramHandle(),
        _ => 0,
    };
}
