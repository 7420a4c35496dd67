using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>What people get wrong: each is answered with its code and exit code, and leaves the vault as it was.</summary>
public sealed class BadInputTests
{
    /// <summary>Everything that shows on the command line of a vault: consents and ledger.</summary>
    private static async Task<string> StateOf(CliVault vault) => (await vault.RunAsync("consent", "list")).Out + (await vault.RunAsync("ledger")).Out;

    private static async Task Refused(CliVault vault, int exitCode, string code, params string[] args)
    {
        string before = await StateOf(vault);
        Answer answer = await vault.RunAsync(args);
        Assert.True((exitCode, code) == (answer.ExitCode, answer.Codes.FirstOrDefault()), $"{answer.ExitCode} {answer.Error}{answer.Out}");
        Assert.All(answer.Error.Split('\n').Where(line => line.StartsWith("error ", StringComparison.Ordinal)), line => Assert.EndsWith(".", line, StringComparison.Ordinal));
        Assert.DoesNotContain("c-secret", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s-secret", answer.Error, StringComparison.Ordinal);
        Assert.Equal("", answer.Out);
        Assert.Equal(before, await StateOf(vault));
    }

    private static string Grant(CliVault vault, string json) => vault.Folder.Write("grant.json", json);

    private static async Task Granted(CliVault vault, string json)
    {
        Answer answer = await vault.RunAsync("consent", "grant", Grant(vault, json));
        Assert.True(answer.ExitCode == ExitCode.Done, answer.Error);
    }

    [Fact]
    public async Task An_unknown_purpose_or_consent_is_refused()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = vault.MakeFaces(2, 1);

        await Refused(vault, ExitCode.Failed, "PurposeUnknown", "import", "--purpose", "window", "--npy", npy, "--labels", labels, "--synthetic-consents");
        await Refused(vault, ExitCode.Failed, "PurposeUnknown", "identify", "--purpose", "window", "--npy", npy, "--rank-only");
        await Refused(vault, ExitCode.Failed, "PurposeUnknown", "consent", "grant", Grant(vault, CliVault.Grant("c-secret", "s-secret", "window")));
        await Refused(vault, ExitCode.Failed, "ConsentMissing", "enroll", "--consent", "c-secret", "--npy", npy, "--row", "0");
        await Refused(vault, ExitCode.Misuse, "Usage", "enroll", "--consent", "c-secret", "--npy", npy, "--row", "0", "--captured", "yesterday");
        await Refused(vault, ExitCode.Failed, "ConsentUnknown", "withdraw", "--consent", "c-secret", "--certificate", vault.Folder["c"], "--yes");
        await Refused(vault, ExitCode.Failed, "ConsentUnknown", "consent", "show", "c-secret");
        Assert.False(File.Exists(vault.Folder["c"]));
    }

    [Fact]
    public async Task Faces_of_a_purpose_of_another_kind_are_not_searched_or_compared()
    {
        using CliVault verification = await CliVault.CreateAsync("verification");
        using CliVault identification = await CliVault.CreateAsync("identification");
        (string npy, _) = verification.MakeFaces(2, 1);
        await Granted(identification, CliVault.Grant("c-1", "s-1"));

        await Refused(verification, ExitCode.Failed, "OperationNotConsented", "identify", "--purpose", "door", "--npy", npy, "--rank-only");
        await Refused(identification, ExitCode.Failed, "CaptureBeforeConsent", "enroll", "--consent", "c-1", "--npy", npy, "--row", "0", "--captured", "2026-01-01T01:00:00+01:00");
        Assert.Equal(ExitCode.Done, (await identification.RunAsync("enroll", "--consent", "c-1", "--npy", npy, "--row", "0", "--captured", CliVault.Given)).ExitCode);
        await Refused(identification, ExitCode.Failed, "CaptureBeforeConsent", "replace", "--consent", "c-1", "--npy", npy, "--row", "0", "--captured", "2026-01-01T01:00:00+01:00", "--certificate", identification.Folder["c"], "--yes");
        string labels = identification.Folder.Write("captured.csv", "row,identity,image,captured\n0,p-1,a,2026-01-01T00:00:00Z\n1,p-2,b,\n");
        string consents = identification.Folder.Write("consents.csv", $"""
            identity,consent,subject,given,expires,noticeSha256,form,ageBand,interaction,evidenceSha256
            p-1,i-1,s-8,{CliVault.Given},2099-01-01T00:00:00Z,{new string('0', 64)},written,adult,act 8,{new string('b', 64)}
            p-2,i-2,s-9,{CliVault.Given},2099-01-01T00:00:00Z,{new string('0', 64)},written,adult,act 9,{new string('b', 64)}

            """);
        await Refused(identification, ExitCode.Failed, "CaptureBeforeConsent", "import", "--purpose", "door", "--npy", npy, "--labels", labels, "--consents", consents);
        await Refused(identification, ExitCode.Failed, "OperationNotConsented", "verify-face", "--consent", "c-1", "--npy", npy, "--row", "0", "--threshold", "0.5");
    }

