namespace FaceVault;

/// <content>The violations of the rules: for each its number, the member, the reason and the remedy.</content>
internal static partial class Error
{
    // Purpose definitions
    public static Violation PurposeMemberMissing(string field, string rule = "P2") => new(
        ViolationCode.PurposeTooBroad, rule, field, "A purpose has to say this before faces are processed for it.", $"Add the member {field} to the definition.");

    public static Violation PurposeMemberWildcard(string field) => new(
        ViolationCode.PurposeTooBroad, "P2", field, "The text stands for anything, so the purpose is not specific.", $"Say in the member {field} what is meant in particular.");

    public static Violation PurposeRetentionTooLong(string field, string rule) => new(
        ViolationCode.PurposeTooBroad, rule, field, "A period beyond a hundred years is no limit.", "Give the shortest period that the purpose needs.");

    public static Violation PurposeNoticeMissing(string field) => new(
        ViolationCode.NoticeAfterConsent, "C7", field, "The purpose has no notice, so nobody can have read one before consenting.",
        "Write the notice and give its language and the SHA-256 of its exact bytes.");

    public static Violation AlternativeMissing(string field) => new(
        ViolationCode.AlternativeMissing, "P3", field, "People who do not want to give their face have no other way.", "Name at least one alternative that is not biometric.");

    public static Violation AssessmentMissing() => new(
        ViolationCode.AssessmentMissing, "P10", "assessment", "There is no impact assessment.", "Make the assessment first and say where it is written down.");

    public static Violation OperationNotConsented() => new(
        ViolationCode.OperationNotConsented, "P1", "purpose", "The purpose is of another kind than the operation: verification, identification and analysis are three things.",
        "Register a purpose of that kind and ask for consent to it.");

    public static Violation ModelNotAdmitted() => new(
        ViolationCode.ModelNotAdmitted, "S5", "model", "The purpose does not admit this model.", "Use a model that the purpose names, or add a purpose version that admits it.");

    public static Violation ModelRetired() => new(
        ViolationCode.ModelNotAdmitted, "S5", "model", "The purpose does not admit this model any more.", "Use a model that it admits; purpose show lists them.");

    public static Violation ModelKnownOtherwise() => new(
        ViolationCode.ModelNotAdmitted, "S5", "model", "The purpose knows a model of that name with other dimensions or another encoding.", "Give the new model a name of its own.");

    public static Violation ModelIsLast() => new(
        ViolationCode.ModelNotAdmitted, "S5", "model", "The purpose admits no other model.", "Admit another model first, or retire the purpose.");

    public static Violation ModelInUse(long templates) => new(
        ViolationCode.ModelInUse, "S5", "model", $"{templates:N0} templates of consents in force are of this model and could not be used any more.",
        "Enroll those subjects under another model first (consent list --without-model), or say that their templates may be left.");

    public static Violation PurposeHeld(long consents) => new(
        ViolationCode.LegalHold, "D4", "purpose", $"{consents:N0} consents to the purpose are under a legal hold, which forbids destroying them.", "Lift the hold first; nothing was stopped.");

    // Grants
    public static Violation ConsentMemberMissing(string field) => new(
        ViolationCode.ConsentMissing, "C1", field, "A separate, explicit consent has to state this.", $"Add the member {field}.");

    public static Violation ConsentMemberWildcard(string field) => new(
        ViolationCode.ConsentMissing, "C1", field, "A consent is one person's act and cannot stand for many.", $"Give the member {field} one identifier without an asterisk.");

    public static Violation ConsentBundled() => new(
        ViolationCode.ConsentBundled, "C2", "purpose", "A consent covers one purpose, not several.", "Ask for a consent to each purpose.");

    public static Violation ConsentOfAnotherPurpose() => new(
        ViolationCode.ConsentMismatch, "C1", "purpose", "The consent was given for another purpose.", "Use a consent to this purpose.");

    public static Violation ConsentOfAnotherSubject() => new(
        ViolationCode.ConsentMismatch, "C1", "subject", "The consent was given by another subject.", "Use a consent of this subject.");

    public static Violation ConsentNotYetGiven() => new(
        ViolationCode.ConsentMissing, "C1", "given", "The time of consent lies in the future, more than five minutes from now.", "Record a consent after it was given, and set the clocks right.");

    public static Violation ConsentTooOld() => new(
        ViolationCode.ConsentMissing, "C1", "given", "The time of consent lies before 1970.", "Give the time at which consent was really given.");

