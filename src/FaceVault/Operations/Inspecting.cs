using FaceVault.Commits;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;

namespace FaceVault.Operations;

/// <summary>Gathers a <see cref="VaultStatus"/>.</summary>
internal static class Inspecting
{
    public static VaultStatus Status(VaultSession session)
    {
        VaultEngine engine = session.Engine;
        EntryCounts entries = engine.CountEntries();
        using ReadScope view = engine.Read();
        Crown crown = view.Crown;
        List<PlaceStatus> places = [.. Places(engine, crown)];
        long headLag = Math.Max(0, crown.Commit - (engine.Head?.Commit ?? 0));
        bool staged = engine.Roots.Records.Select(r => r.KeyId).Distinct().Count() > 1;
        return new VaultStatus
        {
            VaultId = Convert.ToHexStringLower(crown.VaultId),
            Origin = session.Origin,
            Epoch = crown.Epoch,
            Commit = crown.Commit,
            LedgerSize = crown.LedgerSize,
            Consents = entries.Living.Values.Sum(static n => (long)n),
            Slots = crown.NextSlot - 1,
            Purposes = crown.Purposes.Count,
            Owed = crown.Work.Count,
            Held = entries.Held,
            Restricted = entries.Kept,
            IsDegraded = engine.IsDegraded,
            IsFenced = engine.HaltReason is not null,
            HasStagedKey = staged,
            HeadLag = headLag,
            LockedBytes = SecretArena.LockedBytes,
            UnlockedBytes = SecretArena.UnlockedBytes,
            Places = places,
            Warnings = [.. Warnings(engine, crown, places, staged), .. session.Filing.Warnings],
        };
    }

    private static IEnumerable<PlaceStatus> Places(VaultEngine engine, Crown crown)
    {
        Dictionary<string, Place> missing = crown.Places.Where(p => p.State == PlaceState.Listed).ToDictionary(p => Convert.ToHexStringLower(p.Id));
        foreach (RootPlaceReading root in engine.Roots.Readings)
        {
            string? id = TakeId(missing, PlaceKind.Root, root.PlaceId);
            string? trouble = root.Reading switch
            {
                { IsMissing: true } => "There is nothing at the place.",
                { IsDamaged: true } => "It cannot be read.",
                _ => id is null ? "It is not listed as a location of this vault, and nothing is written to it." : null,
            };
            yield return new PlaceStatus(LocationType.Root, root.Location.Description, root.Location.Medium, trouble is null, trouble, id);
        }

        Place store = crown.Places.First(p => p.Kind == PlaceKind.Store);
        yield return new PlaceStatus(LocationType.Store, engine.Options.Store.Description, engine.Options.Store.Medium, true, null, TakeId(missing, PlaceKind.Store, store.Id));
        foreach (Mirror mirror in engine.MirrorStates)
        {
            bool current = engine.IsInspecting ? mirror.SeenCurrent : mirror.IsCurrent;
            yield return new PlaceStatus(
                LocationType.Mirror, mirror.Location.Description, mirror.Location.Medium, current, current ? null : mirror.Trouble ?? "It is missing or behind.", TakeId(missing, PlaceKind.Mirror, mirror.PlaceId));
        }

        foreach ((string id, Place lost) in missing)
            yield return new PlaceStatus(
                VaultEngine.TypeOf(lost.Kind), $"place {id}", "not reached", false,
                "It is listed and was not found where the vault looked. Connect it, name where it lies, or retire it by its id.", id);
    }

    private static string? TakeId(Dictionary<string, Place> missing, PlaceKind kind, byte[] placeId)
    {
        string id = Convert.ToHexStringLower(placeId);
        return missing.TryGetValue(id, out Place? place) && place.Kind == kind && missing.Remove(id) ? id : null;
    }

    private static IEnumerable<string> Warnings(VaultEngine engine, Crown crown, List<PlaceStatus> places, bool staged)
    {
        if (engine.HaltReason is { } reason)
            yield return reason.Message;
        if (crown.Places.Count(p => p is { Kind: PlaceKind.Root, State: PlaceState.Listed }) < 2)
            yield return "The root key lies in one place only: one bad sector there loses the vault.";
        if (!crown.Places.Exists(p => p is { Kind: PlaceKind.Mirror, State: PlaceState.Listed }))
            yield return "The key store has no mirror: if its disk dies, every consent is lost.";
        if (engine.IsDegraded)
            yield return "A place is missing or behind: nothing can be destroyed until it is back.";
        if (!engine.Options.Templates.Exists)
            yield return "The template store is not there: check its folder, or restore it from an archive (restore --templates).";
        if (staged)
            yield return "A root key is staged: a destroying commit has not ended.";
        if (crown.Work.Keys.Any(slot => engine.DamageOf(slot) is not null))
            yield return "Keys are destroyed whose certificates cannot be made, because the key store is damaged: restore it from a mirror (restore --keys).";
        if (crown.Work.Count > 0)
            yield return $"{crown.Work.Count} destructions are owed: they go on at the next withdrawal, sweep or opening.";
        if (SecretArena.UnlockedBytes > 0)
            yield return "Some key memory could not be locked against swapping: raise RLIMIT_MEMLOCK (ulimit -l).";
    }
}
