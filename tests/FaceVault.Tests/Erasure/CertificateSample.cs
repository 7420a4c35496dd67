using System.Text;
using FaceVault.Cryptography;
using FaceVault.Ledger;

namespace FaceVault.Tests.Erasure;

/// <summary>A small ledger with one destruction in it, and the certificate of that. Each part can be made false, to see that checking finds it.</summary>
internal sealed class CertificateSample
{
    public const string Origin = "vault.example/door";
    public static readonly byte[] Seed = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];
    public static readonly byte[] Salt = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    public static readonly DateTimeOffset Time = new(2026, 11, 21, 23, 59, 8, TimeSpan.Zero);

    public string Vault { get; init; } = Origin;

    public string CheckpointOrigin { get; init; } = Origin;

    public string SignerName { get; init; } = Origin;

    public byte[] SignerSeed { get; init; } = Seed;

    public DeletionTrigger Trigger { get; init; } = DeletionTrigger.Withdrawn;

    public DeletionTrigger BodyTrigger { get; init; } = DeletionTrigger.Withdrawn;

    public byte RemovedKey { get; init; } = 7;

    public string RemovedReference { get; init; } = "";

    public int CreatedOffset { get; init; }

    public int RemovedOffset { get; init; }

    public long BodyEpochTo { get; init; } = 5;

    public long EpochTo { get; init; } = 5;

    public bool BodySynthetic { get; init; }

    public TimeSpan BodyLate { get; init; }

    public byte BodyHashChange { get; init; }

    public int TemplateCount { get; init; } = 3;

    /// <summary>The completing entry stands before the removing one, which names it by its right index all the same.</summary>
    public bool CompletedFirst { get; init; }

    public LedgerEntry? InsteadOfCreated { get; init; }

    public List<CertificateLocation> Locations { get; init; } =
    [
        new(LocationType.Root, "file on ext2/ext3/ext4", "overwrite in place and flush", true),
        new(LocationType.Root, "file on xfs", "overwrite in place and flush", true),
        new(LocationType.Store, "SQLite file on ext2/ext3/ext4", "rewritten without the key", true),
        new(LocationType.Mirror, "SQLite file on nfs", "rewritten without the key", true),
    ];

    public List<CertificateReadBack> ReadBack { get; init; } = [new(LocationType.Store, true, 2, true), new(LocationType.Mirror, true, 2, true)];

    public static VerifierKey Key => VerifierKey.FromSeed(Origin, Seed);

    public MerkleLog Log { get; } = new();

    public SignedNote Note { get; private set; } = null!;

    public static byte[] ConsentCommitment(string reference = "")
    {
        var commitment = new byte[32];
        Commitments.Consent(Salt, "emp-1042"u8, "c-17"u8, Encoding.UTF8.GetBytes(reference), commitment);
        return commitment;
    }

    public static byte[] KeyCommitment(byte key)
    {
        var commitment = new byte[32];
        Commitments.Key(new TemplateKey([.. Enumerable.Repeat(key, 32)]), commitment);
        return commitment;
    }

    public DeletionCertificate Make(int following = 30)
    {
        var line = new byte[LedgerEntry.MaxLength];
        for (int i = 0; i < 20; i++)
            Append(LedgerEntry.HoldSet(Time, i).Line);
        string created = InsteadOfCreated?.Line
            ?? Text(LedgerEntry.WriteKeyCreated(line, Time, "door \"main\"", 1, KeyCommitment(7), ConsentCommitment(), KeyCause.Granted, false));
        long createdIndex = Append(created);
        for (int i = 0; i < 7; i++)
            Append(LedgerEntry.HoldLifted(Time, i).Line);
        string removed = Text(LedgerEntry.WriteKeyRemoved(
            line, Time.AddHours(1), createdIndex + CreatedOffset, KeyCommitment(RemovedKey), ConsentCommitment(RemovedReference), Trigger, 4, EpochTo));
        long removedIndex = CompletedFirst ? Log.Size + 1 : Append(removed);
        byte[] body = new CertificateBody
        {
            Vault = Vault,
            Created = created,
            Removed = removed,
            Trigger = BodyTrigger,
            EpochFrom = 4,
            EpochTo = BodyEpochTo,
            Locations = Locations,
            ReadBack = ReadBack,
            Galleries = 1,
            TemplateCount = TemplateCount,
            TemplateDigests = (byte[])[.. KeyCommitment(50), .. KeyCommitment(51)],
            Synthetic = BodySynthetic,
            MadeAt = Time.AddHours(2) + BodyLate,
        }.ToUtf8();
        var hash = new byte[32];
        CertificateBody.Hash(body, hash);
        hash[5] ^= BodyHashChange;
        string completed = Text(LedgerEntry.WriteDestructionCompleted(line, Time.AddHours(2), removedIndex + RemovedOffset, hash));
        long completedIndex = Append(completed);
        if (CompletedFirst)
            Append(removed);
        for (int i = 0; i < following; i++)
            Append(LedgerEntry.HoldSet(Time, 100 + i).Line);
        Note = SignedNote.Sign(new TreeHead(CheckpointOrigin, Log.Size, Log.Root(Log.Size)).ToString(), SignerName, SignerSeed);
        return DeletionCertificate.Create(
            body, completed, Log.ProveInclusion(createdIndex, Log.Size), Log.ProveInclusion(removedIndex, Log.Size), Log.ProveInclusion(completedIndex, Log.Size), Note);

        string Text(int length) => Encoding.UTF8.GetString(line, 0, length);
    }

    private long Append(string line)
    {
        Log.Append(MerkleHash.OfEntry(Encoding.UTF8.GetBytes(line)));
        return Log.Size - 1;
    }
}
