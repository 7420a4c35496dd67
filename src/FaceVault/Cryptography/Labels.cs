namespace FaceVault.Cryptography;

/// <summary>Every label that separates one use of a primitive from another: 16 ASCII bytes that begin the associated data or the hashed input. The last two digits are the format's version.</summary>
internal static class Labels
{
    public static ReadOnlySpan<byte> Crown => "facevault/crwn02"u8;

    public static ReadOnlySpan<byte> BranchPage => "facevault/brch01"u8;

    public static ReadOnlySpan<byte> LeafPage => "facevault/leaf01"u8;

    public static ReadOnlySpan<byte> LedgerLines => "facevault/ldgr01"u8;

    public static ReadOnlySpan<byte> Draft => "facevault/drft01"u8;

    public static ReadOnlySpan<byte> Certificate => "facevault/cert01"u8;

    public static ReadOnlySpan<byte> ConsentRecord => "facevault/cons01"u8;

    public static ReadOnlySpan<byte> Purpose => "facevault/purp01"u8;

    /// <summary>What stays of a retired purpose.</summary>
    public static ReadOnlySpan<byte> RetiredPurpose => "facevault/rprp01"u8;

    /// <summary>Counts of a purpose and day.</summary>
    public static ReadOnlySpan<byte> Counts => "facevault/pcnt01"u8;

    /// <summary>The duties to file.</summary>
    public static ReadOnlySpan<byte> Filing => "facevault/filg01"u8;

    /// <summary>Hashed with a row of counts: its part in the crown's sum.</summary>
    public static ReadOnlySpan<byte> CountSum => "facevault/psum01"u8;

    public static ReadOnlySpan<byte> Template => "facevault/tmpl01"u8;

    /// <summary>Hashed under the template key: the key commitment of the ledger.</summary>
    public static ReadOnlySpan<byte> KeyCommitment => "facevault/kcmt01"u8;

    /// <summary>Hashed under the receipt's salt: the consent commitment of the ledger.</summary>
    public static ReadOnlySpan<byte> ConsentCommitment => "facevault/ccmt01"u8;

    public static ReadOnlySpan<byte> SubjectTag => "facevault/stag01"u8;

    public static ReadOnlySpan<byte> ConsentTag => "facevault/ctag01"u8;

    /// <summary>Hashed under a purpose's rotation seed: the signs of its rotations.</summary>
    public static ReadOnlySpan<byte> Rotation => "facevault/rota01"u8;

    /// <summary>Hashed with the act in which a consent was given. In memory only.</summary>
    public static ReadOnlySpan<byte> InteractionTag => "facevault/itag01"u8;

    /// <summary>Begins a root record and its checksum.</summary>
    public static ReadOnlySpan<byte> RootRecord => "facevault/root01"u8;

    /// <summary>Begins a head sector.</summary>
    public static ReadOnlySpan<byte> RootHead => "facevault/head01"u8;
}
