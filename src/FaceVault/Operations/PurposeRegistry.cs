using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>A purpose with all its versions, oldest first. Version numbers in pages are <c>purpose number &lt;&lt; 16 | version</c>, both from 1.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Versions">All of them.</param>
/// <param name="Rotations">How its templates are turned, of whatever version; null where it was registered before there were rotations.</param>
internal sealed record PurposeEntry(ushort Number, IReadOnlyList<PurposeVersion> Versions, PurposeRotations? Rotations)
{
    public PurposeVersion Newest => Versions[^1];

    /// <summary>The newest definition, with the models that are admitted now.</summary>
    public Purpose Current => Newest.Definition;

    public uint CurrentVersion => VersionNumber(Versions.Count);

    /// <summary>C8 (PIPL 14(2)): the oldest consent that can be meant for the newest version, where the notice does not tell because a former version has the same one; null where it does.</summary>
    public DateTimeOffset? OldestConsent => Versions.Count > 1 && Versions.Take(Versions.Count - 1).Any(former => former.Registered.Notice == Newest.Registered.Notice) ? Newest.AddedAt : null;

    /// <summary>How templates and probes of a model are turned; null = not at all.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    /// <exception cref="ObjectDisposedException">The vault was closed.</exception>
    public Templates.Rotation? RotationOf(TemplateModel model) => Rotations?.Of(model);

    public uint VersionNumber(int version) => ((uint)Number << 16) | (uint)version;
}

/// <summary>The purposes of an open vault, read once from their sealed rows. Thread-safe; changed by the writer after a commit.</summary>
internal sealed class PurposeRegistry : IDisposable
{
    private readonly ConcurrentDictionary<PurposeId, PurposeEntry> byId = new();
    private readonly ConcurrentDictionary<ushort, PurposeEntry> byNumber = new();
    private readonly ConcurrentDictionary<PurposeId, ushort> retired = new();
    private readonly ConcurrentDictionary<PurposeId, byte> closed = new();

    public IEnumerable<PurposeEntry> All => byId.Values.OrderBy(p => p.Number);

    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public PurposeEntry Get(PurposeId id) => Find(id) ?? throw Error.PurposeUnknown();

    /// <summary>Null when there was never one.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public PurposeEntry? Find(PurposeId id) => byId.TryGetValue(id, out PurposeEntry? entry) ? entry
        : retired.ContainsKey(id) ? throw Error.PurposeRetired() : null;

    public bool IsRetired(PurposeId id) => retired.ContainsKey(id);

    /// <summary>The purpose, for somebody who is about to consent to it.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>; <see cref="VaultErrorCode.PurposeRetired"/>, also while it is being retired.</exception>
    public PurposeEntry GetForConsent(PurposeId id) => closed.ContainsKey(id) ? throw Error.PurposeRetired() : Get(id);

    /// <summary>Takes no new consents from now on, in this process.</summary>
    public void Close(PurposeId id) => closed[id] = 0;

    public void Reopen(PurposeId id) => closed.TryRemove(id, out _);

    /// <summary>Whether there is such a purpose, or was.</summary>
    public bool Knows(PurposeId id) => byId.ContainsKey(id) || retired.ContainsKey(id);

    /// <summary>The number of a purpose, also of a retired one: the evidence of its consents may live.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>.</exception>
    public ushort NumberOf(PurposeId id) => retired.TryGetValue(id, out ushort number) ? number : Get(id).Number;

    /// <summary>The id of a purpose by its number, also of a retired one; null when there is none.</summary>
    public PurposeId? IdOf(ushort number) => byNumber.TryGetValue(number, out PurposeEntry? entry) ? entry.Current.Id
        : retired.FirstOrDefault(purpose => purpose.Value == number) is { Value: > 0 } gone ? gone.Key : null;

    /// <summary>The number of a purpose, also of a retired one; 0 when there never was one.</summary>
    public ushort FindNumber(PurposeId id) => id.IsDefault ? (ushort)0 : byId.TryGetValue(id, out PurposeEntry? entry) ? entry.Number : retired.GetValueOrDefault(id);

    /// <summary>The purpose and definition a version number in a page stands for.</summary>
    public (PurposeEntry Entry, PurposeVersion Version) OfVersion(uint version) => TryOfVersion(version) ?? throw Error.StoreDamaged("a purpose that is missing");

    /// <summary>The same; null for a retired purpose, whose definitions are destroyed.</summary>
    public (PurposeEntry Entry, PurposeVersion Version)? TryOfVersion(uint version) =>
        byNumber.TryGetValue((ushort)(version >> 16), out PurposeEntry? entry) && (version & 0xffff) is var v && v >= 1 && v <= entry.Versions.Count
            ? (entry, entry.Versions[(int)v - 1])
            : null;

    public void Put(PurposeEntry entry)
    {
        byId[entry.Current.Id] = entry;
        byNumber[entry.Number] = entry;
    }

    public void Retire(PurposeId id, ushort number)
    {
        retired[id] = number;
        byId.TryRemove(id, out _);
        byNumber.TryRemove(number, out _);
    }

    /// <summary>Wipes what is kept of rotations.</summary>
    public void Dispose()
    {
        foreach (PurposeEntry entry in byNumber.Values)
            entry.Rotations?.Dispose();
    }

