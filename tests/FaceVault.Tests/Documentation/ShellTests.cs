using System.CommandLine;
using System.Diagnostics;
using System.Text;
using FaceVault.Cli;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Documentation;

/// <summary>What the pages tell people to type.</summary>
[Collection(Alone.Name)]
public sealed class ShellTests
{
    [Fact]
    public void Every_command_line_in_the_documentation_is_understood()
    {
        var lines = Pages.Blocks("sh").SelectMany(block => block.Lines.Select((line, i) => (Place: $"{block.Page}:{block.Line + 1 + i}", Words: Words(line.Trim()))))
            .Where(line => line.Words is ["facevault", ..]).ToArray();
        Assert.InRange(lines.Length, 20, 500);
        Assert.Empty(
            from line in lines
            let parsed = DocumentationTests.Tree().Parse(line.Words[1..], new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false })
            from error in parsed.Errors
            select $"{line.Place}: {error.Message}");
    }

    [Fact]
    public void What_is_not_a_command_line_of_facevault_is_run_somewhere()
    {
        Assert.Equal(
            [
                ("README.md", "eng/demo.sh"),                       // both scripts are run with every change
                ("docs/getting-started.md", "dotnet nuget add"),    // run as it stands by eng/package.sh
                ("docs/operating.md", "mkdir a b"),                 // the drill, run below
                ("docs/review.md", "dotnet test tests/FaceVault.Tests"), // its traits are compared with the threat model
            ],
            from block in Pages.Blocks("sh")
            let first = Words(block.Lines[0])
            where block.Lines.Any(line => line.Length > 0 && Words(line.Trim()) is not ([] or ["facevault", ..]))
            select (block.Page, string.Join(' ', first.Take(3))));
        Assert.Contains("docs/getting-started.md", Repository.Read("eng/package.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_drill_ends_as_the_page_says()
    {
        string drill = Pages.Blocks("sh").Single(block => block.Page == "docs/operating.md" && block.Text.Contains("rm -r vault", StringComparison.Ordinal)).Text;
        using var folder = new TemporaryFolder();
        // A temporary folder may be a tmpfs, where root locations are for trials only.
        string preface = $$"""
            set -euo pipefail
            unset FACEVAULT_ROOT FACEVAULT_PASSPHRASE_FILE
            facevault() {
                case "$1 $2" in init\ * | root\ add) set -- "$@" --allow-ephemeral-root ;; esac
                dotnet '{{RealProcess.Tool}}' "$@"
            }
            """;
        var start = new ProcessStartInfo("bash", ["-c", preface + '\n' + drill]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process bash = Process.Start(start)!;
        Answer answer = await RealProcess.AnswerAsync(bash);
        Assert.True(answer.ExitCode == 0, answer.Out + answer.Error);
        Assert.Equal(["ErasureIncomplete"], answer.Codes);
        Assert.True(File.Exists(folder["c-17.certificate"]));
    }

    /// <summary>The words of a line as a shell sees them, up to a comment, a pipe or a redirection; variables are left as they are.</summary>
    private static string[] Words(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        char quote = '\0';
        foreach (char c in line + ' ')
        {
            if (quote != '\0')
            {
                if (c == quote)
                    quote = '\0';
                else
                    word.Append(c);
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if (c != ' ')
            {
                word.Append(c);
            }
            else if (word.Length > 0)
            {
                if (word.ToString() is "#" or "|" or "||" or "&&" or ">" or "<" or ";" or "\\")
                    break;
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return [.. words];
    }
}
