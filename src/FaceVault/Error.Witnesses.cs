namespace FaceVault;

/// <content>Witnesses and their keys.</content>
internal static partial class Error
{
    public static ArgumentException NotAWitnessKey(string parameter) => new("That is the key of a vault. Give a witness's key: its type is 04, so that it reads name+hex+B….", parameter);

    public static ArgumentException NotAVaultKey(string parameter) => new("That is the key of a witness. Give the vault's verifier key, as the command key prints it.", parameter);

    public static ArgumentException WitnessAddress(string parameter) => new("Give the witness's submission prefix as an absolute URL that begins with https:// or http:// and has no user, query or fragment.", parameter);

    public static InvalidOperationException NoWitness() => new("The vault has no witness. Add some to VaultOptions.Witnesses before it is made.");

    public static VaultException WitnessesFailed(int failed, int all, Exception cause) => new(VaultErrorCode.WitnessFailed,
        $"{failed} of {all} witnesses did not cosign; the others' cosignatures are kept. Try again later. {(cause is VaultException ? cause.Message : "A witness was not reached.")}", cause);

    public static VaultException WitnessRefused(int status) => new(VaultErrorCode.WitnessFailed, status switch
    {
        403 or 404 => "The witness does not know this vault. Register its origin and verifier key there.",
        _ => $"The witness refused the checkpoint with status {status}.",
    });

    public static VaultException WitnessAnswerWrong() => new(VaultErrorCode.WitnessFailed,
        "The witness's answer holds no cosignature of its key over this checkpoint. Compare the key you were given with the witness's own.");

    public static VaultException WitnessRemembersMore(long remembered, long size) => new(VaultErrorCode.StoreRolledBack,
        $"A witness remembers {remembered} ledger entries of this vault, which has {size}: an older copy stands in the place of a newer one. Nothing is used or written any more. Put the newest store and root key back.");

    public static VaultException WitnessRemembersAnother(long size) => new(VaultErrorCode.StoreForked,
        $"The ledger does not continue the one of {size} entries that a witness remembers of this vault: there are two branches. Nothing is used or written any more. Put the store back that the witness knows.");

    public static VaultException Fenced(VaultException reason) => new(reason.Code, reason.Message, reason);
}
