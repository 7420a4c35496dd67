using System.Runtime.InteropServices;

namespace FaceVault.Interop;

/// <summary>Native libsodium, one partial file per C header, C names verbatim. The first use of any member loads and checks the library.</summary>
/// <remarks>
/// Minimum 1.0.18, found by <see cref="NativeResolver"/>.
/// A missing, too old or differently built library is a <see cref="PlatformNotSupportedException"/> that says what to install.
/// </remarks>
internal static partial class Libsodium
{
    private const string Library = NativeResolver.Sodium;

    private static readonly Lazy<Exception?> Start = new(Initialize);

    static Libsodium() => NativeResolver.Install();

    /// <summary>Loads libsodium once, checks its version and constants.</summary>
    /// <exception cref="PlatformNotSupportedException">The library is missing, older than 1.0.18, or was built with other constants.</exception>
    public static void EnsureLoaded()
    {
        if (Start.Value is { } failure)
            throw Error.LibsodiumFailed(failure);
    }

    /// <summary>libsodium 1.0.18 calls its binary interface 10.3.</summary>
    internal static bool IsTooOld(int major, int minor) => (major, minor).CompareTo((10, 3)) < 0;

    /// <summary>The name of a constant that has another value than the one compiled in, or null.</summary>
    internal static string? FirstWrongConstant() =>
        crypto_aead_xchacha20poly1305_ietf_keybytes() != crypto_aead_xchacha20poly1305_ietf_KEYBYTES ? nameof(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
        : crypto_aead_xchacha20poly1305_ietf_npubbytes() != crypto_aead_xchacha20poly1305_ietf_NPUBBYTES ? nameof(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
        : crypto_aead_xchacha20poly1305_ietf_abytes() != crypto_aead_xchacha20poly1305_ietf_ABYTES ? nameof(crypto_aead_xchacha20poly1305_ietf_ABYTES)
        : crypto_generichash_keybytes() != crypto_generichash_KEYBYTES ? nameof(crypto_generichash_KEYBYTES)
        : crypto_sign_bytes() != crypto_sign_BYTES ? nameof(crypto_sign_BYTES)
        : crypto_sign_publickeybytes() != crypto_sign_PUBLICKEYBYTES ? nameof(crypto_sign_PUBLICKEYBYTES)
        : crypto_sign_secretkeybytes() != crypto_sign_SECRETKEYBYTES ? nameof(crypto_sign_SECRETKEYBYTES)
        : crypto_sign_seedbytes() != crypto_sign_SEEDBYTES ? nameof(crypto_sign_SEEDBYTES)
        : crypto_pwhash_saltbytes() != crypto_pwhash_SALTBYTES ? nameof(crypto_pwhash_SALTBYTES)
        : crypto_pwhash_alg_argon2id13() != crypto_pwhash_ALG_ARGON2ID13 ? nameof(crypto_pwhash_ALG_ARGON2ID13)
        : null;

    private static Exception? Initialize()
    {
        try
        {
            if (sodium_init() < 0)
                return Error.LibsodiumUnusable("sodium_init failed");
            string version = Marshal.PtrToStringUTF8(sodium_version_string()) ?? "unknown";
            if (IsTooOld(sodium_library_version_major(), sodium_library_version_minor()))
                return Error.LibsodiumUnusable($"version {version} is older than 1.0.18");
            string? constant = FirstWrongConstant();
            return constant is null ? null : Error.LibsodiumUnusable($"version {version} has another value for {constant}");
        }
        catch (PlatformNotSupportedException failure)
        {
            return failure;
        }
        catch (DllNotFoundException)
        {
            return Error.LibsodiumMissing();
        }
        catch (EntryPointNotFoundException)
        {
            return Error.LibsodiumUnusable("it lacks functions of version 1.0.18");
        }
    }
}