    [Fact]
    public async Task A_consent_that_has_expired_or_is_there_already_is_refused()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await Granted(vault, CliVault.Grant("c-secret", "s-secret"));

        await Refused(vault, ExitCode.Failed, "RetentionExpired", "consent", "grant", Grant(vault, CliVault.Grant("c-2", "s-2", given: "2020-01-01T00:00:00Z", expires: "2021-01-01T00:00:00Z")));
        await Refused(vault, ExitCode.Failed, "ConsentIdTaken", "consent", "grant", Grant(vault, CliVault.Grant("c-secret", "s-2")));
        await Refused(vault, ExitCode.Failed, "ConsentAlreadyActive", "consent", "grant", Grant(vault, CliVault.Grant("c-3", "s-secret")));
    }

    [Fact]
    public async Task A_refusal_prints_a_line_for_every_violation()
    {
        using CliVault vault = await CliVault.CreateAsync();
        Answer answer = await vault.RunAsync("consent", "grant", Grant(vault, """{ "id": "*", "purpose": "door", "given": "2026-01-01T00:00:00Z" }"""));

        Assert.Equal((ExitCode.Failed, ""), (answer.ExitCode, answer.Out));
        Assert.True(answer.Codes.Length >= 4, answer.Error);
        Assert.Contains("ConsentUnlimited", answer.Codes);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{ "id": 7 }""")]
    [InlineData("""{ "id": "c-secret", "colour": "red" }""")]
    [InlineData("""{ "id": "c-secret", "id": "c-secret" }""")]
    public async Task Malformed_JSON_an_unknown_member_and_a_wrong_type_are_misuse(string json)
    {
        using CliVault vault = await CliVault.CreateAsync();

        await Refused(vault, ExitCode.Misuse, "Malformed", "consent", "grant", Grant(vault, json));
        await Refused(vault, ExitCode.Misuse, "Malformed", "purpose", "add", Grant(vault, json));
    }

    [Fact]
    public async Task A_purpose_that_is_empty_or_unbounded_or_changed_is_refused()
    {
        using CliVault vault = await CliVault.CreateAsync();

        await Refused(vault, ExitCode.Failed, "PurposeTooBroad", "purpose", "add", vault.Folder.Write("p.json", CliVault.Purpose("p").Replace("Opens a door.", "")));
        await Refused(vault, ExitCode.Failed, "PurposeTooBroad", "purpose", "add", vault.Folder.Write("p.json", CliVault.Purpose("p").Replace("Security concept 4.2.", "*")));
        await Refused(vault, ExitCode.Failed, "PurposeTooBroad", "purpose", "add", vault.Folder.Write("p.json", CliVault.Purpose("*")));
        await Refused(vault, ExitCode.Failed, "PurposeDefinitionChanged", "purpose", "add", vault.Folder.Write("p.json", CliVault.Purpose("door").Replace("P1Y", "P2Y")));
    }

    [Fact]
    public async Task A_template_of_the_wrong_dimension_or_model_is_refused()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 2, images: 1);
        string wide = vault.Folder.Write("wide.npy", Npy.Of(1, CliVault.Dimensions + 1, (r, c) => 1)), good = vault.Folder.Write("good.npy", Npy.Of(1, CliVault.Dimensions, (r, c) => 1));
        string labels = vault.Folder.Write("one.csv", "row,identity,image\n0,p,i\n");

        await Refused(vault, ExitCode.Failed, "MalformedTemplate", "enroll", "--consent", "person-0@door", "--npy", wide, "--row", "0");
        await Refused(vault, ExitCode.Failed, "MalformedTemplate", "import", "--purpose", "door", "--npy", wide, "--labels", labels, "--synthetic-consents");
        await Refused(vault, ExitCode.Failed, "MalformedTemplate", "identify", "--purpose", "door", "--npy", wide, "--rank-only");
        await Refused(vault, ExitCode.Failed, "ModelNotAdmitted", "enroll", "--consent", "person-0@door", "--npy", good, "--row", "0", "--model", "other");
        await Refused(vault, ExitCode.Failed, "ModelNotAdmitted", "identify", "--purpose", "door", "--npy", good, "--rank-only", "--model", "other");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(0f)]
    public async Task NaN_infinity_and_the_zero_vector_are_refused(float value)
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 2, images: 1);
        string npy = vault.Folder.Write("bad.npy", Npy.Of(1, CliVault.Dimensions, (r, c) => value)), labels = vault.Folder.Write("one.csv", "row,identity,image\n0,p,i\n");

        await Refused(vault, ExitCode.Failed, "MalformedTemplate", "enroll", "--consent", "person-0@door", "--npy", npy, "--row", "0");
        await Refused(vault, ExitCode.Failed, "MalformedTemplate", "import", "--purpose", "door", "--npy", npy, "--labels", labels, "--synthetic-consents");
        await Refused(vault, ExitCode.Failed, "MalformedTemplate", "identify", "--purpose", "door", "--npy", npy, "--rank-only");
    }

    [Fact]
    public async Task Files_that_are_not_what_they_should_be_are_misuse()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = vault.MakeFaces(2, 1);
        string[] import = ["import", "--purpose", "door", "--synthetic-consents", "--npy"];
        string jpeg = vault.Folder.Write("face.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 74, 70, 73, 70, 0, 1, 1, 1, 0, 72, 0, 72]);

        await Refused(vault, ExitCode.Misuse, "ImageNotEmbedding", [.. import, jpeg, "--labels", labels]);
        await Refused(vault, ExitCode.Misuse, "NpyMalformed", [.. import, labels, "--labels", labels]);
        await Refused(vault, ExitCode.Misuse, "NpyMalformed", [.. import, vault.Folder.Write("cut.npy", File.ReadAllBytes(npy)[..^1]), "--labels", labels]);
        await Refused(vault, ExitCode.Misuse, "LabelsMismatch", [.. import, npy, "--labels", vault.Folder.Write("short.csv", "row,identity,image\n0,a,i\n")]);
        await Refused(vault, ExitCode.Misuse, "InputUnreadable", [.. import, vault.Folder["absent.npy"], "--labels", labels]);
        await Refused(vault, ExitCode.Misuse, "RowOutside", "enroll", "--consent", "c", "--npy", npy, "--row", "2");
        await Refused(vault, ExitCode.Misuse, "Usage", "identify", "--purpose", "door", "--npy", npy, "--select", "rest", "--rank-only");
        await Refused(vault, ExitCode.Misuse, "Usage", [.. import, npy, "--labels", labels, "--consents", labels]);
    }

    [Fact]
    public async Task A_certificate_that_has_nowhere_to_go_is_found_out_before_anything_is_destroyed()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 2, images: 1);

        await Refused(vault, ExitCode.Misuse, "OutputUnwritable", "withdraw", "--consent", "person-0@door", "--certificate", Path.Combine(vault.Folder["absent"], "c.json"), "--yes");
        await Refused(vault, ExitCode.Misuse, "OutputUnwritable", "withdraw", "--consent", "person-0@door", "--certificate", vault.Folder.Path, "--yes");
    }

    [Fact]
    public async Task One_unknown_consent_in_a_list_withdraws_nobody()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 3, images: 1);

        await Refused(vault, ExitCode.Failed, "ConsentUnknown", "withdraw", "--consent", "person-0@door", "--consent", "c-secret", "--certificate", vault.Folder["c"], "--yes");
    }

    [Fact]
    public async Task A_result_never_replaces_a_store_a_root_key_or_vectors()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, _) = await vault.ImportAsync(people: 2);

        foreach (string target in (string[])[Path.Combine(vault.Path, "keys.db"), Path.Combine(vault.Path, "templates.db"), Path.Combine(vault.Path, "vault.json"), vault.Root, npy])
        {
            byte[] before = File.ReadAllBytes(target);
            Answer answer = await vault.RunAsync("withdraw", "--consent", "person-0@door", "--certificate", target, "--yes");
            Assert.Equal((ExitCode.Misuse, "OutputUnwritable"), (answer.ExitCode, Assert.Single(answer.Codes)));
            Assert.Equal(before, File.ReadAllBytes(target));
        }
        Assert.Contains("status: active", (await vault.RunAsync("consent", "show", "person-0@door")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConsentMissing", "withdraw", "--consent", "", "--certificate", "c", "--yes")]
    [InlineData("ConsentMissing", "erase", "--subject", "", "--certificate", "c", "--yes")]
    [InlineData("ConsentMissing", "consent", "show", "")]
    [InlineData("PurposeUnknown", "identify", "--purpose", "", "--npy", "NPY", "--rank-only")]
    [InlineData("PurposeUnknown", "purpose", "show", "")]
    public async Task An_empty_id_is_a_violation_as_it_is_in_a_file(string code, params string[] args)
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, _) = vault.MakeFaces(1, 1);

        Answer answer = await vault.RunAsync([.. args.Select(arg => arg == "NPY" ? npy : arg)]);
        Assert.Equal((ExitCode.Failed, code, ""), (answer.ExitCode, Assert.Single(answer.Codes), answer.Out));
    }

    [Fact]
    public async Task A_row_or_a_consent_that_is_refused_late_leaves_nothing_of_an_import_behind()
    {
        const int People = 4_200;
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = vault.MakeFaces(People, 1);
        string broken = vault.Folder.Write("broken.npy", Npy.Of(People, CliVault.Dimensions, (row, column) => row == People - 2 && column == 3 ? float.NaN : row + column + 1.5f));
        string wild = vault.Folder.Write("wild.csv", File.ReadAllText(labels).Replace($"person-{People - 1},", "*,", StringComparison.Ordinal));
        string[] import = ["import", "--purpose", "door", "--synthetic-consents", "--receipts", vault.Folder["receipts"]];

        Answer notFinite = await vault.RunAsync([.. import, "--npy", broken, "--labels", labels]);
        Assert.Equal((ExitCode.Failed, "MalformedTemplate"), (notFinite.ExitCode, Assert.Single(notFinite.Codes)));
        Assert.Contains($"items[{People - 2}].embedding", notFinite.Error, StringComparison.Ordinal);
        Answer wildcard = await vault.RunAsync([.. import, "--npy", npy, "--labels", wild]);
        Assert.Equal((ExitCode.Failed, 2), (wildcard.ExitCode, wildcard.Codes.Count(code => code == "ConsentMissing")));
        Assert.Contains("consents: 0 living, 0 ever", (await vault.RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.False(File.Exists(vault.Folder["receipts"]));
    }

    [Fact]
    public async Task A_subject_under_two_consents_and_a_consent_of_two_subjects_are_found_before_anything_is_written()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = vault.MakeFaces(3, 1);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("c-2", "s-9"), "consent", "grant", "-")).ExitCode);
        const string header = "identity,consent,subject,given,expires,noticeSha256,form,ageBand,interaction,evidenceSha256\n";
        string hash = new('0', 64), row = $"{CliVault.Given},2099-01-01T00:00:00Z,{hash},written,adult,i,{hash}\n";
        string consents = vault.Folder.Write("c.csv", $"{header}person-0,c-0,s-0,{row}person-1,c-1,s-0,{row}person-2,c-2,s-2,{row}");

        Answer answer = await vault.RunAsync("import", "--purpose", "door", "--npy", npy, "--labels", labels, "--consents", consents);
        Assert.Equal(ExitCode.Failed, answer.ExitCode);
        Assert.Equal(["ConsentAlreadyActive", "ConsentIdTaken"], answer.Codes);
        Assert.Contains("consents: 1 living, 1 ever", (await vault.RunAsync("status")).Out, StringComparison.Ordinal);
    }
}
