namespace FaceVault.Ledger;

/// <summary>Why a template key was created.</summary>
internal enum KeyCause : byte
{
    /// <summary>Not a cause.</summary>
    None = 0,

    /// <summary>A consent was granted: <c>granted</c>.</summary>
    Granted = 1,

    /// <summary>The consent's slot was re-keyed for replaced or removed templates: <c>replaced</c>.</summary>
    Replaced = 2,

    /// <summary>The consent renews another one: <c>superseded</c>.</summary>
    Superseded = 3,
}
