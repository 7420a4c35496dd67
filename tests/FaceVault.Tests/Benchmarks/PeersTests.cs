using System.Text.Json;
using System.Xml.Linq;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Benchmarks;

/// <summary>The side-by-side run with the contestants that need nothing installed: its rows have the members and names that are documented. Nothing here looks at a time.</summary>
[Collection(Alone.Name)]
public class PeersTests
{
    [Fact]
    public async Task Rows_and_chart_are_written_for_every_contestant_asked_for()
    {
        using var folder = new TemporaryFolder();
        string json = Path.Combine(folder.Path, "peers.json"), svg = Path.Combine(folder.Path, "peers.svg");
        string printed = await BenchmarkProgram.RunAsync(
            "peers", "--templates", "2000", "--dimensions", "64", "--probes", "1,13", "--threads", "2", "--rounds", "1", "--only", "read,tensorprimitives,decrypt-per-call,sodium-open", "--json", json, "--svg", svg);

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(json));
        JsonElement[] rows = [.. document.RootElement.EnumerateArray()];
        string Name(JsonElement row) => $"{row.GetProperty("engine").GetString()} {row.GetProperty("mode").GetString()} {row.GetProperty("encoding").GetString()} {row.GetProperty("probes").GetInt32()}";
        string[] expected =
        [
            "facevault open float32 1", "facevault open float32 13", "facevault open int8 1", "facevault open int8 13",
            "facevault sealed float32 1", "facevault sealed float32 13", "facevault sealed int8 1", "facevault sealed int8 13",
            "read limit float32 1", "read limit int8 1", "tensorprimitives rows float32 1", "decrypt-per-call sealed float32 1", "sodium-open limit float32 1", "sodium-open limit int8 1",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Select(Name).Order(StringComparer.Ordinal));
        Assert.All(rows, row =>
        {
            Assert.Equal((64, 2000, 2), (row.GetProperty("dimensions").GetInt32(), row.GetProperty("templates").GetInt32(), row.GetProperty("threads").GetInt32()));
            Assert.True(0 < row.GetProperty("low").GetDouble() && row.GetProperty("low").GetDouble() <= row.GetProperty("nsPerComparison").GetDouble());
            Assert.True(row.GetProperty("nsPerComparison").GetDouble() <= row.GetProperty("high").GetDouble());
            Assert.Contains(row.GetProperty("checked").GetString(), (string[])["exact", "limit"]);
        });
        Assert.Equal("svg", XDocument.Load(svg).Root!.Name.LocalName);
        Assert.Contains("decrypt-per-call", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contestant_that_is_not_here_is_told_with_the_command_that_brings_it()
    {
        string printed = await BenchmarkProgram.RunAsync("peers", "--templates", "1000", "--dimensions", "64", "--probes", "1", "--rounds", "1", "--only", "usearch");
        Assert.True(printed.Contains("usearch: USearch ", StringComparison.Ordinal) || printed.Contains("To install: eng/peers.sh", StringComparison.Ordinal), printed);
    }
}
