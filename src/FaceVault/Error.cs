namespace FaceVault;

/// <summary>Every message of the library, once: a full sentence, what to do next, and never an identifier, a score or a key byte.</summary>
internal static partial class Error
{
    // Interop
    public static PlatformNotSupportedException LibsodiumMissing() => new(
        "The native library libsodium was not found. Install it (Debian and Ubuntu: apt-get install libsodium23; Fedora: dnf install libsodium; Alpine: apk add libsodium) and start again.");

    public static PlatformNotSupportedException LibsodiumUnusable(string why) => new(
        $"The native library libsodium cannot be used: {why}. Install version 1.0.18 or newer and start again.");

    /// <summary>The first failure again, for a caller who comes later.</summary>
    public static PlatformNotSupportedException LibsodiumFailed(Exception first) => new(first.Message, first);

    // Consents and purposes

    // end of Consents and purposes

    // Templates

    // end of Templates

    // Root keys

    // end of Root keys

    // Key tree and crown

    // end of Key tree and crown

    // Commits and recovery

    // end of Commits and recovery

    // Ledger and certificates

    // end of Ledger and certificates

    // Storage

    // end of Storage

    // Matching

    // end of Matching

    // Vault

    // end of Vault
}
