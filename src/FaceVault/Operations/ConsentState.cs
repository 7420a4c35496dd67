namespace FaceVault;

/// <summary>What became of a consent, in the words of ISO/IEC TS 27560. States follow one another and never go back; a new consent is a record of its own. Nobody who refused has one: nothing is stored about them.</summary>
public enum ConsentState
{
    /// <summary>Not a state: the default of the type.</summary>
    None = 0,

    /// <summary>Given, and in force: <c>given</c>.</summary>
    Given,

    /// <summary>Kept and not used, on request or under a legal hold (PIPL 47(2); GDPR 18): <c>restricted</c>. A consent that was stopped meanwhile has the state of its stop once it is destroyed.</summary>
    Restricted,

    /// <summary>Withdrawn by the person, or by whoever speaks for them (PIPL 15; GDPR 7(3)): <c>withdrawn</c>.</summary>
    Withdrawn,

    /// <summary>Its time is over, whether a sweep has run or not, or the subject's age band has ended (PIPL 19, 31): <c>expired</c>.</summary>
    Expired,

    /// <summary>A renewed consent took its place: <c>superseded</c>.</summary>
    Superseded,

    /// <summary>Ended by the keeper or by an order, not by the person (Civil Code 1037; PIPL 47; GDPR 17): erased, or its purpose was retired: <c>invalidated</c>.</summary>
    Invalidated,
}
