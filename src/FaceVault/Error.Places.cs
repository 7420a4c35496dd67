using System.Globalization;

namespace FaceVault;

/// <content>Formats, mirrors and root locations.</content>
internal static partial class Error
{
    public static VaultException StoreTooOld(Storage.StoreNoun store, long found, long known) => new(VaultErrorCode.FormatTooOld,
        $"The {store} has format {found}, which only versions before the first release wrote, and this version of FaceVault reads format {known}. Open it with the version that wrote it; nothing was written.");

    public static VaultException MirrorNotOverwritten() => new(VaultErrorCode.StoreDamaged,
        "The mirror was not overwritten: it holds rows whole that are damaged in the key store. Restore the key store from it (restore --keys). "
        + "Where that is refused because the mirror is behind, move its folder away and keep it, since rows can be recovered from it; then refill the mirror again.");

    public static VaultException MirrorListed() => new(VaultErrorCode.VaultExists, "That folder is a mirror of this vault already. Nothing was changed.");

    public static VaultException MirrorNotListed() => new(VaultErrorCode.PlaceUnreachable,
        "That folder holds a key store that is not listed as a mirror of this vault, so it was not overwritten. If it is to be one, remove its keys.db and add it (mirror add).");

    public static VaultException MirrorFolderUsed(string place) => new(VaultErrorCode.VaultExists,
        $"There is something at {place} already, and nothing was overwritten. Choose another folder; or, if it is what an interrupted mirror add left or a former mirror that nobody needs, "
        + "remove that file and those beside it whose names begin with its name, then add the mirror again.");

    public static VaultException RootListed(string place) => new(VaultErrorCode.VaultExists, $"{place} is a root location of this vault already. Nothing was changed.");

    public static VaultException LastRootLocation() => new(VaultErrorCode.RootPathRefused,
        "It is the last root location that holds the root key, and without it the vault is lost. Add another one first (root add), then retire this one.");

    public static VaultException PlaceNotListed() => new(VaultErrorCode.PlaceUnreachable,
        "The vault lists no root location or mirror with that id. root status and mirror status show the ids of those it lists.");

    public static VaultException PlaceAmbiguous() => new(VaultErrorCode.PlaceUnreachable,
        "Nothing that can be told by its id was found there. Name the place by its id instead (--place, Vault.RetirePlaceAsync); root status and mirror status show the ids.");

    public static ArgumentException NotARootLocation(string parameter) => new(
        "That is no root location that this vault was opened with. Name it among the root locations (VaultOptions.RootKey, --root), then try again.", parameter);

    public static ArgumentException PlaceIdMalformed(string parameter) => new("The id of a place is written as 32 lowercase hexadecimal digits, as status shows it.", parameter);

    public static ArgumentException PassphraseLength(int most, string parameter) => new(
        string.Create(CultureInfo.InvariantCulture, $"The passphrase in the file is empty or longer than {most:N0} bytes. Give a file with the passphrase alone."), parameter);

    public static ArgumentException PassphraseUnreadable(Exception why, string parameter) => new($"The file with the passphrase cannot be read: {why.Message} Give a file that can.", parameter, why);

    public static NotSupportedException NoPassphrase() => new(
        "This root key store has no passphrase. A FileRootKeyStore has one.");

    public static ErasureIncompleteException PassphraseChangeIncomplete(Exception cause) => new(
        "The passphrase is changed: give the new one from now on. But the root key may not be replaced yet, and then a copy of a root location still opens the vault with the former one. "
        + "Change the passphrase again, to the same new one or another. " + cause.Message, cause);

    public static VaultException PassphraseUndecided(Exception cause) => new(VaultErrorCode.VaultFaulted,
        "The change of the passphrase broke off, and places failed, so that it is not decided yet whether the former or the new one opens the vault. Keep both, bring every place back, "
        + "open the vault with the one that it takes, and change the passphrase again. " + cause.Message, cause);

    public static VaultException MirrorOfAnotherBranch() => new(VaultErrorCode.StoreForked,
        "The mirror is another branch of this vault: the root key has recorded a commit that this mirror never had. Nothing was restored. "
        + "Put the newest key store back; then drop this mirror, or refill it (mirror refill).");

    public static VaultException TwoBranches() => new(VaultErrorCode.StoreForked,
        "The key store that is there opens, and nothing shows that the mirror has all of its commits: each may hold what the other lacks. Nothing was restored. "
        + "Keep copies of both. To go on with the mirror, move keys.db and the files beside it whose names begin with keys.db out of the vault's folder, then restore again.");

    public static ErasureIncompleteException PurposeStands(Exception cause) => new(
        "The purpose is not retired for good yet: a root key that opens its definitions stands at a place, or may stand there. Call again until it succeeds. " + cause.Message, cause);

    public static VaultException FormerKeyOwed() => new(VaultErrorCode.StoreDamaged,
        "The certificate of this consent's former key cannot be made, because the key store is damaged, and another key cannot follow before it. Nothing was changed. Restore the key store from a mirror (restore --keys).");

    public static ArgumentException NothingToRestore(string parameter) => new(
        "The vault has its templates, and neither a mirror nor a folder of templates is named. Name the one that is to be restored from, or both.", parameter);
}
