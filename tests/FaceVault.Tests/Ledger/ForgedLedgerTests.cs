using System.Text;
using FaceVault.Ledger;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Ledger;

/// <summary>E7 against the operator: whoever holds every key of a vault rewrites its ledger and signs it anew. Under a checkpoint that somebody kept, nothing before it can be dropped, changed or reordered.</summary>
[Trait("Claim", "E7")]
public sealed class ForgedLedgerTests
{
    private const string Origin = "vault.example/door";
    private static readonly byte[] Seed = [.. Enumerable.Range(7, 32).Select(i => (byte)i)];
    private static readonly VerifierKey Key = VerifierKey.FromSeed(Origin, Seed);

    /// <summary>Every way in which a ledger of 12 lines can lose, repeat, change, exchange, move or gain one, and every earlier checkpoint.</summary>
    [Fact]
    public void Every_forgery_before_a_kept_checkpoint_is_seen_by_the_consistency_proof()
    {
        string[] lines = [.. Enumerable.Range(0, 12).Select(i => LedgerEntry.HoldSet(Instant(i), i + 1).Line)];
        MerkleLog honest = LogOf(lines);
        int seen = 0, passed = 0;
        foreach ((int touched, string[] forged) in Forgeries(lines))
        {
            MerkleLog log = LogOf(forged);
            SignedNote note = SignedNote.Sign(new TreeHead(Origin, log.Size, log.Root(log.Size)).ToString(), Origin, Seed);
            Assert.Equal(NoteFinding.Signed, note.Check(Key)); // the signature is the vault's: it tells nothing
            TreeHead now = TreeHead.Parse(note.Text);
            for (int kept = 1; kept <= lines.Length; kept++)
            {
                MerkleHash root = honest.Root(kept);
                bool isPrefix = forged.Length >= kept && forged.AsSpan(0, kept).SequenceEqual(lines.AsSpan(0, kept));
                Assert.Equal(kept <= touched, isPrefix);
                // The best that the forger can show: proofs of the forged log, of the honest one, and those with parts exchanged.
                bool accepted = Proofs(log, honest, kept).Any(proof => proof.Check(root, now.Size, now.Root));
                Assert.Equal(isPrefix, accepted);
                _ = isPrefix ? passed++ : seen++;
            }
        }

        Assert.True(seen > 1_000 && passed > 500, $"{seen} {passed}");
    }

    /// <summary>The entry that a certificate shows stands under the kept checkpoint for ever, and no other one at its place does.</summary>
    [Fact]
    public void No_forged_line_is_shown_under_a_kept_checkpoint()
    {
        string[] lines = [.. Enumerable.Range(0, 12).Select(i => LedgerEntry.HoldSet(Instant(i), i + 1).Line)];
        MerkleLog honest = LogOf(lines);
        MerkleHash root = honest.Root(lines.Length);
        foreach ((int _, string[] forged) in Forgeries(lines))
        {
            MerkleLog log = LogOf(forged);
            for (int index = 0; index < Math.Min(forged.Length, lines.Length); index++)
            {
                MerkleHash leaf = MerkleHash.OfEntry(Encoding.UTF8.GetBytes(forged[index]));
                bool isTrue = forged[index] == lines[index];
                Assert.Equal(isTrue, honest.ProveInclusion(index, lines.Length).Check(leaf, lines.Length, root));
                if (!isTrue && forged.Length >= lines.Length)
                    Assert.False(log.ProveInclusion(index, lines.Length).Check(leaf, lines.Length, root));
            }
        }
    }

    /// <summary>Receipt, inclusion proof, consistency proof and checkpoint of a real vault: each byte with three other values is refused, does not hold, or says something else than the vault said.</summary>
    [Fact]
    public async Task Each_byte_of_a_receipt_a_proof_and_a_checkpoint_counts()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(test.Grant("c-0"));
        Checkpoint old = await test.Vault.GetCheckpointAsync();
        await test.Vault.GrantConsentAsync(test.Grant("c-1"));
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        Checkpoint now = await test.Vault.GetCheckpointAsync();
        VerifierKey key = test.Vault.VerifierKey;
        var log = new MerkleLog();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            log.Append(line.LeafHash);

