namespace FaceVault;

/// <summary>What a vault keeps at a place.</summary>
public enum LocationType : byte
{
    /// <summary>Not a place.</summary>
    None = 0,

    /// <summary>A root location: <c>root</c>.</summary>
    Root = 1,

    /// <summary>The key store itself: <c>store</c>.</summary>
    Store = 2,

    /// <summary>A mirror of the key store: <c>mirror</c>.</summary>
    Mirror = 3,
}
