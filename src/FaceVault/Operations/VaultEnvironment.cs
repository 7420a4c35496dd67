using System.Runtime.InteropServices;
using FaceVault.Interop;
using FaceVault.Matching;

namespace FaceVault;

/// <summary>What this machine and process offer a vault, found without opening one.</summary>
/// <remarks>Takes about a millisecond; loads libsodium and SQLite. Nothing here names a person or a place.</remarks>
public sealed record VaultEnvironment
{
    private const int LeastLocked = 256 * 1024;

    private VaultEnvironment()
    {
    }

    /// <summary>The version of libsodium, or null when it cannot be used.</summary>
    public string? Libsodium { get; private init; }

    /// <summary>Why libsodium cannot be used and what to install, or null.</summary>
    public string? LibsodiumTrouble { get; private init; }

    /// <summary>The version of SQLite.</summary>
    public string Sqlite { get; private init; } = "";

    /// <summary>Whether the system keeps memory for keys out of swap (256 KiB were tried; see RLIMIT_MEMLOCK).</summary>
    public bool CanLockMemory { get; private init; }

    /// <summary>The vector instructions that score float32 templates: <c>Scalar</c>, <c>Vector128</c>, <c>Vector256</c> or <c>Vector512</c>.</summary>
    public string FloatVectors { get; private init; } = "";

    /// <summary>The vector instructions that score int8 templates: <c>Scalar</c>, <c>Vector128</c>, <c>Avx2</c>, <c>Avx512BW</c> or <c>AvxVnni</c>.</summary>
    public string Int8Vectors { get; private init; } = "";

    /// <summary>Looks at the machine now.</summary>
    public static VaultEnvironment Read()
    {
        string? version = null, trouble = null;
        try
        {
            Interop.Libsodium.EnsureLoaded();
            version = Marshal.PtrToStringUTF8(Interop.Libsodium.sodium_version_string());
        }
        catch (PlatformNotSupportedException failure)
        {
            trouble = failure.Message;
        }

        SQLitePCL.Batteries_V2.Init();
        return new VaultEnvironment
        {
            Libsodium = version,
            LibsodiumTrouble = trouble,
            Sqlite = SQLitePCL.raw.sqlite3_libversion().utf8_to_string(),
            CanLockMemory = CanLock(),
            FloatVectors = DotKernels.BestFloat.ToString(),
            Int8Vectors = DotKernels.BestByte.ToString(),
        };
    }

    private static unsafe bool CanLock()
    {
        byte* memory = Posix.Map(LeastLocked);
        bool can = Posix.TryLockMemory(memory, LeastLocked);
        Posix.Unmap(memory, LeastLocked);
        return can;
    }
}
