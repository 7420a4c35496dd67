using FaceVault.Consents;

namespace FaceVault.Rules;

/// <content>What the rules say of a purpose as a whole: the dated rules of category, jurisdiction and place (P4: PIPL 26, CAC 13; P6: PIPL 24; P7: local law), and the basis (P8: SPC 5, 6; PIPL 13).</content>
internal sealed partial class RuleSet
{
    /// <summary>All reasons not to register a purpose now, beside those of <see cref="PurposeRules"/>.</summary>
    public IReadOnlyList<Violation> CheckRegistration(Purpose purpose, DateTimeOffset now)
    {
        List<Violation>? found = null;
        CheckDenied(ref found, purpose);
        CheckSignage(ref found, purpose);
        if (purpose.Basis is { } basis)
            CheckBasis(ref found, basis, now);
        return found ?? (IReadOnlyList<Violation>)[];
    }

    /// <summary>All reasons why nothing may be done for a purpose now, whoever consented: what a rule has come to forbid since the registration, and a basis that ended or that the law does not know any more. No allocation when there are none.</summary>
    public IReadOnlyList<Violation> CheckUse(Purpose purpose, DateTimeOffset now)
    {
        List<Violation>? found = null;
        if (isUnknown)
            Add(ref found, Error.ProfileUnknown());
        CheckDenied(ref found, purpose);
        CheckSignage(ref found, purpose);
        if (purpose.Basis is { } basis)
            CheckBasisHolds(ref found, basis, now);
        return found ?? (IReadOnlyList<Violation>)[];
    }

    /// <summary>P4, P6, P7 (PIPL 24, 26; CAC 13; local law): whether a rule in force forbids the purpose as it is defined, or (P8) the law knows its basis no more. Not where it is refused only because it does not say that it is pursued elsewhere: what may be lawful is not destroyed.</summary>
    public bool Forbids(Purpose purpose)
    {
        foreach (RuleRow row in denials)
            if (row.Deny!.Forbids(purpose, out bool isPlaceUnsaid) && !isPlaceUnsaid)
                return true;
        return !isUnknown && purpose.Basis is { } basis && !Bases.Contains(basis.Kind);
    }

    /// <summary>P4 (PIPL 26; CAC 13): whether the data of a purpose may be used for it alone and do not leave the vault: no export, no copy. Under a profile that is not known here nobody can say that they may.</summary>
    public bool ForbidsDisclosure(Purpose purpose)
    {
        if (isUnknown)
            return true;
        foreach (RuleRow row in rows)
            if (row.Confidential is not null && row.Confidential == purpose.Category)
                return true;
        return false;
    }

    private void CheckDenied(ref List<Violation>? found, Purpose purpose)
    {
        foreach (RuleRow row in denials)
        {
            if (row.Deny!.Forbids(purpose, out bool isPlaceUnsaid))
                Add(ref found, Error.Prohibited(row.Rule, FieldOf(row.Deny, purpose), row.Source, isPlaceUnsaid));
        }
    }

    // P4 (PIPL 26; CAC 13): people are told.
    private void CheckSignage(ref List<Violation>? found, Purpose purpose)
    {
        if (purpose.Category is null || (!string.IsNullOrWhiteSpace(purpose.Signage) && !Wildcard.IsProse(purpose.Signage)))
            return;
        foreach (RuleRow row in rows)
        {
            if (row.Signage == purpose.Category)
            {
                Add(ref found, Error.SignageMissing(row.Source));
                return;
            }
        }
    }

    // P8 (SPC 5, 6; PIPL 13; GDPR 9): shown, and limited.
    private void CheckBasis(ref List<Violation>? found, LegalBasis basis, DateTimeOffset now)
    {
        if (basis.Kind is null)
            Add(ref found, Error.BasisUnproven("basis.kind", "The purpose does not say on what it rests instead of consent.", "Say emergency or statute, or leave the basis out and ask for consent."));
        else if (!Bases.Contains(basis.Kind))
            Add(ref found, Error.BasisUnproven("basis.kind", "The law of the purpose's profiles does not know this basis.", "Ask for consent, or name the profile whose law knows the basis."));
        if (string.IsNullOrWhiteSpace(basis.Authority) || Wildcard.IsProse(basis.Authority))
            Add(ref found, Error.BasisUnproven("basis.authority", "Nothing shows that the basis exists.", "Name the order, the article or the decision."));
        if (basis.EndsAt == default || basis.EndsAt > now.AddYears(Retention.MaxYears))
            Add(ref found, Error.BasisUnproven("basis.ends", "The basis has no end.", "Give the day on which it ends, or is looked at again."));
        else if (basis.EndsAt <= now)
            Add(ref found, Error.BasisExpired());
    }

    // P8 (SPC 5, 6; PIPL 13; GDPR 9): neither the basis has ended nor the law that knows it.
    private void CheckBasisHolds(ref List<Violation>? found, LegalBasis basis, DateTimeOffset now)
    {
        if (!isUnknown && !Bases.Contains(basis.Kind))
            Add(ref found, Error.BasisUnproven("basis.kind", "The law of the purpose's profiles does not know this basis any more.", "Stop; ask for consent in a new version, or name the law that knows the basis."));
        if (basis.EndsAt <= now)
            Add(ref found, Error.BasisExpired());
    }

    private static string FieldOf(DenyRule deny, Purpose purpose) => deny.Category is not null ? "category"
        : deny.Place is null ? "jurisdiction" : $"places[{purpose.Places.TakeWhile(place => place != deny.Place).Count()}]";

    private static void Add(ref List<Violation>? found, Violation violation) => (found ??= []).Add(violation);
}
