using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Records;
using FaceVault.Templates;
using FaceVault.Tests.Consents;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Fuzzing;

/// <summary>Parsers of what lies at rest. Behind a seal stands what no stranger writes: the fuzzer holds the keys and seals what it changed.</summary>
internal static class SealedTargets
{
    private static readonly byte[] KeyBytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] VaultId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    public static IEnumerable<FuzzTarget> All()
    {
        (byte[] crown, byte[] blob, byte[] root) = OfAVault();
        static bool IsDamage(Exception e) => e is VaultException { Code: VaultErrorCode.StoreDamaged or VaultErrorCode.IntegrityViolated };
        byte[] vaultId = crown[..16];
        yield return new FuzzTarget("crown", [crown], plain =>
        {
            byte[] padded = [.. plain, .. new byte[(4096 - ((plain.Length + Aead.Overhead) % 4096)) % 4096]];
            using Crown? read = CrownCodec.TryOpen(Seal(padded, [.. Labels.Crown, .. vaultId]), new RootKey(KeyBytes), vaultId);
            if (read is null)
                return null;
            byte[] again = Open(CrownCodec.Seal(read, new RootKey(KeyBytes)), [.. Labels.Crown, .. read.VaultId]);
            return again.AsSpan().SequenceEqual(padded) ? plain : again;
        }, IsDamage);
        yield return new FuzzTarget("sealedcrown", [blob], input => CrownCodec.TryOpen(input, new RootKey(KeyBytes), vaultId) is { } read ? Take(read, blob) : null, IsDamage);
        yield return new FuzzTarget("root", [root], input => ReadRoot(input) ? input : null, static e => e is VaultException { Code: VaultErrorCode.FormatTooNew or VaultErrorCode.RootPassphraseWrong }, MendRoot, SpellsOnce: false);
        yield return new FuzzTarget("head", [root[..512], root[4096..(4096 + 512)]], input =>
        {
            byte[] sector = input;
            Array.Resize(ref sector, 512);
            if (RootHeadCodec.Parse(sector) is not { } head)
                return null;
            var again = new byte[512];
            RootHeadCodec.Write(head, again);
            return again.AsSpan().SequenceEqual(sector) ? input : again; // what lies behind the sector is not read
        }, static _ => false, static input => MendHash(input, 0, 512));
        byte[] record = Pad(Record().ToJson());
        yield return new FuzzTarget("sealedrecord", [record], plain =>
        {
            byte[] padded = Pad(plain);
            if (!SealedConsentRecord.TryOpen(new EvidenceKey(KeyBytes), VaultId, 7, 3, Seal(padded, [.. Labels.ConsentRecord, .. VaultId, 7, 0, 0, 0, 3, 0]), out ConsentRecord? read))
                return null;
            byte[] again = Pad(read.ToJson());
            return again.AsSpan().SequenceEqual(padded) ? plain : again;
        }, static _ => false);
        byte[] removed = BitConverter.GetBytes(5L);
        byte[] draft = new DestructionFacts(3, DeletionTrigger.Withdrawn, 1000, false, 4, 1, 2, 1, [new byte[32], new byte[32]]).Seal(new LedgerKey(KeyBytes), VaultId, 5);
        yield return new FuzzTarget("draft", [Open(draft, [.. Labels.Draft, .. VaultId, .. removed])], plain =>
            Open(DestructionFacts.Open(new LedgerKey(KeyBytes), VaultId, 5, Seal(plain, [.. Labels.Draft, .. VaultId, .. removed])).Seal(new LedgerKey(KeyBytes), VaultId, 5), [.. Labels.Draft, .. VaultId, .. removed]), IsDamage);
        var counts = new DayCounts { IsBegunAnew = true };
        counts.Add(CountNames.Of(Activity.Searches), 17);
        counts.Add(CountNames.Of(ViolationCode.ConsentMissing), 1);
        yield return new FuzzTarget("counts", [counts.ToBytes(), new DayCounts().ToBytes()], input => DayCounts.TryParse(input)?.ToBytes(), static _ => false);
        yield return new FuzzTarget("segment", ["{}\n{}\n"u8.ToArray()], plain => LedgerSegment.Open(new LedgerKey(KeyBytes), VaultId, 5, Seal(plain, [.. Labels.LedgerLines, .. VaultId, .. removed])), IsDamage);
        var model = new TemplateModel("synthetic", 8, TemplateEncoding.Int8);
        byte[] template = new byte[TemplateCodec.SealedSize(model)];
        TemplateCodec.Seal(new TemplateKey(KeyBytes), new TemplateContext(VaultId, 7, 3, new byte[16], 65537, model), new byte[TemplateCodec.EncodedSize(model)], template);
        yield return new FuzzTarget("template", [template], input =>
            input.Length == template.Length && TemplateCodec.TryOpen(new TemplateKey(KeyBytes), new TemplateContext(VaultId, 7, 3, new byte[16], 65537, model), input, new byte[TemplateCodec.EncodedSize(model)]) ? template : null, static _ => false);
    }

    public static ConsentRecord Record() => new ConsentRecord
    {
        Grant = Examples.Grant() with { AgeBand = "adult", Form = "written" },
        PurposeVersion = 65537,
        Salt = KeyBytes,
        CreatedIndex = 12,
        UseEndsAt = Examples.Now.AddMonths(6),
    }.Append(new ConsentEvent(ConsentEventKind.Given, Examples.Now)).Append(new ConsentEvent(ConsentEventKind.Stopped, Examples.Now, "erased", "order 7")).WithCertificate(41);

    /// <summary>Crown in the clear, the same sealed under the fuzzer's key, and the root file of a small vault.</summary>
    private static (byte[] Crown, byte[] Blob, byte[] Root) OfAVault() => Task.Run(async () =>
    {
        await using TestVault test = await Scenario.BuildAsync(1, 1);
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));
        await test.Vault.DisposeAsync();
        byte[] file = test.Media[0].Durable();
        RootReading reading = new RootVolume(new MemoryRootFile(file), null, static () => "memory").Read();
        using RootRecord record = Assert.Single(reading.Records);
        byte[] vaultId = record.VaultId.ToArray();

        byte[] key = record.DangerousKey.ToArray();
        byte[] blob = test.Store.Snapshot()!.Blobs().First().Blob;
        var plain = new byte[blob.Length - Aead.Overhead];
        Assert.True(Aead.TryOpen(key, blob, [.. Labels.Crown, .. vaultId], plain));
        return (plain, Seal(plain, [.. Labels.Crown, .. vaultId]), file);
    }).GetAwaiter().GetResult();

    private static bool ReadRoot(byte[] input)
    {
        RootReading reading = new RootVolume(new MemoryRootFile(input), null, static () => "memory").Read();
        foreach (RootRecord record in reading.Records)
            record.Dispose();
        return reading.IsPresent;
    }

    private static byte[] Take(Crown crown, byte[] blob)
    {
        crown.Dispose();
        return blob;
    }

    private static void MendRoot(byte[] input)
    {
        MendHash(input, 0, 512);
        MendHash(input, 4096, 512);
        MendHash(input, 8192, 32768);
        MendHash(input, 8192 + 32768, 32768);
    }

    private static void MendHash(byte[] input, int at, int length)
    {
        if (input.Length >= at + length && input.AsSpan(at, length).ContainsAnyExcept((byte)0))
            Blake2b.Hash([], input.AsSpan(at, length - 32), input.AsSpan(at + length - 32, 32));
    }

    private static byte[] Pad(byte[] plain) => [.. plain, .. Enumerable.Repeat((byte)' ', (256 - (plain.Length % 256)) % 256)];

    private static byte[] Seal(byte[] plain, byte[] associated)
    {
        var blob = new byte[plain.Length + Aead.Overhead];
        Aead.Seal(KeyBytes, plain, associated, blob);
        return blob;
    }

    private static byte[] Open(byte[] blob, byte[] associated)
    {
        var plain = new byte[blob.Length - Aead.Overhead];
        Assert.True(Aead.TryOpen(KeyBytes, blob, associated, plain));
        return plain;
    }

    private sealed class MemoryRootFile(byte[] bytes) : IRootFile
    {
        public long Length => bytes.Length;

        public void Read(long offset, Span<byte> destination)
        {
            if (offset + destination.Length > bytes.Length)
                throw new IOException("Fewer bytes than asked for.");
            bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        }

        public void Write(long offset, ReadOnlySpan<byte> source) => throw new IOException("Nobody writes to what is only read.");

        public void Flush()
        {
        }
    }
}
