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
internal sealed record PurposeEntry(ushort Number, IReadOnlyList<Purpose> Versions)
{
    public Purpose Current => Versions[^1];

    public uint CurrentVersion => VersionNumber(Versions.Count);

    public uint VersionNumber(int version) => ((uint)Number << 16) | (uint)version;
}

/// <summary>The purposes of an open vault, read once from their sealed rows. Thread-safe; changed by the writer after a commit.</summary>
internal sealed class PurposeRegistry
{
    private readonly ConcurrentDictionary<PurposeId, PurposeEntry> byId = new();
    private readonly ConcurrentDictionary<ushort, PurposeEntry> byNumber = new();

    public IEnumerable<PurposeEntry> All => byId.Values.OrderBy(p => p.Number);

    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>.</exception>
    public PurposeEntry Get(PurposeId id) => byId.TryGetValue(id, out PurposeEntry? entry) ? entry : throw Error.PurposeUnknown();

    public PurposeEntry? Find(PurposeId id) => byId.GetValueOrDefault(id);

    /// <summary>The purpose and definition a version number in a page stands for.</summary>
    public (PurposeEntry Entry, Purpose Definition) OfVersion(uint version) =>
        byNumber.TryGetValue((ushort)(version >> 16), out PurposeEntry? entry) && (version & 0xffff) is var v && v >= 1 && v <= entry.Versions.Count
            ? (entry, entry.Versions[(int)v - 1])
            : throw Error.StoreDamaged("a purpose that is missing");

    public void Put(PurposeEntry entry)
    {
        byId[entry.Current.Id] = entry;
        byNumber[entry.Number] = entry;
    }

    /// <summary>Reads and opens every definition.</summary>
    public void Load(IKeyStoreReader reader, Crown crown)
    {
        foreach (PurposeSecret secret in crown.Purposes)
        {
            var versions = new List<Purpose>();
            for (int version = 1; version <= secret.Version; version++)
            {
                uint number = ((uint)secret.Number << 16) | (uint)version;
                byte[] blob = reader.Read(KeyTable.Purpose, number) ?? throw Error.StoreDamaged("a purpose definition that is missing");
                versions.Add(Purpose.FromJson(PurposeRow.Open(secret.Key, crown.VaultId, number, blob)));
            }

            Put(new PurposeEntry(secret.Number, versions));
        }
    }
}

/// <summary>Registers a purpose, or adds a version to one.</summary>
internal sealed class PurposeItem(VaultSession session, Purpose definition, bool addVersion) : OrdinaryItem
{
    private PurposeEntry? changed;

    /// <summary>Whether the vault was changed; false when the same definition stood there already.</summary>
    public bool Added => changed is not null;

    public override bool StandsAlone => true;

    public override void Apply(CommitDraft draft)
    {
        RefusedException.ThrowIfAny(PurposeRules.Check(definition));
        PurposeEntry? entry = session.Purposes.Find(definition.Id);
        if (entry is not null && entry.Current.Equals(definition))
            return;
        if (entry is not null && !addVersion)
            throw Error.PurposeDefinitionChanged(PurposeChanges.Describe(entry.Current, definition));
        if (entry is null && addVersion)
            throw Error.PurposeUnknown();
        if (draft.Crown.Purposes.Count >= Crown.MostPurposes || draft.Crown.NextPurpose == ushort.MaxValue || entry?.Versions.Count == ushort.MaxValue)
            throw Error.CapacityExceeded();

        draft.IsChanging = true;
        PurposeSecret secret = SecretOf(draft.Crown, entry);
        changed = new PurposeEntry(secret.Number, [.. entry?.Versions ?? [], definition]);
        byte[] json = definition.ToCanonicalJson();
        uint number = changed.CurrentVersion;
        draft.Writes.Add(new KeyWrite(KeyTable.Purpose, number, PurposeRow.Seal(secret.Key, draft.Crown.VaultId, number, json)));
        DateTimeOffset now = session.Now;
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
    }

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
