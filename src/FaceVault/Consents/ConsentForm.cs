namespace FaceVault.Consents;

/// <summary>How firmly a consent is recorded, from the weakest form to the strictest (PIPL 29; BIPA 10, 15(b)). A higher number satisfies every lower one.</summary>
internal enum ConsentForm
{
    /// <summary>No form is stated, or a word that the rules do not know.</summary>
    None = 0,

    /// <summary>An affirmative act that left no record of its own (GDPR 4(11)).</summary>
    Click = 1,

    /// <summary>An act of which a record is kept: an audio recording, a signed-in session.</summary>
    Recorded = 2,

    /// <summary>An electronic signature (BIPA 10 as amended by P.A. 103-0769).</summary>
    Electronic = 3,

    /// <summary>A written release.</summary>
    Written = 4,
}

/// <summary>The words for forms of consent.</summary>
internal static class ConsentForms
{
    private static readonly string[] Words = ["", "click", "recorded", "electronic", "written"];

    /// <summary>The form that a word stands for; <see cref="ConsentForm.None"/> for null and for other words.</summary>
    public static ConsentForm Of(string? word) => word is null ? ConsentForm.None : (ConsentForm)Math.Max(0, Array.IndexOf(Words, word));

    public static string Word(ConsentForm form) => Words[(int)form];
}
