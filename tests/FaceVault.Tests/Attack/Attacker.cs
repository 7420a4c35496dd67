using System.Buffers.Binary;
using System.Text;

namespace FaceVault.Tests.Attack;

/// <summary>
/// Adversary R: holds every copy ever made and the root locations as they are now, and tries every key it learns on every blob until nothing new opens.
/// Written from docs/formats.md; it shares no parser with the library.
/// </summary>
internal sealed partial class Attacker
{
    private readonly Loot loot;
    private readonly Queue<StolenKey> untried = new();
    private readonly HashSet<(KeyRole Role, long Number, string Hex)> known = [];
    private readonly Dictionary<StolenBlob, byte[]> opened = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> vaults = [];
    private readonly List<StolenRotation> rotations = [];

    private Attacker(Loot loot) => this.loot = loot;

    /// <summary>Entries of every leaf page that opened, older versions too.</summary>
    public List<StolenEntry> Entries { get; } = [];

    public List<StolenTemplate> Templates { get; } = [];

    /// <summary>Seeds of rotations, by the purpose's number.</summary>
    public IEnumerable<(long Purpose, string Hex)> Seeds => known.Where(k => k.Role == KeyRole.Seed).Select(k => (k.Number, k.Hex));

    /// <summary>Every crown that opened.</summary>
    public List<StolenCrown> Crowns { get; } = [];

    /// <summary>Every plaintext that was reached, by the blob it lay in.</summary>
    public IReadOnlyDictionary<StolenBlob, byte[]> Opened => opened;

    public static Attacker Run(Loot loot, IEnumerable<byte[]> rootFiles, Thoroughness thoroughness = Thoroughness.ByKind, string? passphrase = null)
    {
        var attacker = new Attacker(loot);
        foreach (byte[] file in rootFiles)
        {
            foreach ((byte[] vault, byte[] key) in StolenRoot.Keys(file, passphrase))
            {
                attacker.vaults.Add(Convert.ToHexString(vault));
                attacker.Learn(KeyRole.Root, 0, key);
            }
        }

        attacker.Exhaust();
        if (thoroughness == Thoroughness.Everything)
            attacker.TryEverything();
        return attacker;
    }

    private void Learn(KeyRole role, long number, byte[] key)
    {
        if (key.AsSpan().ContainsAnyExcept((byte)0) && known.Add((role, number, Convert.ToHexString(key))))
            untried.Enqueue(new StolenKey(role, number, key));
    }

    private void Exhaust()
    {
        while (untried.TryDequeue(out StolenKey key))
            foreach (StolenBlob blob in Fitting(key).ToList())
                Try(key.Bytes, blob);
    }

    /// <summary>What a key of this kind is for.</summary>
    private IEnumerable<StolenBlob> Fitting(StolenKey key) => key.Role switch
    {
        KeyRole.Root => loot.Of(BlobKind.Crown),
        KeyRole.Branch => loot.Of(BlobKind.Branch, key.Number),
        KeyRole.Leaf => loot.Of(BlobKind.Leaf, key.Number),
        KeyRole.Template => loot.Of(BlobKind.Template).Where(b => b.Id >> 16 == key.Number),
        KeyRole.Evidence => loot.Of(BlobKind.Record, key.Number),
        KeyRole.Purpose => loot.Of(BlobKind.Purpose).Where(b => b.Id >> 16 == key.Number),
        KeyRole.Ledger => loot.Of(BlobKind.Ledger).Concat(loot.Of(BlobKind.Draft)).Concat(loot.Of(BlobKind.Certificate)).Concat(loot.Of(BlobKind.Counts)),
        _ => [],
    };

    private bool Try(byte[] key, StolenBlob blob)
    {
        if (opened.ContainsKey(blob))
            return false;
        if (blob.Kind == BlobKind.Template)
            return TryTemplate(key, blob);
        if (blob.Kind == BlobKind.Record)
            return TryRecord(key, blob);
        foreach (string vault in vaults)
        {
            if (Cipher.Open(key, blob.Bytes, Associated(blob, Convert.FromHexString(vault))) is not { } plain)
                continue;
            opened.Add(blob, plain);
            Read(blob, plain);
            return true;
        }

        return false;
    }

