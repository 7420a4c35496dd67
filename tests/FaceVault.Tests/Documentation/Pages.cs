using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Documentation;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">Path of the page.</param>
/// <param name="Line">Number of the line of the opening fence, from 1.</param>
/// <param name="Language">What stands behind the fence.</param>
/// <param name="Lines">What stands between the fences.</param>
internal sealed record Block(string Page, int Line, string Language, string[] Lines)
{
    public string Text => string.Join('\n', Lines);
}

/// <summary>The pages that users read.</summary>
internal static class Pages
{
    private const string Fence = "```";

    /// <summary>Every fenced block of a language in all pages, in their order.</summary>
    public static IEnumerable<Block> Blocks(string language) =>
        Repository.Files("", ".md").SelectMany(page => BlocksOf(page, Repository.Lines(page))).Where(block => block.Language == language);

    internal static IEnumerable<Block> BlocksOf(string page, string[] lines)
    {
        for (int open = 0; open < lines.Length; open++)
        {
            if (!lines[open].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            int close = Array.IndexOf(lines, Fence, open + 1);
            Assert.True(close > open, $"{page}:{open + 1}: the block does not end.");
            yield return new Block(page, open + 1, lines[open][Fence.Length..].Trim(), lines[(open + 1)..close]);
            open = close;
        }
    }
}