    public static Violation ConsentWithoutEnd(string reason) => new(
        ViolationCode.ConsentUnlimited, "C4", "expires", reason, "Give the day on which the consent ends, at most a hundred years after it was given.");

    public static Violation RecipientUnlimited(string field) => new(
        ViolationCode.ConsentUnlimited, "C4", field, "A recipient is not named in particular.", "Name every recipient, one by one, or leave the list empty.");

    public static Violation NoticeMissing(string field) => new(
        ViolationCode.NoticeAfterConsent, "C7", field, "Nothing shows that the notice was read before the consent.", $"Show the purpose's notice first and record it in the member {field}.");

    public static Violation NoticeTooLate() => new(
        ViolationCode.NoticeAfterConsent, "C7", "notice.shown", "The notice was shown after the consent was given.", "Show the notice first, then ask for consent again.");

    public static Violation NoticeOfAnotherText() => new(
        ViolationCode.NoticeAfterConsent, "C7", "notice.sha256", "The notice that was shown is not the one of this purpose version.", "Show the purpose's current notice, then ask for consent again.");

    public static Violation GrantExpired() => new(
        ViolationCode.RetentionExpired, "S2", "expires", "The consent, or the purpose's longest retention counted from it, has already ended.", "Ask for a new consent.");

    public static Violation ConsentIdTaken() => new(
        ViolationCode.ConsentIdTaken, "C1", "id", "A consent with this id exists already; an id is used once.", "Give the new consent an id of its own.");

    public static Violation ConsentAlreadyActive() => new(
        ViolationCode.ConsentAlreadyActive, "C2", "subject", "The subject has an active consent to this purpose version already.", "Renew that consent, or withdraw it first.");

    // Use
    public static Violation ConsentUnknown() => new(
        ViolationCode.ConsentMissing, "C1", "consent", "There is no such consent.", "Record the consent first; one whose evidence was destroyed is asked for anew.");

    public static Violation ConsentWithdrawn() => new(
        ViolationCode.ConsentWithdrawn, "C9", "consent", "The consent was withdrawn.", "Stop processing; only a new consent opens the way again.");

    public static Violation ConsentRestricted() => new(
        ViolationCode.Restricted, "D4", "consent", "The data may be kept and not used.", "Wait until the restriction ends; then the data are destroyed.");

    public static Violation HeldAgainstDestruction() => new(
        ViolationCode.LegalHold, "D4", "consent", "A legal hold forbids destroying this consent's key, which the change would do.", "Enroll beside what is there, or lift the hold first.");

    public static Violation RetentionExpired() => new(
        ViolationCode.RetentionExpired, "S2", "consent", "The consent or the purpose's retention has ended.", "Ask for a new consent; the sweep destroys what is left.");

    public static Violation ConsentOlderThanVersion() => new(
        ViolationCode.PurposeVersionNotConsented, "C8", "given", "The consent was given before the purpose's newest version was added, and a former version has the same notice, so it was given to that one.",
        "Show the new version's notice and ask for a new consent.");

    public static Violation PurposeVersionNotConsented() => new(
        ViolationCode.PurposeVersionNotConsented, "C8", "consent", "The consent was given to an older version of the purpose.", "Show the new version's notice and ask for a new consent.");

    // Templates
    public static Violation TemplateLengthWrong(int expected) => new(
        ViolationCode.MalformedTemplate, "S5", "embedding", $"The vector does not have the model's {expected} numbers.", "Pass the vector that this model makes.");

    public static Violation TemplateNotFinite() => new(
        ViolationCode.MalformedTemplate, "S5", "embedding", "The vector holds a number that is not finite.", "Find out why the model gave NaN or infinity; do not replace it.");

    public static Violation TemplateZero() => new(
        ViolationCode.MalformedTemplate, "S5", "embedding", "The vector has no direction: its length is zero.", "Pass the vector that the model makes of a face.");

    public static Violation TemplateOfPixels() => new(
        ViolationCode.MalformedTemplate, "S5", "embedding", "The numbers look like the bytes of an image.", "Pass the vector that the model makes of the image; images are never kept.");

    public static Violation NothingEnrolled() => new(
        ViolationCode.ConsentMissing, "C1", "consent", "The consent has no template of that model.", "Enroll a template under the consent first.");

    // Rights
    public static Violation ScopeUnknown(int index) => new(
        ViolationCode.ScopeUnknown, "D1", $"purposes[{index}]", "The vault has and had no such purpose, so nothing can be erased for it.", "Correct the id; the ids of all purposes are listed by the vault.");
}
