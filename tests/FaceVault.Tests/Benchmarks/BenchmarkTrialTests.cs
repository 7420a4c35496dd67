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
            ["Identify.Identify", "IdentifyAsync.OneCaller", "Verify.VerifyFace", "GalleryLoad.Load", "Enroll.Enroll", "Enroll.Grant", "Withdraw.WithdrawOne", "Certificate.Check", "Template.Seal", "Template.Open"],
            (string name) => Assert.Contains(name.Replace(".", "Benchmarks.", StringComparison.Ordinal), ran, StringComparison.Ordinal));
    }
}
