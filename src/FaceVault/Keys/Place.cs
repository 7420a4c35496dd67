namespace FaceVault.Keys;

internal enum PlaceKind : byte
{
    None = 0,
    Root = 1,
    Store = 2,
    Mirror = 3,
}

internal enum PlaceState : byte
{
    None = 0,

    /// <summary>Must be reached before anything is destroyed.</summary>
    Listed = 1,

    /// <summary>Retired while it could not be reached: named as unconfirmed in the certificate of every key that it could open.</summary>
    RetiredUnconfirmed = 2,
}

/// <summary>A root location, the store or a mirror, known by the 16 random bytes that stand in the place itself.</summary>
/// <param name="Id">16 bytes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="State">Whether it counts.</param>
/// <param name="Confirmed">Of a mirror the last commit that was meant for it: what it holds beyond that was not written by this store's past. Of a retired place the size of the ledger when the root key was first replaced after it: keys created before may be opened with what it held; the largest number until then. Else 0.</param>
internal sealed record Place(byte[] Id, PlaceKind Kind, PlaceState State, long Confirmed);
