namespace FaceVault.Keys;

/// <summary>What the crown knows of the rows of counts (processing records), so that an earlier row cannot be put back. Immutable.</summary>
/// <param name="FirstDay">The first day that is kept, counted from 1 January 1970 in UTC.</param>
/// <param name="FirstLine">The index of the first ledger line that was counted.</param>
/// <param name="Sum">The exclusive or of the keyed hashes of all rows, 32 bytes.</param>
internal sealed record CrownCounts(int FirstDay, long FirstLine, byte[] Sum)
{
    public const int Size = 1 + 4 + 8 + SumSize;
    public const int SumSize = 32;
}
