using System.Globalization;
using System.Text.Json;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary><c>records</c>: the processing records as JSON lines and as CSV, and that nobody is in them.</summary>
public sealed class RecordsCommandTests
{
    [Fact]
    public async Task Records_are_listed_as_lines_and_as_csv_and_name_nobody()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 4);
        Answer withdrawn = await vault.RunAsync("withdraw", "--consent", "person-1@door", "--certificate", vault.Folder["certificate"], "--yes");
        Assert.Equal(ExitCode.Done, withdrawn.ExitCode);
        Answer lines = await vault.RunAsync("records");
        using JsonDocument line = JsonDocument.Parse(Assert.Single(lines.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        JsonElement root = line.RootElement;
        Assert.Equal((1, "door", 4, 1, 1, false), (root.GetProperty("v").GetInt32(), root.GetProperty("purpose").GetString(), root.GetProperty("consentsGranted").GetInt32(),
            root.GetProperty("withdrawals").GetInt32(), root.GetProperty("keysDestroyed").GetInt32(), root.GetProperty("incomplete").GetBoolean()));
        string day = root.GetProperty("day").GetString()!;
        Assert.True(DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));

        Answer csv = await vault.RunAsync("records", "--format", "csv", "--from", day, "--to", day);
        string[] rows = csv.Out.Split("\r\n");
        Assert.Equal("day,purpose,consentsGranted,enrolments,verifications,verificationMatches,searches,searchHits,analyses,copies,restrictions,withdrawals,erasures,expiries,retirements,keysDestroyed,refusals,incomplete", rows[0]);
        Assert.StartsWith($"{day},door,4,", rows[1], StringComparison.Ordinal);
        Assert.Equal(["", rows[1]], [rows[2], rows[1]]);
        Assert.Empty((await vault.RunAsync("records", "--to", "2020-01-01")).Out);
        Assert.DoesNotContain("person", lines.Out + csv.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--from", "yesterday")]
    [InlineData("--to", "2026-13-01")]
    [InlineData("--format", "xml")]
    public async Task What_is_no_day_or_format_is_misuse(string option, string value)
    {
        using CliVault vault = await CliVault.CreateAsync();
        Answer answer = await vault.RunAsync("records", option, value);
        Assert.Equal((ExitCode.Misuse, "Usage"), (answer.ExitCode, Assert.Single(answer.Codes)));
    }
}
