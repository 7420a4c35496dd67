using FaceVault.Commits;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Operations;
using FaceVault.Storage;

namespace FaceVault.Tests.Commits;

/// <summary>The rows under the ledger key and under purpose secrets: each opens as what it was sealed as, and as nothing else.</summary>
[Trait("Claim", "E2")]
public sealed class SealedRowTests : IDisposable
{
    private static readonly byte[] VaultId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private readonly SecretKey key = SecretKey.Random();

    public void Dispose() => key.Dispose();

    [Fact]
    public void A_segment_of_the_ledger_holds_its_lines_bound_to_its_first_index()
    {
        byte[] lines = "{\"a\":1}\n{\"b\":2}\n"u8.ToArray();
        byte[] blob = LedgerSegment.Seal(new LedgerKey(key.DangerousBytes), VaultId, 0x0102030405, lines);
        AssertSealed("facevault/ldgr01"u8, [5, 4, 3, 2, 1, 0, 0, 0], lines, blob);
        AssertOpensOnlyAsItself(blob, (id, index, b) => LedgerSegment.Open(new LedgerKey(key.DangerousBytes), id, index, b), 0x0102030405);
        Assert.Equal(64, LedgerSegment.MostLines);
        byte[] noEnd = LedgerSegment.Seal(new LedgerKey(key.DangerousBytes), VaultId, 3, "x"u8);
        Assert.Throws<VaultException>(() => LedgerSegment.Open(new LedgerKey(key.DangerousBytes), VaultId, 3, noEnd));
    }

    [Fact]
    public void A_certificate_row_is_bound_to_its_index()
    {
        byte[] body = "{}"u8.ToArray();
        byte[] blob = CertificateRow.Seal(new LedgerKey(key.DangerousBytes), VaultId, 9, body);
        AssertSealed("facevault/cert01"u8, [9, 0, 0, 0, 0, 0, 0, 0], body, blob);
        AssertOpensOnlyAsItself(blob, (id, index, b) => CertificateRow.Open(new LedgerKey(key.DangerousBytes), id, index, b), 9);
    }

    [Fact]
    public void A_purpose_row_is_bound_to_its_version()
    {
        byte[] json = "{\"id\":\"door\"}"u8.ToArray();
        byte[] blob = PurposeRow.Seal(new PurposeKey(key.DangerousBytes), VaultId, 0x00030002, json);
        AssertSealed("facevault/purp01"u8, [2, 0, 3, 0], json, blob);
        AssertOpensOnlyAsItself(blob, (id, version, b) => PurposeRow.Open(new PurposeKey(key.DangerousBytes), id, (uint)version, b), 0x00030002);
    }

    [Fact]
    public void A_draft_says_what_a_destroying_commit_knew_byte_for_byte()
    {
        byte[][] digests = [[.. Enumerable.Repeat((byte)0xd1, 32)], [.. Enumerable.Repeat((byte)0xd2, 32)]];
        var facts = new DestructionFacts(0x01020304, DeletionTrigger.Replaced, 0x05060708, true, 11, 6, 7, 3, digests);
        byte[] blob = facts.Seal(new LedgerKey(key.DangerousBytes), VaultId, 12);
        byte[] plain =
        [
            4, 3, 2, 1, (byte)DeletionTrigger.Replaced, 1, 8, 7, 6, 5, 11, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0,
            .. digests[0], .. digests[1],
        ];
        AssertSealed("facevault/drft01"u8, [12, 0, 0, 0, 0, 0, 0, 0], plain, blob);
        DestructionFacts opened = DestructionFacts.Open(new LedgerKey(key.DangerousBytes), VaultId, 12, blob);
        Assert.Equal(facts with { Digests = [] }, opened with { Digests = [] });
        Assert.Equal(digests, opened.Digests);
        AssertOpensOnlyAsItself(blob, (id, index, b) => DestructionFacts.Open(new LedgerKey(key.DangerousBytes), id, index, b), 12);

        // Opened but nonsense: another count, an unknown flag, a missing or an extra byte.
        foreach (byte[] nonsense in (byte[][])[Changed(plain, 38, 3), Changed(plain, 38, 1), Changed(plain, 41, 0x80), Changed(plain, 5, 2), Changed(plain, 4, 0), Changed(plain, 4, 99), plain[..^1], [.. plain, 0], plain[..20], []])
        {
            VaultException refusal = Assert.Throws<VaultException>(() => DestructionFacts.Open(new LedgerKey(key.DangerousBytes), VaultId, 12, Seal("facevault/drft01"u8, [12, 0, 0, 0, 0, 0, 0, 0], nonsense)));
            Assert.Equal(VaultErrorCode.StoreDamaged, refusal.Code);
        }
    }

