using FaceVault.Commits;

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

    public static VaultException CannotOpen(in RecoveryDecision decision)
    {
        string what = decision.Code switch
        {
            VaultErrorCode.RootKeyMissing => "No root key was found at any of the configured locations, and without it nothing in the vault can be read. Connect the medium that holds it, or name the right path, and open again.",
            VaultErrorCode.VaultNotFound => "The vault was never finished: its creation was interrupted before anything was stored. Initialise it again.",
            VaultErrorCode.StoreMissing => "The key store is missing or empty.",
            VaultErrorCode.StoreDamaged => "The key store does not open with the root key: its bytes have changed, or it belongs to another vault.",
            VaultErrorCode.StoreRolledBack => "The key store is older than what the root key or a mirror has recorded, as if an earlier copy had been put back.",
            VaultErrorCode.StoreForked => "The key store and the root key's record of it disagree about the same commit: one of them comes from another copy of the vault.",
            VaultErrorCode.HeadMissing => "The root key's record of the newest commit is unreadable, so that nobody can say whether the key store is the newest one.",
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision.Code, "Not a refusal to open."),
        };
        string remedy = decision.Remedy switch
        {
            RecoveryRemedy.RestoreKeys => " A mirror opens: put it in place with restore --keys.",
            RecoveryRemedy.AcceptLoss => " Put the newest key store back; if there is none, recover --accept-loss --yes opens this one and counts what is lost.",
            RecoveryRemedy.ReachPlaces => " A mirror or a root location is not there: connect it and open again.",
            _ when decision.Code is VaultErrorCode.RootKeyMissing or VaultErrorCode.VaultNotFound => "",
            _ => " Put the newest key store back and open again.",
        };
        return new(decision.Code, $"{what}{remedy} Nothing was written.");
    }

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
