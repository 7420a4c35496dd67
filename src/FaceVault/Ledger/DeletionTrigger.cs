namespace FaceVault;

/// <summary>Why a key was destroyed. Stands in the ledger and the certificate by its name in lower camel case.</summary>
public enum DeletionTrigger : byte
{
    /// <summary>Not a trigger.</summary>
    None = 0,

    /// <summary>The consent was withdrawn (PIPL 15, GDPR 7(3)): <c>withdrawn</c>.</summary>
    Withdrawn = 1,

    /// <summary>Its use or its retention ended (PIPL 19, 47): <c>expired</c>.</summary>
    Expired = 2,

    /// <summary>Erasure was asked for or ordered (Civil Code 1037, GDPR 17): <c>erased</c>. The only trigger with a reference.</summary>
    Erased = 3,

    /// <summary>The templates were replaced by new ones: <c>replaced</c>.</summary>
    Replaced = 4,

    /// <summary>One template of several was removed, the others live on under a new key: <c>removed</c>.</summary>
    Removed = 5,

    /// <summary>A renewed consent took over the templates: <c>superseded</c>.</summary>
    Superseded = 6,

    /// <summary>The purpose was retired: <c>purposeRetired</c>.</summary>
    PurposeRetired = 7,
}
