using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary><c>calibrate</c> measures and sets, and <c>--calibrated</c> uses what was set.</summary>
public sealed class CalibrateCommandTests
{
    [Fact]
    public async Task A_threshold_is_measured_drawn_and_used_by_identify()
    {
        using CliVault vault = await CliVault.CreateAsync(encoding: "int8");
        (string npy, string labels) = await vault.ImportAsync(people: 60, images: 3);
        string[] identify = ["identify", "--purpose", "door", "--npy", npy, "--labels", labels, "--select", "rest", "--top", "1"];
        Assert.Equal(["ThresholdNotCalibrated"], (await vault.RunAsync([.. identify, "--calibrated"])).Codes);

        string svg = vault.Folder["det.svg"], table = vault.Folder["det.csv"];
        string[] calibrate = ["calibrate", "--purpose", "door", "--npy", npy, "--labels", labels, "--fpir", "0.05"];
        Answer tried = await vault.RunAsync([.. calibrate, "--dry-run"]);
        Assert.Equal(ExitCode.Done, tried.ExitCode);
        Assert.Equal(["ThresholdNotCalibrated"], (await vault.RunAsync([.. identify, "--calibrated"])).Codes);
        Answer done = await vault.RunAsync([.. calibrate, "--svg", svg, "--table", table]);
        Assert.Equal(ExitCode.Done, done.ExitCode);
        using JsonDocument result = JsonDocument.Parse(Assert.Single(done.Lines));
        JsonElement found = result.RootElement;
        Assert.Equal((1, "identification", "m", true), (found.GetProperty("v").GetInt32(), found.GetProperty("kind").GetString(), found.GetProperty("model").GetString(), found.GetProperty("set").GetBoolean()));
        Assert.Equal((60, 60, 59), (found.GetProperty("gallery").GetProperty("persons").GetInt32(), found.GetProperty("gallery").GetProperty("templates").GetInt32(), found.GetProperty("gallery").GetProperty("searched").GetInt32()));
        JsonElement wrong = found.GetProperty("falsePositives");
        Assert.Equal((180, 60), (wrong.GetProperty("trials").GetInt32(), wrong.GetProperty("persons").GetInt32()));
        Assert.InRange(wrong.GetProperty("rate").GetDouble(), 0.001, 0.05);
        Assert.Equal(120, found.GetProperty("falseNegatives").GetProperty("trials").GetInt32()); // the enrolled pictures themselves measure nothing

        string threshold = found.GetProperty("threshold").GetSingle().ToString("R", CultureInfo.InvariantCulture);
        Answer byHand = await vault.RunAsync([.. identify, "--threshold", threshold]), calibrated = await vault.RunAsync([.. identify, "--calibrated"]);
        Assert.Equal((ExitCode.Done, byHand.Out), (calibrated.ExitCode, calibrated.Out));
        Assert.Contains("person-", calibrated.Out, StringComparison.Ordinal);

        Assert.Equal("svg", XDocument.Load(svg).Root!.Name.LocalName);
        string[] lines = File.ReadAllLines(table);
        Assert.Equal("threshold,falsePositiveRate,falseNegativeRate", lines[0]);
        Assert.All(lines[1..], line => Assert.Equal(3, line.Split(',').Length));
        Assert.DoesNotContain("person-", File.ReadAllText(svg) + File.ReadAllText(table) + done.Out + done.Error, StringComparison.Ordinal);
        using JsonDocument purpose = JsonDocument.Parse((await vault.RunAsync("purpose", "show", "door", "--json")).Out);
        Assert.Equal(threshold, Assert.Single(purpose.RootElement.GetProperty("calibrations").EnumerateArray()).GetProperty("threshold").GetRawText());
    }

