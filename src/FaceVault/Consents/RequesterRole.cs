namespace FaceVault;

/// <summary>Who asked for something to be done with a consent's data (PIPL 31, 44 to 50; GDPR 12 to 20). It is recorded in the sealed consent record; who is entitled is the keeper's to decide.</summary>
public enum RequesterRole
{
    /// <summary>Nobody said: nothing is recorded.</summary>
    None = 0,

    /// <summary>The person whose face it is: <c>subject</c>.</summary>
    Subject = 1,

    /// <summary>A parent or guardian of that person (PIPL 31; GDPR 8): <c>guardian</c>.</summary>
    Guardian = 2,

    /// <summary>Somebody the person authorised: <c>representative</c>.</summary>
    Representative = 3,

    /// <summary>A close relative of a person who has died (PIPL 49): <c>relative</c>.</summary>
    Relative = 4,

    /// <summary>A court or an agency (Civil Code 1037): <c>authority</c>.</summary>
    Authority = 5,

    /// <summary>Whoever keeps the vault: <c>keeper</c>.</summary>
    Keeper = 6,
}
