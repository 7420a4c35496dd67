using System.Text.Json;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>The whole way of real embeddings through the command line.</summary>
public sealed class RealFacesCommandTests
{
    [RealFacesFact]
    public async Task Real_faces_are_imported_identified_and_one_that_withdraws_changes_nobody_elses_results()
    {
        using var folder = new TemporaryFolder();
        string vault = folder["vault"], npy = Path.Combine(RealFaces.Folder!, "embeddings.npy"), labels = Path.Combine(RealFaces.Folder!, "labels.csv");
        Answer made = await Run.Of("init", vault, "--root", folder["root.key"], "--single-root", "--no-mirror", "--allow-ephemeral-root", "--json");
        string key = JsonDocument.Parse(made.Out).RootElement.GetProperty("verifierKey").GetString()!;
        await Done("purpose", "add", vault, folder.Write("door.json", (await Run.Of("purpose", "template")).Out.Replace("int8", "float32", StringComparison.Ordinal)));
        await Done("import", vault, "--purpose", "door", "--npy", npy, "--labels", labels, "--select", "first", "--synthetic-consents");
        string[] identify = ["identify", vault, "--purpose", "door", "--npy", npy, "--labels", labels, "--select", "rest", "--top", "5", "--rank-only", "--summary", folder["summary.json"], "--out"];

        await Done([.. identify, folder["before"]]);
        using (JsonDocument summary = JsonDocument.Parse(File.ReadAllText(folder["summary.json"])))
        {
            Assert.Equal((3495, 3495L * 2903), (summary.RootElement.GetProperty("probes").GetInt32(), summary.RootElement.GetProperty("comparisons").GetInt64()));
            Assert.Equal(0.9854, summary.RootElement.GetProperty("rank1").GetDouble(), 0.0005);
        }
        string[] before = File.ReadAllLines(folder["before"]);
        string leaving = JsonDocument.Parse(before[0]).RootElement.GetProperty("candidates")[0].GetProperty("consent").GetString()!;
        Directory.CreateDirectory(folder["empty"]);
        string certificate = Path.Combine(folder["empty"], "certificate.json");
        await Done("withdraw", vault, "--consent", leaving, "--certificate", certificate, "--yes");

        await Done([.. identify, folder["after"]]);
        string[] after = File.ReadAllLines(folder["after"]);
        Assert.DoesNotContain(after, line => line.Contains($"\"{leaving}\"", StringComparison.Ordinal));
        Assert.All(before.Zip(after).Where(pair => !pair.First.Contains($"\"{leaving}\"", StringComparison.Ordinal)), pair => Assert.Equal(pair.First, pair.Second));
        await Done("certificate", "check", certificate, "--key", key);
    }

    private static async Task Done(params string[] args)
    {
        Answer answer = await Run.Of(args);
        Assert.True(answer.ExitCode == ExitCode.Done, $"{string.Join(' ', args)}: {answer.Error}{answer.Out}");
    }
}
