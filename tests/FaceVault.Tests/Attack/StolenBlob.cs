namespace FaceVault.Tests.Attack;

/// <summary>Which table a stolen blob lay in.</summary>
internal enum BlobKind
{
    None = 0,
    Crown,
    Branch,
    Leaf,
    Ledger,
    Purpose,
    Record,
    Draft,
    Certificate,
    Template,

    /// <summary>Counts of a purpose and day, in the table of purposes.</summary>
    Counts,
}

/// <summary>A sealed blob as a thief has it: the table and the row it lay in, and its bytes.</summary>
internal sealed record StolenBlob(BlobKind Kind, long Id, byte[] Bytes);
