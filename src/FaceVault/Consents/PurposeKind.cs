namespace FaceVault;

/// <summary>The three things that may be done with faces. A purpose is exactly one of them (Fa Shi [2021] 15, article 2(1)).</summary>
public enum PurposeKind
{
    /// <summary>Not a kind: the default of the type.</summary>
    None = 0,

    /// <summary>One to one: is this the person who gave this consent?</summary>
    Verification = 1,

    /// <summary>One to many: which of the enrolled people is this, if any?</summary>
    Identification = 2,

    /// <summary>Anything that needs the template itself.</summary>
    Analysis = 3,
}
