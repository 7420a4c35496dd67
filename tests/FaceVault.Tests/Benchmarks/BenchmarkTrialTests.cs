using Xunit.Abstractions;

namespace FaceVault.Tests.Benchmarks;

/// <summary>The benchmark program, run as a process and small: what it times is right, and nothing here looks at a time.</summary>
[Collection(Alone.Name)]
public class BenchmarkTrialTests(ITestOutputHelper output)
{
    /// <summary>The trial finds benchmarks by their attribute, runs each one once behind its own check, and fails with the first that is wrong.</summary>
    [Fact]
    public async Task Every_benchmark_runs_and_checks_its_answers_first()
    {
        string ran = await BenchmarkProgram.RunAsync("trial");
        output.WriteLine(ran);
        Assert.All(
            ["Identify.Identify", "Search.FindAll", "Search.Score", "IdentifyAsync.OneCaller", "Verify.VerifyFace", "GalleryLoad.Load", "Enroll.Enroll", "Enroll.Grant", "Withdraw.WithdrawOne", "Certificate.Check", "Template.Seal", "Template.Open"],
            (string name) => Assert.Contains(name.Replace(".", "Benchmarks.", StringComparison.Ordinal), ran, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_figures_of_searches_are_printed_after_their_answers_were_checked()
    {
        string matching = await BenchmarkProgram.RunAsync("figures", "--only", "matching", "--scale", "0"), growth = await BenchmarkProgram.RunAsync("figures", "--only", "gallery-growth", "--to", "10000");
        output.WriteLine(matching + growth);
        Assert.All(
            ["Int8, 1 probe: selection and barrier, top 10, random order", "top 1,000", "ascending", "Float32, 256 probes: two threads", "Int8, memory", "Float32, 64 probes: allocated"],
            (string row) => Assert.Contains(row, matching, StringComparison.Ordinal));
        Assert.All(["Int8, 10,000 templates of 512 ", "Float32, 10,000 templates of 512 "], (string row) => Assert.Contains(row, growth, StringComparison.Ordinal));
    }
}
