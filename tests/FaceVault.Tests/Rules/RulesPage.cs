using System.Globalization;
using System.Text;
using FaceVault.Consents;
using FaceVault.Rules;

namespace FaceVault.Tests.Rules;

/// <summary>The page docs/rules.md, written from the data that the library reads.</summary>
internal static class RulesPage
{
    public const string Path = "docs/rules.md";

    public static string Write()
    {
        var page = new StringBuilder("""
            # Rules and profiles

            Written from the data of `src/FaceVault/Rules/Data`, which the library reads; a test keeps the page current (`FACEVAULT_WRITE_RULES=1` writes it anew). A library cannot make its user lawful: it can refuse to work
            without the evidence, bind data to it, stop, destroy, and say honestly what it destroyed. None of this is legal advice.

            SPC = Supreme People's Court, Fa Shi [2021] 15 · PIPL = Personal Information Protection Law of the PRC · CAC = Measures for the Security Management of Facial Recognition Technology, in force 1 June 2025 · GDPR = Regulation (EU) 2016/679 ·
            AI Act = Regulation (EU) 2024/1689 · BIPA = Illinois Biometric Information Privacy Act, 740 ILCS 14.

            ## Rules
            *Under* names the profiles in whose data the rule stands today or will; *all* is what the baseline asks and every profile includes, *always* what the library does whatever the profile. A refusal lists all codes that apply at once.
            Three codes have their place and refuse nothing: an unknown member (`UnexpectedAttribute`) is misuse and a `FormatException`, a bad certificate (`CertificateInvalid`) is the finding of `Check`, a changed ledger (`LedgerTampered`) a finding of the audit.

            | rule | asks | the library | refuses with | under |
            |---|---|---|---|---|

            """);
        foreach (RuleText rule in RuleTable.All)
            Line(page, rule.Id, rule.Title, rule.Library, string.Join(", ", rule.Codes.Select(code => $"`{code}`")), Under(rule));

        page.Append("""

            ## Profiles
            A purpose names its profile (`"profile": "cn"`), or several joined by plus signs (`"cn+us-il"`). Of several, the strictest of each value counts, everything forbidden by one is forbidden, and a basis other than consent has to be
            known to all. A day begins by the clocks of the profile's time zone, an age is reached when the day has begun in all of them. *From* is the first day on which a row holds, *until* the first on which it holds no more.


            """);
        foreach (RuleProfile profile in RuleBook.BuiltIn.Profiles)
            Write(page, profile);
        page.Append("""
            ### A profile of your own
            `VaultOptions.Profiles` takes what `RuleProfile.FromJson` reads: a file like those of the library. It may include others; where the law leaves a value to a narrower one the row says *replaceable*, and a row with
            `replaces` (the source of that row) takes its place. Austria, for example, has lowered the age of GDPR 8(1):

            ```json
            {
              "name": "at",
              "title": "Austria",
              "zone": "Europe/Vienna",
              "includes": ["eu"],
              "rows": [ {"rule": "C6", "childAge": 14, "source": "DSG 4(4)", "replaces": "GDPR 8(1)"} ]
            }
            ```

            A purpose under a profile that a program was not given is refused every use there. It can still be reported, withdrawn and erased.

            ## Words
            By these words purposes and rules speak of the same things. A purpose that names a category which is forbidden somewhere, and does not say where it is pursued, counts as pursued there.

            | `category` | means |
            |---|---|

            """);
        foreach ((string word, string meaning) in RuleTable.Categories)
            Line(page, $"`{word}`", meaning);
        page.Append("\n| `places` | means |\n|---|---|\n");
        foreach ((string word, string meaning) in RuleTable.Places)
            Line(page, $"`{word}`", meaning);
        page.Append("\nForms of consent, from the weakest to the strictest: ");
        page.AppendJoin(", ", Enum.GetValues<ConsentForm>().Skip(1).Select(form => $"`{ConsentForms.Word(form)}`"));
        page.Append(". Another word counts as none of them.\n");
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Write(StringBuilder page, RuleProfile profile)
    {
        page.Append(CultureInfo.InvariantCulture, $"### `{profile.Name}`: {profile.Title}\n\n");
        if (profile.Zone is { } zone)
            page.Append(CultureInfo.InvariantCulture, $"Days of {zone.Id}. Includes `{string.Join("`, `", profile.Includes)}`.\n\n");
        page.Append("| rule | asks | source | from | until |\n|---|---|---|---|---|\n");
        foreach (RuleRow row in profile.Rows)
            Line(page, row.Rule, Value(row) + (row.Replaceable ? " (*replaceable*)" : "") + (row.Note is null ? "" : $". {row.Note}"), row.Source, Day(row.From), Day(row.Until));
        page.Append('\n');
    }

    private static string Value(RuleRow row) => row switch
    {
        { MinimumForm: not ConsentForm.None } => $"at least the form `{ConsentForms.Word(row.MinimumForm)}`",
        { ChildAge: { } age } => $"who is under {age}, or of unknown age, is a child",
        { MaxRetention: { } period } => $"use ends at the latest {period} after the last interaction",
        { RecordsKept: { } period } => $"processing records are kept {period}",
        { Deny: { } deny } => $"forbidden: {Text(deny)}",
        { Signage: { } category } => $"`{category}` needs `signage`",
        { Confidential: { } category } => $"what is kept for `{category}` does not leave the vault",
        { Basis: { } basis } => $"knows the basis `{basis}`",
        { Filing: { } filing } => $"from {filing.Persons:N0} persons on, filing within {filing.WorkingDays} working days",
        _ => RuleTable.Find(row.Rule)!.Title,
    };

    private static string Text(DenyRule deny) => string.Join(", ", new[]
    {
        deny.Category is null ? null : $"category `{deny.Category}`",
        deny.Except is null ? null : $"every category but `{deny.Except}`",
        deny.Jurisdiction is null ? null : $"in {deny.Jurisdiction}",
        deny.Place is null ? null : $"place `{deny.Place}`",
    }.OfType<string>());

    private static string Under(RuleText rule)
    {
        string[] names = [.. RuleBook.BuiltIn.Profiles.Where(profile => profile.Rows.Any(row => row.Rule == rule.Id)).Select(profile => profile.Name)];
        return rule.Always ? "always" : names.Contains("baseline") ? "all" : string.Join(", ", names.Select(name => $"`{name}`"));
    }

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static void Line(StringBuilder page, params string[] cells) => page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
