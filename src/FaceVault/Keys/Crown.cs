using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>The top of the key tree, opened: every secret that is not in a page, and what the vault must remember about itself. Sealed under the root key.</summary>
/// <remarks>
/// A commit changes a <see cref="Clone"/>; memory takes it over after the transaction succeeded, and wipes the old one. The byte layout is in <see cref="CrownCodec"/>.
/// Not thread-safe: the writer owns it, readers see it under the vault's read lock.
/// </remarks>
internal sealed class Crown : IDisposable
{
    public const int MostPurposes = 1024;
    public const int MostWorkItems = 10_000;
    public const int MostPlaces = 19;
    public const int MostHeads = 8;

    private readonly SecretBuffer secrets = new(4 * SecretKey.Size);
    private SecretBuffer branchKeys = new(SecretKey.Size);

    public required byte[] VaultId { get; init; }

    /// <summary>Number of root keys so far, from 1.</summary>
    public long Epoch { get; set; } = 1;

    /// <summary>Number of store transactions so far, fences too; never reset.</summary>
    public long Commit { get; set; }

    /// <summary>The first slot never given out; slots start at 1.</summary>
    public uint NextSlot { get; set; } = 1;

    /// <summary>The staged key that a fence took out of use, or 0.</summary>
    public ulong FencedKeyId { get; set; }

    /// <summary>Lines in the ledger.</summary>
    public long LedgerSize { get; set; }

    /// <summary>Roots of the ledger's perfect subtrees, left to right, 32 bytes for each bit that is set in <see cref="LedgerSize"/>.</summary>
    public byte[] Frontier { get; set; } = [];

    public List<PurposeSecret> Purposes { get; } = [];

    public List<Place> Places { get; } = [];

    public SortedDictionary<uint, WorkItem> Work { get; } = [];

    /// <summary>Earlier commits of which a root location may say that they are its head, oldest first: every one since the first in the list.</summary>
    public List<CrownMark> Heads { get; } = [];

    public ushort NextPurpose { get; set; } = 1;

    /// <summary>What is known of the rows of counts; null before the first.</summary>
    public CrownCounts? Counts { get; set; }

    public int BranchCount { get; private set; }

    /// <summary>Key of the leaf that is not full yet; zero when there is none or it is empty.</summary>
    public Span<byte> DangerousTailLeafKey => secrets.DangerousBytes[..32];

    public Span<byte> DangerousSigningSeed => secrets.DangerousBytes[32..64];

    public Span<byte> DangerousLedgerKey => secrets.DangerousBytes[64..96];

    public Span<byte> DangerousTagKey => secrets.DangerousBytes[96..128];

    public LedgerKey LedgerKey => new(DangerousLedgerKey);

    public TagKey TagKey => new(DangerousTagKey);

    /// <summary>Whether a leaf is the tail: not every one of its slots has been given out.</summary>
    public bool IsTail(uint leaf) => leaf == (NextSlot - 1) / KeyPage.EntriesPerLeaf;

    /// <summary>The key of a branch page; zero when it has no page. Grows as needed.</summary>
    public Span<byte> DangerousBranchKey(uint branch)
    {
        if (branch >= BranchCount)
            GrowBranches((int)branch + 1);
        return branchKeys.DangerousBytes.Slice((int)branch * SecretKey.Size, SecretKey.Size);
    }

    /// <summary>Whether the commit with this number and this hash is one of those that led to this crown; null where the crown cannot tell. Of the crown itself only somebody who has its bytes can tell.</summary>
    public bool? Follows(long commit, ReadOnlySpan<byte> crownHash)
    {
        foreach (CrownMark known in Heads)
            if (known.Commit == commit)
                return known.Hash.AsSpan().SequenceEqual(crownHash);
        return commit < Commit && Heads.Count > 0 && commit > Heads[0].Commit ? false : null;
    }

    public PurposeSecret? FindPurpose(ushort number) => Purposes.Find(p => p.Number == number);

    public Crown Clone()
    {
        var copy = new Crown
        {
            VaultId = VaultId,
            Epoch = Epoch,
            Commit = Commit,
            NextSlot = NextSlot,
            FencedKeyId = FencedKeyId,
            NextPurpose = NextPurpose,
            LedgerSize = LedgerSize,
            Frontier = Frontier,
            Counts = Counts,
        };
        secrets.DangerousBytes.CopyTo(copy.secrets.DangerousBytes);
        copy.GrowBranches(BranchCount);
        branchKeys.DangerousBytes[..(BranchCount * SecretKey.Size)].CopyTo(copy.branchKeys.DangerousBytes);
        foreach (PurposeSecret purpose in Purposes)
            copy.Purposes.Add(purpose.Clone());
        copy.Places.AddRange(Places);
        copy.Heads.AddRange(Heads);
        foreach ((uint slot, WorkItem item) in Work)
            copy.Work.Add(slot, item);
        return copy;
    }

    public void Dispose()
    {
        secrets.Dispose();
        branchKeys.Dispose();
        foreach (PurposeSecret purpose in Purposes)
            purpose.Dispose();
    }

    internal void GrowBranches(int count)
    {
        if (count * SecretKey.Size > branchKeys.Length)
        {
            var larger = new SecretBuffer(Math.Max(count, BranchCount * 2) * SecretKey.Size);
            branchKeys.DangerousBytes.CopyTo(larger.DangerousBytes);
            branchKeys.Dispose();
            branchKeys = larger;
        }

        BranchCount = Math.Max(BranchCount, count);
    }
}

/// <summary>The secret of one purpose, the seed of its rotations, and the number of its newest version. Both leave by a destroying commit when the purpose is retired; changes of models renew the secret, and the seed
/// never changes, since templates stay turned as they are.</summary>
internal sealed class PurposeSecret(ushort number, ushort version) : IDisposable
{
    private readonly SecretKey secret = new();
    private SecretKey? seed;

    public ushort Number { get; } = number;

    public ushort Version { get; set; } = version;

    public Span<byte> DangerousBytes => secret.DangerousBytes;

    public PurposeKey Key => new(DangerousBytes);

    /// <summary>The seed of its rotations; empty where the purpose was registered before there were any.</summary>
    public Span<byte> DangerousSeed => seed is null ? default : seed.DangerousBytes;

    public bool IsRotated => seed is not null;

    /// <summary>Room for a seed, to be filled.</summary>
    public Span<byte> AddSeed() => (seed ??= new SecretKey()).DangerousBytes;

    public PurposeSecret Clone()
    {
        var copy = new PurposeSecret(Number, Version);
        DangerousBytes.CopyTo(copy.DangerousBytes);
        if (IsRotated)
            DangerousSeed.CopyTo(copy.AddSeed());
        return copy;
    }

    public void Dispose()
    {
        secret.Dispose();
        seed?.Dispose();
    }
}

/// <summary>A commit by its number and the SHA-256 of its sealed crown.</summary>
internal sealed record CrownMark(long Commit, byte[] Hash)
{
    public const int Size = 40;
}
