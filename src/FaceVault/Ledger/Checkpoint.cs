using FaceVault.Ledger;

namespace FaceVault;

/// <summary>The signed head of a ledger (C2SP <c>tlog-checkpoint</c>): whose it is, how long it is, the root of its Merkle tree, and who says so.</summary>
/// <remarks>
/// <para>Whoever keeps one notices when anything under it is dropped, changed or reordered: see <see cref="Vault.ProveConsistencyAsync"/> and <see cref="Vault.ReadLedgerAsync"/>.</para>
/// <para>A signed note: three lines (origin, decimal size, base64 root), an empty line, signature lines. Signatures by keys that nobody asks about are kept. What it says is to be trusted only after
/// <see cref="Check"/>. Immutable and thread-safe.</para>
/// </remarks>
public sealed class Checkpoint
{
    /// <summary>The longest checkpoint with its signatures, in characters: 128 Ki.</summary>
    public const int MaxLength = SignedNote.MaxLength;

    private readonly TreeHead head;

    /// <exception cref="FormatException">The text of the note is no head.</exception>
    internal Checkpoint(SignedNote note) => (Note, head) = (note, TreeHead.Parse(note.Text));

    /// <summary>Whose ledger it is: the name that its key has (<see cref="VerifierKey.Name"/>).</summary>
    public string Origin => head.Origin;

    /// <summary>Number of entries, 0 or more.</summary>
    public long Size => head.Size;

    /// <summary>Root of the tree over them; <see cref="MerkleHash.OfTree"/> makes it again from their leaves.</summary>
    public MerkleHash Root => head.Root;

    internal SignedNote Note { get; }

    /// <summary>Reads the one spelling of a checkpoint. No signature is checked.</summary>
    /// <param name="text">At most <see cref="MaxLength"/> characters, with the final LF.</param>
    /// <exception cref="FormatException">No checkpoint, an extension line, or more than 64 signatures.</exception>
    public static Checkpoint Parse(string text) => new(SignedNote.Parse(text));

    /// <summary>Whether the vault of this key signed it: it is in the key's name, at least one signature is by the key, and every one that is holds. About 60 µs.</summary>
    /// <param name="key">The vault's verifier key, from a source that you trust.</param>
    /// <exception cref="ArgumentException">The key is a witness's: see <see cref="CosignedAt"/>.</exception>
    /// <exception cref="PlatformNotSupportedException">Libsodium is missing or too old; the message says what to install.</exception>
    public bool Check(VerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.IsWitness)
            throw Error.NotAVaultKey(nameof(key));
        return Origin == key.Name && Note.Check(key) == NoteFinding.Signed;
    }

    /// <summary>When a witness says that this was the newest checkpoint it had seen; null when it did not cosign it, or wrongly.</summary>
    /// <param name="witness">The witness's key (<see cref="VerifierKey.IsWitness"/>), from a source that you trust.</param>
    /// <exception cref="ArgumentException">The key is a vault's.</exception>
    /// <exception cref="PlatformNotSupportedException">Libsodium is missing or too old; the message says what to install.</exception>
    public DateTimeOffset? CosignedAt(VerifierKey witness) => Note.CosignedAt(witness);

    /// <summary>The one spelling, as it is kept and handed on: the lines and their signatures, with the final LF.</summary>
    public override string ToString() => Note.ToString();
}
