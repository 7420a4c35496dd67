namespace FaceVault;

/// <content>Formats, mirrors and root locations.</content>
internal static partial class Error
{
    public static VaultException StoreTooOld(Storage.StoreNoun store, long found, long known) => new(VaultErrorCode.FormatTooOld,
        $"The {store} has format {found}, which only versions before the first release wrote, and this version of FaceVault reads format {known}. Open it with the version that wrote it; nothing was written.");

    public static VaultException MirrorNotOverwritten() => new(VaultErrorCode.StoreDamaged,
        "The mirror was not overwritten: it holds rows whole that are damaged in the key store. Restore the key store from it (restore --keys). "
        + "Where that is refused because the mirror is behind, move its folder away and keep it, since rows can be recovered from it; then refill the mirror again.");

    public static VaultException MirrorOfAnotherBranch() => new(VaultErrorCode.StoreForked,
        "The mirror is another branch of this vault: the root key has recorded a commit that this mirror never had. Nothing was restored. "
        + "Put the newest key store back; then drop this mirror, or refill it (mirror refill).");

    public static VaultException TwoBranches() => new(VaultErrorCode.StoreForked,
        "The key store that is there opens, and nothing shows that the mirror has all of its commits: each may hold what the other lacks. Nothing was restored. "
        + "Keep copies of both. To go on with the mirror, move keys.db and the files beside it whose names begin with keys.db out of the vault's folder, then restore again.");
}
