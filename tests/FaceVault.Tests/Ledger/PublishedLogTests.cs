using System.Text;
using FaceVault.Ledger;

namespace FaceVault.Tests.Ledger;

/// <summary>Logs and proofs that others made and published: our trees, proofs and checkpoints are theirs, byte for byte.</summary>
[Trait("Claim", "E7")]
public sealed class PublishedLogTests
{
    private const string TesseraOrigin = "example.com/log/testdata";
    private const string TesseraKey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

    // Public: the key that the project gives away with its test log (testdata/build_log.sh).
    private const string TesseraTestSeed = "AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";

    /// <summary>github.com/transparency-dev/tessera, testdata/log: the entries, and for each size from 0 the root and the signature line's base64.</summary>
    private static readonly string[] TesseraEntries =
        ["one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"];

    private static readonly (string Root, string Signature)[] TesseraCheckpoints =
    [
        ("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "M9e0lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqjOq89wVvTA60eubCc4oufo5BvIVEgtQc="),
        ("0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=", "M9e0lhr9kuLxGdAtaUrhm84TQffVsLdcy808sN0a3WyniNlfcr9+bywoiIke1YYciCNjJGkCgIlQ8b16jhsmg/SChAM="),
        ("T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=", "M9e0llH4NKmlf0u7C8tkJioQOmi7l5ELqljXgKRg6R3G5JJ7vx7emDWo5fpqKuA/Dk/jRrI6il+7QCVirNhyUAWGoAk="),
        ("Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=", "M9e0lvAQRtH832pk2RTbeSeZMkp4FZSdJYFBUjO5SKxuRbywPUF3cx+HUrb50kjd3rUWW/fj53Wj1dwcwh9bGQnqVAg="),
        ("zY1lN35vrXYAPixXSd59LsU29xUJtuW4o2dNNg5Y2Co=", "M9e0lnFuWt0cp60moO4jAkeXvMNLIIOGn4WdyeHQurBt9mBi0tWdfkldiAt9k0FpwuZymvttsVn9uwyouXU3vPpeNAc="),
        ("gy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ=", "M9e0lmn5eDHyHP10zJObZdFAX2y1V8fdDKBi4IiHbDYf1TCUBwxZOhqwv2QZCqrdda2zTRTrmnwjwscN5RBTEmZUYAs="),
        ("a6sWvsc2eEzmj72vah7mZ5dwFltivehh2b11qwlp5Jg=", "M9e0ln+nHSdGSHEZBcjvqyYDXDbG8WxDwCDjbbGAMv/NTynAtJWhckSXIpuwpN3yJ4PTtzUbD34YGqIZr6RgJRn16gU="),
        ("IrSXADBqJ7EQoUODSDKROySgNveeL6CFhik2w/+fS7U=", "M9e0luA5JhTRUki/BBQD0QNiH6AEJ2pdtsA5CQjqJErViuuKrN6513RCTL2640wXJv0dCed3neRGI6dMzBq9uANf2Qc="),
        ("bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=", "M9e0lq1EK37dHtgv9O3UzPxisw5vwIPcJsX9ab0xt4mvVfbdUR1fbMjN6sBFYpBoBEmD4+cWhj/AVgI5MitCO5+mews="),
        ("CvhHViE3S9E3htHLR+25mapWoGCJ3WckMq1UtC3VmEY=", "M9e0ls3mdnWX0qk4P3uGG0eYiFRWSwPR+RdeD1ARmrHPHjXP0x9UJWASPFTOTqJo0mp7Epck2O9RFB0J9IjDdAewagw="),
        ("y8/gZsZCtitsMan09tY+k8I7Qpr7Y5fbO2tLi9GQnfU=", "M9e0lrmwaVEOWFZ+HS5ITnRd2YMOSWE5QeoYu+6DHwJLnJ+SVeJ2ZiYeD7lVC5oGJx76gbfLSyCUEq6D8JkarrsuiQQ="),
        ("Yok1cS5VdokGLBy73BC2I16b3atss6KBN9jnIi6Fz/A=", "M9e0lqbRtWirJwbUy4w3VrK2RyzfW8P+OIkc8t6b6AVG/tQd1Q2SN+uCLYzNNFnf/PhzeCdURSGQe1MRnohCxPu21wg="),
        ("uZo6M+IhVna+CLgWCrJs0xBPUHbozHkYTQASduHSLME=", "M9e0lrFzoTgi+ovhrqX0DpsEAp3wLu1coMLIkeCwSkGfS4Ox4pLXo2LHudqm4merh0ZkCNzHr8kQwq5gS5mmimIvdA4="),
        ("av0kLH0VkkVDrTuZzBGIx7d9z5G1l/GlKz/nAV/8woQ=", "M9e0liO8x8xfEOGmZVYODUjQajkEpjccPQ9EkG3yEEDet4K3BWE/DFRPH6H+b6gFFFaG5KS1bBmYS/xeZJs8lj+z+wM="),
        ("SvCd38yNade7xEPY1a/aAc1M3A2AHYVF8lIiUnsH1ao=", "M9e0lu8roIpjC+NXEG7JDkajIahoYDYWgxDtxfx/6rzLoztU9t/PvivZ48xt8ygJpjzaboSpkbVv3Jb+D3NdXWQf5wo="),
        ("rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=", "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI="),
    ];

    /// <summary>github.com/transparency-dev/merkle, testdata/inclusion: the cases «happy path» and the single entry; leaf, root and path in base64.</summary>
    public static TheoryData<long, long, string, string, string[]> Inclusions => new()
    {
        { 0, 1, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", [] },
        { 0, 1, "DTrtAjFI/9KiWfvQzcf7PPl1ZYdg03dbgq9vkKrMLfw=", "DTrtAjFI/9KiWfvQzcf7PPl1ZYdg03dbgq9vkKrMLfw=", [] },
        { 0, 8, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", ["lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=", "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=", "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ="] },
        { 5, 8, "QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", ["vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=", "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=", "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="] },
        { 2, 3, "ApjRIpBtz8EIkstTpzmS/FufST6kybrbJ7eRtBJ6f+c=", "rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=", ["+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU="] },
        { 1, 5, "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=", "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=", ["bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=", "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="] },
    };

    /// <summary>github.com/transparency-dev/merkle, testdata/consistency: the cases «happy path».</summary>
    public static TheoryData<long, long, string, string, string[]> Consistencies => new()
    {
        { 1, 1, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", [] },
        { 1, 8, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", ["lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=", "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=", "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ="] },
        { 6, 8, "duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", ["DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=", "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=", "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="] },
        { 2, 5, "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=", "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=", ["Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=", "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="] },
        { 6, 7, "duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=", "3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=", ["DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=", "sIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8=", "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="] },
    };

    [Fact]
    public void Every_checkpoint_of_the_published_log_is_made_again_byte_for_byte()
    {
        byte[] seed = Convert.FromBase64String(TesseraTestSeed)[1..];
        var log = new MerkleLog();
        for (int size = 0; size < TesseraCheckpoints.Length; size++)
        {
            if (size > 0)
                log.Append(MerkleHash.OfEntry(Encoding.UTF8.GetBytes(TesseraEntries[size - 1])));
            string published = Note(size);
            Assert.Equal(published, SignedNote.Sign(new TreeHead(TesseraOrigin, size, log.Root(size)).ToString(), TesseraOrigin, seed).ToString());
            SignedNote note = SignedNote.Parse(published);
            Assert.Equal(NoteFinding.Signed, note.Check(VerifierKey.Parse(TesseraKey)));
            Assert.Equal(new TreeHead(TesseraOrigin, size, Hash(TesseraCheckpoints[size].Root)), TreeHead.Parse(note.Text));
        }
    }

    [Fact]
    public void Our_proofs_lead_from_the_published_entries_to_the_published_roots()
    {
        var log = new MerkleLog();
        foreach (string entry in TesseraEntries)
            log.Append(MerkleHash.OfEntry(Encoding.UTF8.GetBytes(entry)));
        for (int size = 1; size <= TesseraEntries.Length; size++)
        {
            SignedNote note = SignedNote.Parse(Note(size));
            MerkleHash root = TreeHead.Parse(note.Text).Root;
            for (int index = 0; index < size; index++)
            {
                InclusionProof proof = InclusionProof.Parse(log.ProveInclusion(index, size).Format(note), out _);
                Assert.True(proof.Check(MerkleHash.OfEntry(Encoding.UTF8.GetBytes(TesseraEntries[index])), size, root));
            }
            for (int old = 0; old <= size; old++)
            {
                ConsistencyProof proof = ConsistencyProof.Parse(log.ProveConsistency(old, size).Format(new Checkpoint(note)), out _);
                Assert.True(proof.Check(TreeHead.Parse(SignedNote.Parse(Note(old)).Text).Root, size, root));
            }
        }
    }

    /// <summary>The other cases of that suite are made of the happy ones in the ways that their names say.</summary>
    [Theory]
    [MemberData(nameof(Inclusions))]
    public void Published_inclusion_proofs_hold_and_nothing_near_them_does(long index, long size, string leafText, string rootText, string[] path)
    {
        MerkleHash leaf = Hash(leafText);
        MerkleHash root = Hash(rootText);
        MerkleHash[] hashes = [.. path.Select(Hash)];
        Assert.True(Included(index, size, leaf, root, hashes));

        foreach (long other in (long[])[index - 1, index + 1, index ^ 2])
            Assert.False(Included(other, size, leaf, root, hashes));
        foreach (long other in (long[])[size / 2, size * 2])
            Assert.False(Included(index, other, leaf, root, hashes));
        MerkleHash wrong = MerkleHash.OfEntry("WrongLeaf"u8);
        Assert.False(Included(index, size, wrong, root, hashes));
        Assert.False(Included(index, size, leaf, MerkleHash.OfNothing, hashes));
        Assert.False(Included(index, size, leaf, wrong, hashes));
        foreach (MerkleHash garbage in (MerkleHash[])[wrong, root])
        {
            Assert.False(Included(index, size, leaf, root, [.. hashes, garbage]));
            Assert.False(Included(index, size, leaf, root, [garbage, .. hashes]));
        }
        for (int i = 0; i < hashes.Length; i++)
        {
            Assert.False(Included(index, size, leaf, root, [.. hashes[..i], Flipped(hashes[i], 3), .. hashes[(i + 1)..]]));
            Assert.False(Included(index, size, leaf, root, [.. hashes[..i], .. hashes[(i + 1)..]]));
            Assert.False(Included(index, size, leaf, root, [.. hashes[..i], wrong, .. hashes[i..]]));
        }
    }

    [Theory]
    [MemberData(nameof(Consistencies))]
    public void Published_consistency_proofs_hold_and_nothing_near_them_does(long oldSize, long size, string oldRootText, string rootText, string[] path)
    {
        MerkleHash oldRoot = Hash(oldRootText);
        MerkleHash root = Hash(rootText);
        MerkleHash[] hashes = [.. path.Select(Hash)];
        Assert.True(Grown(oldSize, size, oldRoot, root, hashes));

        if (oldSize == size)
            return;
        foreach (long other in (long[])[oldSize - 1, oldSize + 1, oldSize ^ 2])
            Assert.False(Grown(other, size, oldRoot, root, hashes));
        foreach (long other in (long[])[size / 2, size * 2])
            Assert.False(Grown(oldSize, other, oldRoot, root, hashes));
        MerkleHash wrong = MerkleHash.OfEntry("WrongRoot"u8);
        Assert.False(Grown(oldSize, size, wrong, root, hashes));
        Assert.False(Grown(oldSize, size, oldRoot, wrong, hashes));
        Assert.False(Grown(oldSize, size, root, oldRoot, hashes));
        Assert.False(Grown(oldSize, size, oldRoot, root, []));
        foreach (MerkleHash garbage in (MerkleHash[])[wrong, root, oldRoot])
        {
            Assert.False(Grown(oldSize, size, oldRoot, root, [.. hashes, garbage]));
            Assert.False(Grown(oldSize, size, oldRoot, root, [garbage, .. hashes]));
        }
        Assert.False(Grown(oldSize, size, oldRoot, root, hashes[..^1]));
        for (int i = 0; i < hashes.Length; i++)
            Assert.False(Grown(oldSize, size, oldRoot, root, [.. hashes[..i], Flipped(hashes[i], 4), .. hashes[(i + 1)..]]));
    }

    /// <summary>github.com/transparency-dev/merkle, testdata/consistency/additional and testdata/inclusion/additional: what must fail whatever the roots are.</summary>
    [Fact]
    public void Trees_of_no_leaves_prove_nothing_and_sizes_stand_in_order()
    {
        MerkleHash empty = MerkleHash.OfNothing;
        MerkleHash some = MerkleHash.OfEntry("don't care 1"u8);
        MerkleHash other = MerkleHash.OfEntry("don't care 2"u8);
        Assert.True(Grown(1, 1, other, other, []));
        foreach ((long oldSize, long size, MerkleHash oldRoot, MerkleHash root, MerkleHash[] path) in ((long, long, MerkleHash, MerkleHash, MerkleHash[])[])
            [(0, 1, empty, empty, [empty]), (0, 0, empty, other, []), (1, 1, empty, other, []), (2, 1, some, other, []), (1, 0, some, other, []), (0, 1, some, other, []),
            (1, 1, some, other, []), (0, 0, some, some, []), (0, 0, some, other, []), (1, 2, some, other, []), (1, 1, empty, empty, [empty]), (0, 0, empty, empty, [empty])])
            Assert.False(Grown(oldSize, size, oldRoot, root, path), $"{oldSize} → {size}");
        // That suite calls the step from nothing useless and refuses it; C2SP tlog-witness asks for it with an empty proof.
        Assert.True(Grown(0, 1, empty, other, []));
        foreach ((long index, long size) in ((long, long)[])[(0, 0), (0, 1), (1, 0), (2, 1)])
            Assert.False(Included(index, size, some, empty, []));
    }

    /// <summary>filippo.io/torchwood, the requests that its tests of litewitness send: C2SP tlog-witness bodies under a Sigsum log's key.</summary>
    [Fact]
    public void Published_witness_requests_are_read_and_their_proofs_hold()
    {
        const string origin = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
        VerifierKey key = VerifierKey.FromPublicKey(origin, Convert.FromHexString("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"));
        string[] requests =
        [
            $"old 0\n\n{origin}\n1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\u2014 {origin} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=\n",
            $"old 1\nKgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nKgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n{origin}\n3\nRcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=\n\n\u2014 {origin} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=\n",
            $"old 3\nKgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nKgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nwgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=\nKgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n{origin}\n5\nQrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=\n\n\u2014 {origin} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=\n",
            $"old 1\nKgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=\nKgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n{origin}\n5\nQrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=\n\n\u2014 {origin} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=\n",
        ];
        var roots = new Dictionary<long, MerkleHash> { [0] = MerkleHash.OfNothing };
        foreach (string request in requests)
        {
            ConsistencyProof proof = ConsistencyProof.Parse(request, out Checkpoint checkpoint);
            Assert.Equal(request, proof.Format(checkpoint));
            Assert.True(checkpoint.Check(key));
            Assert.True(proof.Check(roots[proof.OldSize], checkpoint.Size, checkpoint.Root));
            roots[checkpoint.Size] = checkpoint.Root;
        }
        // Those that their witness answers with 403 (another signature; theirs ends in stray bits, which Go's decoder forgives and ours does not) and 422 (no proof, a wrong hash).
        Assert.Throws<FormatException>(() => Read(requests[1].Replace("6go=", "6gx=", StringComparison.Ordinal)));
        Assert.False(Read(requests[1].Replace("6go=", "6gw=", StringComparison.Ordinal)).Checkpoint.Check(key));
        foreach (string refused in (string[])[requests[1].Replace("KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nKgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "", StringComparison.Ordinal), requests[1].Replace("KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABA=", StringComparison.Ordinal)])
            Assert.False(Read(refused).Proof.Check(roots[1], 3, roots[3]));
    }

    private static MerkleHash Hash(string base64) => new(Convert.FromBase64String(base64));

    private static (ConsistencyProof Proof, Checkpoint Checkpoint) Read(string request) => (ConsistencyProof.Parse(request, out Checkpoint checkpoint), checkpoint);

    private static string Note(int size) => $"{TesseraOrigin}\n{size}\n{TesseraCheckpoints[size].Root}\n\n\u2014 {TesseraOrigin} {TesseraCheckpoints[size].Signature}\n";

    /// <summary>A proof of a negative index cannot be made: that is a no as well.</summary>
    private static bool Included(long index, long size, MerkleHash leaf, MerkleHash root, MerkleHash[] path) =>
        index >= 0 && new InclusionProof(index, path.AsSpan()).Check(leaf, size, root);

    private static bool Grown(long oldSize, long size, MerkleHash oldRoot, MerkleHash root, MerkleHash[] path) =>
        oldSize >= 0 && new ConsistencyProof(oldSize, path.AsSpan()).Check(oldRoot, size, root);

    private static MerkleHash Flipped(MerkleHash hash, int bit)
    {
        byte[] bytes = hash.Bytes.ToArray();
        bytes[0] ^= (byte)(1 << bit);
        return new MerkleHash(bytes);
    }
}