    [Fact]
    public void Lines_are_read_from_any_index_and_a_gap_is_damage()
    {
        var location = new InMemoryKeyStoreLocation();
        using IKeyStore store = location.Create(new byte[16]);
        List<KeyWrite> writes = [];
        for (long first = 0; first < 10; first += first == 0 ? 1 : 3)
        {
            int count = first == 0 ? 1 : 3;
            string text = string.Concat(Enumerable.Range((int)first, count).Select(i => $"line {i}\n"));
            writes.Add(new KeyWrite(KeyTable.Ledger, first, System.Text.Encoding.UTF8.GetBytes(text)));
        }

        Assert.True(store.Commit([], [.. writes, new KeyWrite(KeyTable.Crown, 0, new byte[] { 1 })], default));
        for (long from = 0; from <= 12; from++)
        {
            string[] expected = [.. Enumerable.Range((int)from, Math.Max(0, 10 - (int)from)).Select(i => $"line {i}")];
            Assert.Equal(expected, Read(from).Select(l => System.Text.Encoding.UTF8.GetString(l.Line.Span)));
            Assert.Equal(Enumerable.Range((int)from, expected.Length).Select(i => (long)i), Read(from).Select(l => l.Index));
        }

        location.Tamper(KeyTable.Ledger, 4, null);
        Assert.Throws<VaultException>(() => Read(0).Count());
        Assert.Throws<VaultException>(() => Read(5).Count());
        Assert.Equal(3, Read(7).Count());
        location.Tamper(KeyTable.Ledger, 7, null);
        Assert.Throws<VaultException>(() => Read(8).Count());

        IEnumerable<(long Index, ReadOnlyMemory<byte> Line)> Read(long from) => LedgerSegment.Read(store, (_, blob) => blob, from, 10);
    }

    [Fact]
    public void An_overlay_shows_what_a_write_set_will_and_what_lies_below()
    {
        var location = new InMemoryKeyStoreLocation();
        using IKeyStore store = location.Create(new byte[16]);
        Assert.True(store.Commit([], [new(KeyTable.Crown, 0, new byte[] { 1 }), new(KeyTable.Leaf, 1, new byte[] { 2 }), new(KeyTable.Leaf, 2, new byte[] { 3 })], new StoreNumbers(4, 5)));
        using var overlay = new OverlayReader(store, [new(KeyTable.Leaf, 1, default), new(KeyTable.Leaf, 3, new byte[] { 8 }), new(KeyTable.Leaf, 3, new byte[] { 9 }), new(KeyTable.Branch, 2, new byte[] { 7 })]);
        Assert.Equal([1], overlay.Read(KeyTable.Crown, 0));
        Assert.Null(overlay.Read(KeyTable.Leaf, 1));
        Assert.Equal([3], overlay.Read(KeyTable.Leaf, 2));
        Assert.Equal([9], overlay.Read(KeyTable.Leaf, 3));
        Assert.Equal([7], overlay.Read(KeyTable.Branch, 2));
        Assert.Null(overlay.Read(KeyTable.Branch, 1));
        Assert.Equal(new StoreNumbers(4, 5), overlay.ReadNumbers());
        Assert.Throws<NotSupportedException>(() => overlay.Scan(KeyTable.Leaf));
        Assert.Throws<NotSupportedException>(() => overlay.ReadAtOrBelow(KeyTable.Leaf, 3));
    }

    private static byte[] Changed(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    private byte[] Seal(ReadOnlySpan<byte> label, byte[] number, byte[] plain)
    {
        var blob = new byte[plain.Length + Aead.Overhead];
        Aead.Seal(key.DangerousBytes, plain, [.. label, .. VaultId, .. number], blob);
        return blob;
    }

    private void AssertSealed(ReadOnlySpan<byte> label, byte[] number, byte[] expected, byte[] blob)
    {
        var plain = new byte[blob.Length - Aead.Overhead];
        Assert.True(Aead.TryOpen(key.DangerousBytes, blob, [.. label, .. VaultId, .. number], plain));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(plain));
    }

    private static void AssertOpensOnlyAsItself(byte[] blob, Func<byte[], long, byte[], object> open, long index)
    {
        open(VaultId, index, blob);
        for (int i = 0; i < blob.Length; i++)
        {
            byte[] changed = [.. blob];
            changed[i] ^= (byte)(1 << (i % 8));
            Refused(() => open(VaultId, index, changed));
        }

        Refused(() => open(VaultId, index + 1, blob));
        Refused(() => open(new byte[16], index, blob));
        Refused(() => open(VaultId, index, blob[..^1]));
        Refused(() => open(VaultId, index, []));

        static void Refused(Func<object> call) => Assert.Equal(VaultErrorCode.StoreDamaged, Assert.Throws<VaultException>(() => call()).Code);
    }
}