        MerkleHash leaf = log.Leaf(receipt.LedgerIndex);
        (string Text, Func<string, bool> Holds)[] texts =
        [
            (now.ToString(), text => Checkpoint.Parse(text).Check(key)),
            (log.ProveInclusion(receipt.LedgerIndex, now.Size).Format(now.Note), text => InclusionProof.Parse(text, out SignedNote note) is var proof && note.Check(key) == NoteFinding.Signed
                && TreeHead.Parse(note.Text) is var c && proof.Index == receipt.LedgerIndex && proof.Check(leaf, c.Size, c.Root)),
            (log.ProveConsistency(old.Size, now.Size).Format(now), text => ConsistencyProof.Parse(text, out Checkpoint newer) is var proof && newer.Check(key) && proof.Check(old, newer)),
        ];
        foreach ((string text, Func<string, bool> holds) in texts)
        {
            Assert.True(holds(text));
            foreach (string changed in Changed(Encoding.UTF8.GetBytes(text)).Select(bytes => Encoding.UTF8.GetString(bytes)))
                Assert.False(changed != text && HoldsOrRefuses(changed, holds), changed);
        }

        // A receipt is not signed: what the certificate confirms of it are subject, consent and salt, and what its index and vault point at.
        byte[] json = receipt.ToJson();
        Assert.True(certificate.Check(key, receipt).IsValid);
        foreach (byte[] changed in Changed(json))
        {
            ConsentReceipt read;
            try
            {
                read = ConsentReceipt.Parse(changed);
            }
            catch (FormatException)
            {
                continue;
            }

            bool isSamePerson = read.Subject == receipt.Subject && read.Consent == receipt.Consent && read.Salt.Span.SequenceEqual(receipt.Salt.Span);
            Assert.True(isSamePerson || !certificate.Check(key, read).IsValid);
            Assert.NotEqual(receipt, read);
        }
    }

    private static bool HoldsOrRefuses(string text, Func<string, bool> holds)
    {
        try
        {
            return holds(text);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Each byte with its lowest and its highest bit flipped, and as a digit.</summary>
    private static IEnumerable<byte[]> Changed(byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            foreach (byte value in (byte[])[(byte)(bytes[i] ^ 1), (byte)(bytes[i] ^ 0x80), (byte)'7'])
            {
                byte[] changed = [.. bytes];
                changed[i] = value;
                if (value != bytes[i])
                    yield return changed;
            }
        }
    }

    private static IEnumerable<(int Touched, string[] Forged)> Forgeries(string[] lines)
    {
        string other = LedgerEntry.HoldLifted(Instant(99), 1).Line;
        for (int i = 0; i < lines.Length; i++)
        {
            yield return (i, lines[..i]); // cut off
            yield return (i, [.. lines[..i], .. lines[(i + 1)..]]); // dropped
            yield return (i, [.. lines[..i], other, .. lines[(i + 1)..]]); // changed
            yield return (i, [.. lines[..i], other, .. lines[i..]]); // inserted
            yield return (i, [.. lines[..i], .. Enumerable.Repeat(other, lines.Length - i)]); // forked
            yield return (i, [.. lines[..i], .. Enumerable.Repeat(other, 2 * lines.Length)]); // forked, and longer
            yield return (i == lines.Length - 1 ? lines.Length : i, [.. lines[..i], .. Enumerable.Reverse(lines[i..]), other]); // reordered; the last line alone is its own reverse
            for (int j = i + 1; j < lines.Length; j++)
            {
                string[] exchanged = [.. lines];
                (exchanged[i], exchanged[j]) = (exchanged[j], exchanged[i]);
                yield return (i, exchanged);
                if (j > i + 1)
                    yield return (i, [.. lines[..i], .. lines[(i + 1)..j], lines[i], .. lines[j..]]); // moved
            }
        }
    }

    private static IEnumerable<ConsistencyProof> Proofs(MerkleLog forged, MerkleLog honest, int kept)
    {
        ConsistencyProof? own = kept <= forged.Size ? forged.ProveConsistency(kept, forged.Size) : null;
        ConsistencyProof theirs = honest.ProveConsistency(kept, honest.Size);
        if (own is not null)
            yield return own;
        yield return theirs;
        foreach (ConsistencyProof proof in new[] { own, theirs }.OfType<ConsistencyProof>())
        {
            for (int i = 0; i < proof.Hashes.Count; i++)
            {
                yield return new ConsistencyProof(kept, [.. proof.Hashes.Take(i), .. (own ?? theirs).Hashes.Skip(i)]);
                yield return new ConsistencyProof(kept, [.. proof.Hashes.Take(i), honest.Root(kept), .. proof.Hashes.Skip(i)]);
            }
        }
    }

    private static MerkleLog LogOf(string[] lines)
    {
        var log = new MerkleLog();
        foreach (string line in lines)
            log.Append(MerkleHash.OfEntry(Encoding.UTF8.GetBytes(line)));
        return log;
    }

    private static DateTimeOffset Instant(int minute) => new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).AddMinutes(minute);
}
