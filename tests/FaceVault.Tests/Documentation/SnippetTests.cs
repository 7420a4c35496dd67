using System.Text.RegularExpressions;
using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Documentation;

/// <summary>Every piece of C# in the documentation is, word for word, code that is compiled: a whole file, or what a file marks with <c>// NAME begins</c> and <c>// NAME ends</c>. <see cref="SampleTests"/> runs it.</summary>
public sealed partial class SnippetTests
{
    [Fact]
    public void Every_piece_of_code_in_the_documentation_is_compiled()
    {
        Block[] quoted = [.. Pages.Blocks("csharp")];
        HashSet<string> compiled = [.. Regions().Select(region => region.Code), .. Sources().Select(source => Repository.Read(source).TrimEnd('\n'))];
        Assert.True(quoted.Length >= 15, $"only {quoted.Length} pieces of code were found");
        Assert.Empty(quoted.Where(block => !compiled.Contains(block.Text)).Select(block => $"{block.Page}:{block.Line}: no compiled code says this:\n{block.Text}"));
    }

    [Fact]
    public void Every_piece_that_is_marked_for_the_documentation_stands_there()
    {
        HashSet<string> quoted = [.. Pages.Blocks("csharp").Select(block => block.Text)];
        Assert.Empty(Regions().Where(region => !quoted.Contains(region.Code)).Select(region => $"{region.Name} is quoted by no page:\n{region.Code}"));
    }

    [Fact]
    public void No_piece_of_code_is_longer_than_a_reader_s_patience() =>
        Assert.Empty(Pages.Blocks("csharp").Where(block => block.Lines.Length > 60).Select(block => $"{block.Page}:{block.Line}"));

    [Fact]
    public void Every_block_says_what_it_is_and_none_escapes() // what is called by another name would not be compared
    {
        Block[] blocks = [.. Repository.Files("", ".md").SelectMany(page => Pages.BlocksOf(page, Repository.Lines(page)))];
        Assert.Empty(blocks.Where(block => block.Language is not ("csharp" or "sh" or "json" or "ini" or "text")).Select(block => $"{block.Page}:{block.Line}: '{block.Language}' is read by no test"));
        Assert.Empty(blocks.Where(block => block.Language == "text" && block.Lines.Any(line => CodeOrCommand().IsMatch(line))).Select(block => $"{block.Page}:{block.Line}: looks like code or a command"));
        Assert.Empty(
            from page in Repository.Files("", ".md")
            from line in Repository.Lines(page).Select((text, i) => (Text: text, Number: i + 1))
            where HiddenFence().IsMatch(line.Text)
            select $"{page}:{line.Number}: a fence is three backquotes at the beginning of a line");
    }

    private static IEnumerable<string> Sources() =>
        Repository.Files("", ".cs").Where(path => path.Contains("Samples", StringComparison.Ordinal));

    private static IEnumerable<(string Name, string Code)> Regions()
    {
        foreach (string source in Sources())
        {
            string[] lines = Repository.Lines(source);
            for (int begin = 0; begin < lines.Length; begin++)
            {
                if (Begin().Match(lines[begin]) is not { Success: true } mark)
                    continue;
                string name = mark.Groups["name"].Value;
                int end = Array.FindIndex(lines, begin, line => line.Trim() == $"// {name} ends");
                Assert.True(end > begin + 1, $"{source}: {name} does not end.");
                yield return ($"{source}: {name}", Dedented(lines[(begin + 1)..end]));
            }
        }
    }

    private static string Dedented(string[] lines)
    {
        int margin = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart(' ').Length);
        return string.Join('\n', lines.Select(line => line.Length > margin ? line[margin..] : ""));
    }

    [GeneratedRegex(@"^\s*(facevault|\$|using|var|await|namespace) |[;{]$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeOrCommand();

    [GeneratedRegex(@"^\s*~~~|^[ \t>*-]+```", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HiddenFence();

    [GeneratedRegex(@"^ *// (?<name>\w+) begins$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Begin();
}