    /// <summary>The 32 zero bytes before the numbers tell the right key, whatever the ciphertext was bound to.</summary>
    private bool TryTemplate(byte[] key, StolenBlob blob)
    {
        if (blob.Bytes.Length < Cipher.Overhead + 32 || Cipher.Peel(key, blob.Bytes, 32).AsSpan().ContainsAnyExcept((byte)0))
            return false;
        byte[] plain = Cipher.Peel(key, blob.Bytes);
        opened.Add(blob, plain);
        Templates.Add(new StolenTemplate(blob.Id >> 16, (ushort)blob.Id, Convert.ToHexString(key), plain[32..], rotations));
        return true;
    }

    /// <summary>How every consent record begins tells the right key, whichever of its versions it was bound to.</summary>
    private bool TryRecord(byte[] key, StolenBlob blob)
    {
        ReadOnlySpan<byte> beginning = "{\"certificates\":["u8;
        if (blob.Bytes.Length < Cipher.Overhead + beginning.Length || !Cipher.Peel(key, blob.Bytes, beginning.Length).AsSpan().SequenceEqual(beginning))
            return false;
        opened.Add(blob, Cipher.Peel(key, blob.Bytes));
        return true;
    }

    private static byte[] Associated(StolenBlob blob, byte[] vault)
    {
        (string label, int size) = blob.Kind switch
        {
            BlobKind.Crown => ("facevault/crwn02", 0),
            BlobKind.Branch => ("facevault/brch01", 4),
            BlobKind.Leaf => ("facevault/leaf01", 4),
            BlobKind.Purpose => ("facevault/purp01", 4),
            BlobKind.Ledger => ("facevault/ldgr01", 8),
            BlobKind.Draft => ("facevault/drft01", 8),
            BlobKind.Certificate => ("facevault/cert01", 8),
            BlobKind.Counts => ("facevault/pcnt01", 8),
            _ => throw new ArgumentOutOfRangeException(nameof(blob)),
        };
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, blob.Id);
        return [.. Encoding.ASCII.GetBytes(label), .. vault, .. number[..size]];
    }

    private void Read(StolenBlob blob, byte[] plain)
    {
        if (blob.Kind == BlobKind.Crown)
            Read(StolenCrown.Parse(plain));
        else if (blob.Kind == BlobKind.Branch)
            ReadBranch(blob.Id, plain);
        else if (blob.Kind == BlobKind.Leaf)
            ReadLeaf(blob.Id, plain);
    }

    private void Read(StolenCrown crown)
    {
        Crowns.Add(crown);
        Learn(KeyRole.Leaf, crown.TailLeaf, crown.TailLeafKey);
        for (int i = 0; i < crown.BranchKeys.Count; i++)
            Learn(KeyRole.Branch, i, crown.BranchKeys[i]);
        Learn(KeyRole.Ledger, 0, crown.LedgerKey);
        foreach ((ushort number, byte[] secret) in crown.Purposes)
            Learn(KeyRole.Purpose, number, secret);
        foreach ((ushort number, byte[] seed) in crown.Seeds)
        {
            if (known.Contains((KeyRole.Seed, number, Convert.ToHexString(seed))))
                continue;
            Learn(KeyRole.Seed, number, seed);
            rotations.Add(new StolenRotation(seed, Operations.TestVault.Model.Name, Operations.TestVault.Model.Dimensions));
        }

        foreach (byte[] other in new[] { crown.SigningSeed, crown.TagKey }.Concat(crown.Frontier))
            Learn(KeyRole.Other, 0, other);
    }

    private void ReadBranch(long number, byte[] plain)
    {
        for (int i = 0; i < 252; i++)
            Learn(KeyRole.Leaf, (number * 252) + i, plain.AsSpan(32 * i, 32).ToArray());
    }

    private void ReadLeaf(long number, byte[] plain)
    {
        foreach (StolenEntry entry in StolenEntry.ReadLeaf(number, plain))
        {
            Entries.Add(entry);
            Learn(KeyRole.Template, entry.Slot, entry.TemplateKey);
            Learn(KeyRole.Evidence, entry.Slot, entry.EvidenceKey);
        }
    }
}
