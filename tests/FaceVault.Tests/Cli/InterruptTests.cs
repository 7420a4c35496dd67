using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FaceVault.Cli;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Cli;

/// <summary>Ctrl-C and a request to terminate: whole lines, the documented exit code, and a vault that nothing happened to.</summary>
[Collection(Alone.Name)]
public sealed class InterruptTests
{
    [Fact]
    public async Task An_identify_that_is_interrupted_ends_with_a_whole_line_and_130()
    {
        const int probes = 6_000;
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 20, images: 1);
        (string npy, _) = vault.MakeFaces(20, probes / 20);
        string[] identify = ["identify", vault.Path, "--purpose", "door", "--npy", npy, "--rank-only"];
        SortedDictionary<string, string> before = Unchanged.Print(vault.Path);

        // Nobody reads more than the first lines, so the pipe fills up and the command is in its middle for as long as this takes.
        using Process process = RealProcess.Start(identify);
        var output = new StringBuilder();
        for (int i = 0; i < 3; i++)
            output.Append(await process.StandardOutput.ReadLineAsync()).Append('\n');
        await RealProcess.SignalAsync(process, "INT");
        Answer rest = await RealProcess.AnswerAsync(process);

        Assert.Equal((ExitCode.Interrupted, "Interrupted"), (rest.ExitCode, Assert.Single(rest.Codes)));
        Assert.StartsWith("Stopping; ", rest.Error, StringComparison.Ordinal);
        output.Append(rest.Out);
        Assert.Equal('\n', output[^1]);
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 3, probes / 2);
        for (int row = 0; row < lines.Length; row++)
        {
            using JsonDocument line = JsonDocument.Parse(lines[row]);
            Assert.Equal(row, line.RootElement.GetProperty("row").GetInt32());
            Assert.Equal(5, line.RootElement.GetProperty("candidates").GetArrayLength());
        }

        SortedDictionary<string, string> after = Unchanged.Print(vault.Path);
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal(before["templates.db"], after["templates.db"]); // the key store counts the searches
        Answer audit = await vault.RunAsync("audit");
        Assert.True(audit.ExitCode == ExitCode.Done, audit.Out + audit.Error);
    }

    [Fact]
    public async Task A_file_of_candidates_is_whole_or_stays_as_it_was()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 20, images: 1);
        (string npy, _) = vault.MakeFaces(20, 200);
        string found = vault.Folder.Write("found.ndjson", "of yesterday\n");
        string[] identify = ["identify", vault.Path, "--purpose", "door", "--npy", npy, "--rank-only", "--out", found, "--summary", vault.Folder["summary.json"]];
        using var stop = new CancellationTokenSource();
        using StringWriter output = new(), error = new();
        var terminal = new Terminal { In = TextReader.Null, Out = output, Error = error, Clock = new StoppingClock(stop, stamps: 5), Environment = _ => null };

        Assert.Equal(ExitCode.Interrupted, await Program.RunAsync(identify, terminal, stop.Token));

        Assert.Equal("", output.ToString());
        Assert.Equal("of yesterday\n", File.ReadAllText(found));
        Assert.False(File.Exists(found + ".part") || File.Exists(vault.Folder["summary.json"]) || File.Exists(vault.Folder["summary.json.part"]));
        Assert.Equal(ExitCode.Done, (await Run.Of(identify)).ExitCode);
        Assert.Equal(4_000, File.ReadLines(found).Count());
    }

    [Fact]
    public async Task A_process_that_is_asked_to_stop_says_so_and_exits_with_130()
    {
        using Process demo = RealProcess.Start("demo", "--subjects", "1000000");
        string folder = (await demo.StandardOutput.ReadLineAsync())!.Split(" in ")[1].Split(',')[0];
        while (await demo.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("3. ", StringComparison.Ordinal))
        {
        }
        await RealProcess.SignalAsync(demo, "TERM");

        Answer answer = await RealProcess.AnswerAsync(demo);
        Assert.Equal((ExitCode.Interrupted, "Interrupted"), (answer.ExitCode, Assert.Single(answer.Codes)));
        Assert.False(Directory.Exists(folder));
    }

    /// <summary>Presses Ctrl-C when so many spans of time were measured: the search measures two points of each batch.</summary>
    private sealed class StoppingClock(CancellationTokenSource stop, int stamps) : TimeProvider
    {
        private int _stamps;

        public override long GetTimestamp()
        {
            if (Interlocked.Increment(ref _stamps) == stamps)
                stop.Cancel();
            return System.GetTimestamp();
        }
    }
}
