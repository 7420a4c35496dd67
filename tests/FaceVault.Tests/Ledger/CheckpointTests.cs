using FaceVault.Ledger;

namespace FaceVault.Tests.Ledger;

/// <summary>A checkpoint is what somebody keeps: it says whose ledger it is, and its key tells whether that is true.</summary>
public sealed class CheckpointTests
{
    private const string Name = "vault.example/a";
    private static readonly byte[] Seed = new byte[32];
    private static readonly VerifierKey Key = VerifierKey.FromSeed(Name, Seed);

    private static Checkpoint Sign(string origin = Name, string signer = Name, int size = 11) =>
        new(SignedNote.Sign(new TreeHead(origin, size, Log(size).Root(size)).ToString(), signer, Seed));

    private static MerkleLog Log(int size)
    {
        var log = new MerkleLog();
        for (int i = 0; i < size; i++)
            log.Append(MerkleHash.OfEntry([(byte)i]));
        return log;
    }

    [Fact]
    public void It_reads_back_as_it_was_written_and_says_what_was_signed()
    {
        Checkpoint made = Sign(), read = Checkpoint.Parse(made.ToString());
        Assert.Equal(made.ToString(), read.ToString());
        Assert.Equal((Name, 11L, Log(11).Root(11)), (read.Origin, read.Size, read.Root));
        Assert.True(read.Check(Key));
    }

    [Fact]
    public void Only_the_vault_that_it_names_vouches_for_it()
    {
        Assert.False(Sign().Check(VerifierKey.FromSeed(Name, [.. Enumerable.Repeat((byte)1, 32)])));
        Assert.False(Sign(origin: "vault.example/b").Check(Key)); // signed by the key, in another's name
        Assert.False(Sign(origin: "vault.example/b").Check(VerifierKey.FromSeed("vault.example/b", Seed)));
        string text = Sign().ToString();
        Assert.False(Checkpoint.Parse(text.Replace("\n11\n", "\n12\n", StringComparison.Ordinal)).Check(Key));
        Assert.Throws<ArgumentException>(() => Sign().Check(VerifierKey.FromWitness("witness.example/w", Key.PublicKey)));
    }

    [Fact]
    public void A_signed_note_of_another_text_is_no_checkpoint() =>
        Assert.Throws<FormatException>(() => Checkpoint.Parse(SignedNote.Sign("one line\n", Name, Seed).ToString()));

    [Fact]
    public void A_proof_leads_from_the_checkpoint_of_its_size_alone()
    {
        ConsistencyProof proof = Log(11).ProveConsistency(5, 11);
        Assert.True(proof.Check(Sign(size: 5), Sign()));
        Assert.False(proof.Check(Sign(size: 4), Sign()));
        Assert.False(proof.Check(Sign(size: 5), Sign(size: 10)));
        Assert.False(proof.Check(Sign(), Sign()));
        Checkpoint lying = new(SignedNote.Sign(new TreeHead(Name, 4, Log(5).Root(5)).ToString(), Name, Seed));
        Assert.False(proof.Check(lying, Sign()));
    }
}
