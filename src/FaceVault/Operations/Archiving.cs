using FaceVault.Commits;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Copies the template store, which old copies never weaken. The key store is replicated by mirrors and never archived: a copy that no destroying commit reaches restores nobody.</summary>
internal static class Archiving
{
    /// <summary>The store's file under the archive's folder.</summary>
    private const string Templates = "templates.db";

    /// <summary>First what says whose it is, then the copy: where there is a <c>templates.db</c> it is whole and named.</summary>
    public static void Run(VaultSession session, SqliteTemplateStoreLocation store, string directory, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        string[] precious = [Templates, "keys.db", VaultDescription.FileName];
        if (precious.Any(name => File.Exists(Path.Combine(directory, name))))
            throw Error.ArchiveFolderTaken();
        VaultDescription.MakeFolder(directory);
        string vault;
        long commit;
        using (ReadScope view = session.Engine.Read())
            (vault, commit) = (Convert.ToHexStringLower(view.Crown.VaultId), view.Crown.Commit);
        new ArchiveDescription(vault, session.Now, commit).Write(directory);
        store.BackUpTo(Path.Combine(directory, Templates), copy => ArchivedRows.Sift(session.Engine, copy, cancellationToken), progress, cancellationToken);
    }
}
