using System.Security.Cryptography;
using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Puts a vault together again from a mirror of its key store, today's root key store and any archive of its templates.</summary>
/// <remarks>The mirror is taken only when it opens with today's root key and is not older than the recorded head. Each file is copied whole beside its place and renamed: a crash leaves the old or the new one.</remarks>
internal static class Restoring
{
    private const string TemplatesFile = "templates.db";

    public static bool HasTemplates(string directory) => File.Exists(Path.Combine(directory, TemplatesFile));

    public static void Run(VaultDescription description, VaultOptions options, string? mirror, string? templates)
    {
        VaultDescription.MakeFolder(options.Directory);
        if (templates is not null && ArchiveDescription.VaultOf(Path.GetFullPath(templates)) is { } whose && whose != description.VaultId)
            throw Error.ArchiveOfAnotherVault();
        using var roots = new RootLocations(options.RootKey!);
        roots.Lock(options.LockTimeout, options.TimeProvider); // the process lock: nobody writes meanwhile
        if (mirror is not null)
            description = description with { Origin = RestoreKeys(description, options, mirror, roots) };
        if (templates is not null)
            TemplatesIn(options.Directory, options).CopyFrom(TemplatesIn(templates, options));
        else if (!HasTemplates(options.Directory))
            TemplatesIn(options.Directory, options).Create().Dispose();
        if (!File.Exists(Path.Combine(options.Directory, VaultDescription.FileName)))
            description.Write(options.Directory);
    }

    /// <returns>The name that the mirror's ledger gives: a mirror's copy of <c>vault.json</c> may be from before a loss was accepted.</returns>
    private static string RestoreKeys(VaultDescription description, VaultOptions options, string mirror, RootLocations roots)
    {
        var source = new SqliteKeyStoreLocation(Path.Combine(Path.GetFullPath(mirror), "keys.db"), options.LockTimeout);
        var target = new SqliteKeyStoreLocation(Path.Combine(options.Directory, "keys.db"), options.LockTimeout);
        byte[] placeId;
        string origin;
        using (Sighting seen = Look(description, options, source, roots))
        {
            RecoveryDecision decision = Recovery.Decide(seen.Observations);
            if (seen.Observations.Head == HeadState.Forked)
                throw Error.MirrorOfAnotherBranch();
            if (decision.Action != RecoveryAction.Open)
                throw Error.CannotOpen(decision);
            using (IKeyStoreReader reader = source.OpenWithoutTrace())
                origin = LedgerOrigin.Newest(reader, seen.Crown!) ?? description.Origin;
            placeId = seen.Crown!.Places.First(p => p.Kind == PlaceKind.Store).Id;
            using Sighting present = Look(description, options, target, roots);
            CheckReplaceable(present, seen, source.ReadPlaceId());
        }

        target.CopyFrom(source, placeId);
        return origin;
    }

    /// <summary>A key store that opens and continues the head gives way only to a mirror that has all of its commits.</summary>
    private static void CheckReplaceable(Sighting present, Sighting mirror, byte[]? mirrorId)
    {
        if (present.Crown is not { } crown || present.Observations.Head is not (HeadState.Ok or HeadState.AllZero) || present.SealedCrown.AsSpan().SequenceEqual(mirror.SealedCrown))
            return;
        if (crown.Commit > mirror.Crown!.Commit)
            throw Error.MirrorIsOlder();
        bool wasMeantForIt = crown.Places.Exists(p => p.Id.AsSpan().SequenceEqual(mirrorId) && p.Confirmed == crown.Commit);
        if (!wasMeantForIt && mirror.Crown.Follows(crown.Commit, SHA256.HashData(present.SealedCrown)) != true)
            throw Error.TwoBranches();
    }

    private static Sighting Look(VaultDescription description, VaultOptions options, IKeyStoreLocation store, RootLocations roots)
    {
        var engine = new EngineOptions
        {
            VaultId = description.VaultIdBytes,
            Origin = description.Origin,
            Store = store,
            Templates = TemplatesIn(options.Directory, options),
            Mirrors = [],
            Roots = options.RootKey!,
            Evidence = new ConsentEvidence(description.VaultIdBytes, new PurposeRegistry()),
            Clock = options.TimeProvider,
        };
        using var none = new Mirrors([]);
        return Sighting.Of(engine, roots, none);
    }

    private static SqliteTemplateStoreLocation TemplatesIn(string directory, VaultOptions options) => new(Path.Combine(Path.GetFullPath(directory), TemplatesFile), options.LockTimeout);
}
