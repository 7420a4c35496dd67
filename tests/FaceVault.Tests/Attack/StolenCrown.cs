namespace FaceVault.Tests.Attack;

/// <summary>An opened crown, parsed as docs/formats.md has it.</summary>
internal sealed class StolenCrown
{
    private StolenCrown()
    {
    }

    public required byte[] Vault { get; init; }

    public required long Commit { get; init; }

    public required long NextSlot { get; init; }

    /// <summary>The leaf whose slots are not all given out.</summary>
    public long TailLeaf => (NextSlot - 1) / 64;

    public required byte[] TailLeafKey { get; init; }

    public required byte[] SigningSeed { get; init; }

    public required byte[] LedgerKey { get; init; }

    public required byte[] TagKey { get; init; }

    public required IReadOnlyList<byte[]> Frontier { get; init; }

    public required IReadOnlyList<byte[]> BranchKeys { get; init; }

    public required IReadOnlyList<(ushort Number, byte[] Secret)> Purposes { get; init; }

    public required IReadOnlyList<(ushort Number, byte[] Seed)> Seeds { get; init; }

    public static StolenCrown Parse(ReadOnlySpan<byte> plain)
    {
        var reader = new PlainReader(plain);
        byte[] vault = reader.Bytes(16).ToArray();
        reader.Int64(); // epoch
        long commit = reader.Int64(), next = reader.Int64();
        reader.Int64(); // ledger size
        byte[] tail = reader.Key(), seed = reader.Key(), ledger = reader.Key(), tag = reader.Key();
        reader.Bytes(8); // id of the fenced key
        var frontier = new byte[reader.Byte()][];
        for (int i = 0; i < frontier.Length; i++)
            frontier[i] = reader.Key();
        var branches = new byte[reader.UInt32()][];
        for (int i = 0; i < branches.Length; i++)
            branches[i] = reader.Key();
        reader.UInt16(); // next purpose number
        var purposes = new (ushort Number, byte[] Secret)[reader.UInt16()];
        for (int i = 0; i < purposes.Length; i++)
        {
            ushort number = reader.UInt16();
            reader.UInt16(); // newest version
            purposes[i] = (number, reader.Key());
        }

        reader.Bytes(reader.Byte() * (16 + 1 + 1 + 8)); // places
        reader.Bytes(reader.UInt16() * (8 + 1 + 1 + 4 + 8)); // work list
        reader.Bytes(reader.Byte() * (8 + 32)); // heads
        var seeds = new (ushort Number, byte[] Seed)[reader.Rest.ContainsAnyExcept((byte)0) ? reader.UInt16() : 0];
        for (int i = 0; i < seeds.Length; i++)
            seeds[i] = (reader.UInt16(), reader.Key());
        if (reader.Rest.ContainsAnyExcept((byte)0))
            reader.Bytes(1 + 4 + 8 + 32); // counts
        if (reader.Rest.ContainsAnyExcept((byte)0))
            throw new InvalidDataException("docs/formats.md says nothing of these bytes of a crown.");
        return new StolenCrown
        {
            Vault = vault,
            Commit = commit,
            NextSlot = next,
            TailLeafKey = tail,
            SigningSeed = seed,
            LedgerKey = ledger,
            TagKey = tag,
            Frontier = frontier,
            BranchKeys = branches,
            Purposes = purposes,
            Seeds = seeds,
        };
    }
}