    [Fact]
    public async Task A_gallery_that_grew_is_refused_until_it_is_calibrated_with_room()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = await vault.ImportAsync(people: 40, images: 3);
        string[] calibrate = ["calibrate", "--purpose", "door", "--npy", npy, "--labels", labels, "--fpir", "0.2"], identify = ["identify", "--purpose", "door", "--npy", npy, "--calibrated"];
        Assert.Equal(ExitCode.Done, (await vault.RunAsync(calibrate)).ExitCode);
        await vault.ImportAsync(people: 41, images: 1);
        Assert.Equal(["ThresholdNotCalibrated"], (await vault.RunAsync(identify)).Codes);
        Assert.Equal((ExitCode.Misuse, "Usage"), (await CodeAsync([.. calibrate, "--gallery", "40"])));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync([.. calibrate, "--gallery", "100"])).ExitCode);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync(identify)).ExitCode);
        Assert.Equal((ExitCode.Failed, "ThresholdNotCalibrated"), await CodeAsync([.. calibrate[..^1], "0.0001"])); // too few probes to say so

        async Task<(int, string)> CodeAsync(string[] args)
        {
            Answer answer = await vault.RunAsync(args);
            return (answer.ExitCode, Assert.Single(answer.Codes));
        }
    }

    [Fact]
    public async Task One_to_one_is_measured_with_fmr_and_used_by_verify_face()
    {
        using CliVault vault = await CliVault.CreateAsync(kind: "verification");
        (string npy, string labels) = await vault.ImportAsync(people: 20, images: 3);
        string[] verify = ["verify-face", "--consent", "person-3@door", "--npy", npy, "--calibrated", "--row"];
        Answer before = await vault.RunAsync([.. verify, "23"]);
        Assert.Equal((ExitCode.Failed, "ThresholdNotCalibrated"), (before.ExitCode, Assert.Single(before.Codes)));
        string[] calibrate = ["calibrate", "--purpose", "door", "--npy", npy, "--labels", labels];
        Answer wrong = await vault.RunAsync([.. calibrate, "--fpir", "0.01"]);
        Assert.Equal((ExitCode.Failed, "ThresholdNotCalibrated"), (wrong.ExitCode, Assert.Single(wrong.Codes)));

        Answer done = await vault.RunAsync([.. calibrate, "--fmr", "0.01"]);
        Assert.Equal(ExitCode.Done, done.ExitCode);
        using JsonDocument result = JsonDocument.Parse(done.Out);
        Assert.Equal((20 * 19 * 3, 40), (result.RootElement.GetProperty("falsePositives").GetProperty("trials").GetInt32(), result.RootElement.GetProperty("falseNegatives").GetProperty("trials").GetInt32()));
        Assert.False(result.RootElement.TryGetProperty("gallery", out _));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync([.. verify, "23"])).ExitCode); // row 23 is person 3
        Assert.Equal(ExitCode.No, (await vault.RunAsync([.. verify, "24"])).ExitCode);
    }

    [Theory]
    [InlineData("--fmr", "0.1", "--fpir", "0.1")]
    [InlineData]
    [InlineData("--fpir", "0")]
    [InlineData("--fpir", "0.6")]
    [InlineData("--fpir", "-0.1")]
    [InlineData("--fpir", "0,1")]
    [InlineData("--fmr", "0.1", "--gallery", "10")]
    [InlineData("--fpir", "0.1", "--gallery", "-1")]
    public async Task Misuse_is_told_before_the_vault_is_opened(params string[] rest)
    {
        using var folder = new TemporaryFolder();
        Answer answer = await Run.Of(["calibrate", folder["nowhere"], "--purpose", "door", "--npy", folder["x.npy"], "--labels", folder["x.csv"], .. rest]);
        Assert.Equal((ExitCode.Misuse, "Usage"), (answer.ExitCode, Assert.Single(answer.Codes)));
    }

    [Fact]
    public async Task Probes_of_another_model_or_without_numbers_are_refused()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (_, string labels) = await vault.ImportAsync(people: 4, images: 1);
        string narrow = vault.Folder.Write("narrow.npy", Npy.Of(4, 8, (row, column) => row + column + 1));
        Assert.Equal(["MalformedTemplate"], (await vault.RunAsync("calibrate", "--purpose", "door", "--npy", narrow, "--labels", labels, "--fpir", "0.1")).Codes);
        string zero = vault.Folder.Write("zero.npy", Npy.Of(4, CliVault.Dimensions, (row, column) => row == 2 ? 0 : row + column + 1));
        Assert.Equal(["MalformedTemplate"], (await vault.RunAsync("calibrate", "--purpose", "door", "--npy", zero, "--labels", labels, "--fpir", "0.1")).Codes);
        Assert.Equal(["ModelNotAdmitted"], (await vault.RunAsync("calibrate", "--purpose", "door", "--npy", narrow, "--labels", labels, "--fpir", "0.1", "--model", "unheard")).Codes);
    }
}
