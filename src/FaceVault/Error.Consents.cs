namespace FaceVault;

/// <content>The violations of the rules about how a consent came about: freely, for one purpose, in time.</content>
internal static partial class Error
{
    public static Violation InteractionUsed() => new(
        ViolationCode.ConsentBundled, "C2", "interaction", "The act in which this consent was given stands for another purpose already.", "Ask for each purpose in an act of its own, and name that act.");

    public static Violation InteractionUnreadable() => new(
        ViolationCode.ConsentBundled, "C2", "interaction", "A record of this subject's consent to another purpose is damaged, so it cannot be told whether it is of the same act.",
        "Have the damaged record repaired first: an audit says what is damaged, and a mirror may hold it whole.");

    public static Violation ConsentCoerced() => new(
        ViolationCode.ConsentCoerced, "C3", "necessityReference", "A service depends on this consent, and nothing says that the service needs the face.",
        "Say where the necessity is written down, or offer the service without the consent.");

    public static Violation CaptureBeforeConsent() => new(
        ViolationCode.CaptureBeforeConsent, "C7", "captured", "The face was captured before the consent was given.", "Capture it again, now that there is consent.");

    public static Violation CaptureAhead() => new(
        ViolationCode.CaptureBeforeConsent, "C7", "captured", "The time of the capture lies more than five minutes ahead of the vault's clock, so it does not show that the consent came first.",
        "Set the clock of the camera right and capture again.");

    public static Violation ClockRollback(string field) => new(
        ViolationCode.ClockRollback, "S2", field, "The vault's clock stands more than five minutes before a time that the vault has recorded, so it cannot be told what has ended.",
        "Set the clock right. If it is right, and ran ahead before: accept it (recover --accept-clock); the ledger will say so.");

    public static Violation FormInsufficient(string form) => new(
        ViolationCode.ConsentFormInsufficient, "C5", "form", $"The purpose's profile asks for a consent that is {form}, or in a stricter form.", $"Ask for consent in the form {form} and keep the evidence.");

    public static Violation GuardianMissing() => new(
        ViolationCode.GuardianConsentRequired, "C6", "guardian", "The subject is a child, or of unknown age, and no guardian consented.",
        "Ask the guardian, and name who that is in the member guardian; or say that the subject is an adult, where that is known.");

    public static Violation GuardianIsSubject() => new(
        ViolationCode.GuardianConsentRequired, "C6", "guardian", "The guardian is the subject, who is a child or of unknown age.", "Ask the guardian.");

    public static Violation AgeBandWithoutEnd() => new(
        ViolationCode.GuardianConsentRequired, "C6", "ageBandEnds", "Nothing says when the subject is no child any more.", "Add the member ageBandEnds: that birthday, or an earlier day.");

    public static Violation AgeBandIsOver() => new(
        ViolationCode.GuardianConsentRequired, "C6", "ageBandEnds", "The age band has ended: whoever consented for the child cannot any more.", "Ask again, as the subject's age is now.");

    public static Violation AgeBandTooLong() => new(
        ViolationCode.GuardianConsentRequired, "C6", "ageBandEnds", "Nobody is a child so long.", "Give the birthday on which the subject is no child any more, or an earlier day.");

    public static Violation AgeBandEnded() => new(
        ViolationCode.GuardianConsentRequired, "C6", "consent", "The subject's age band has ended, and with it what the guardian could consent to.", "Renew the consent with the person whose consent counts now.");
}