    /// <summary>Reads and opens every definition.</summary>
    public void Load(IKeyStoreReader reader, Crown crown)
    {
        foreach (PurposeSecret secret in crown.Purposes)
        {
            var versions = new List<PurposeVersion>();
            for (int version = 1; version <= secret.Version; version++)
            {
                uint number = ((uint)secret.Number << 16) | (uint)version;
                byte[] blob = reader.Read(KeyTable.Purpose, number) ?? throw Error.StoreDamaged("a purpose definition that is missing");
                versions.Add(PurposeVersion.FromRow(PurposeRow.Open(secret.Key, crown.VaultId, number, blob)));
            }

            PurposeRotations? former = byNumber.GetValueOrDefault(secret.Number)?.Rotations;
            bool isSame = former?.IsOf(secret) ?? false; // the vault was opened again: open galleries go on with what they have
            Put(new PurposeEntry(secret.Number, versions, isSame ? former : PurposeRotations.From(secret)));
            if (!isSame)
                former?.Dispose();
        }

        foreach ((long key, byte[] blob) in reader.Scan(KeyTable.Purpose, 0, uint.MaxValue))
            if (key != FilingRow.Key && PurposeRow.IsRetired(key))
                Retire(PurposeRetirement.IdOf(PurposeRow.OpenRetired(crown.LedgerKey, crown.VaultId, (uint)key, blob)), (ushort)(key >> 16));
    }
}

/// <summary>Registers a purpose, or adds a version to one.</summary>
internal sealed class PurposeItem(VaultSession session, Purpose definition, bool addVersion) : OrdinaryItem
{
    private PurposeEntry? changed;
    private PurposeRotations? fresh;

    /// <summary>Whether the vault was changed; false when the same definition stood there already.</summary>
    public bool Added => changed is not null;

    public override bool StandsAlone => true;

    public override void Apply(CommitDraft draft)
    {
        IReadOnlyList<Violation> found = PurposeRules.Check(definition);
        PurposeEntry? entry = found.Count == 0 ? session.Purposes.Find(definition.Id) : null;
        if (entry is not null && (entry.Current.Equals(definition) || entry.Newest.Registered.Equals(definition)))
            return; // whatever the rules have come to forbid since: its uses are refused, and a program that registers it at its start can still withdraw
        RefusedException.ThrowIfAny([.. found, .. session.RulesOf(definition).CheckRegistration(definition, session.Now)]);
        if (entry is not null && !addVersion)
            throw Error.PurposeDefinitionChanged(PurposeChanges.Describe(entry.Current, definition));
        if (entry is null && addVersion)
            throw Error.PurposeUnknown();
        if (draft.Crown.Purposes.Count >= Crown.MostPurposes || draft.Crown.NextPurpose == ushort.MaxValue || entry?.Versions.Count == ushort.MaxValue)
            throw Error.CapacityExceeded();

        draft.IsChanging = true;
        var version = new PurposeVersion(definition) { AddedAt = entry is null ? null : session.Now };
        if (version.ToRow().Length > ModelItem.MostBytes)
            throw Error.CapacityExceeded();
        PurposeSecret secret = SecretOf(draft.Crown, entry);
        fresh = entry is null ? PurposeRotations.From(secret) : null;
        changed = new PurposeEntry(secret.Number, [.. entry?.Versions ?? [], version], entry is null ? fresh : entry.Rotations);
        byte[] json = definition.ToCanonicalJson();
        uint number = changed.CurrentVersion;
        draft.Writes.Add(new KeyWrite(KeyTable.Purpose, number, PurposeRow.Seal(secret.Key, draft.Crown.VaultId, number, version.ToRow())));
        DateTimeOffset now = draft.Time;
        string processing = NameOf(definition.Kind);
        byte[] hash = SHA256.HashData(json);
        draft.AppendLine(entry is null
            ? LedgerEntry.PurposeRegistered(now, definition.Id.Value, 1, processing, hash)
            : LedgerEntry.PurposeVersionAdded(now, definition.Id.Value, changed.Versions.Count, processing, hash));
        foreach (TemplateModel model in definition.Models.Where(m => entry?.Current.FindModel(m.Name) is null))
            draft.AppendLine(LedgerEntry.ModelAdmitted(now, definition.Id.Value, model.Name));
    }

    public override void Committed()
    {
        if (changed is not null)
            session.Purposes.Put(changed);
        fresh = null;
    }

    public override void Ended() => fresh?.Dispose();

    private static PurposeSecret SecretOf(Crown crown, PurposeEntry? entry)
    {
        if (entry is not null)
        {
            PurposeSecret known = crown.FindPurpose(entry.Number) ?? throw Error.StoreDamaged("the secret of a purpose");
            known.Version++;
            return known;
        }

        var secret = new PurposeSecret(crown.NextPurpose++, 1);
        SecureRandom.Fill(secret.DangerousBytes);
        SecureRandom.Fill(secret.AddSeed());
        crown.Purposes.Add(secret);
        return secret;
    }

    private static string NameOf(PurposeKind kind) => kind switch
    {
        PurposeKind.Verification => "verification",
        PurposeKind.Identification => "identification",
        PurposeKind.Analysis => "analysis",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
