using System.Text;

namespace FaceVault.Cli.Documents;

/// <summary>CommonMark with tables.</summary>
internal sealed class MarkdownWriter : DocumentWriter
{
    private const string Marks = "\\`*_{}[]<>#|~&!";

    private readonly StringBuilder _text = new();

    public MarkdownWriter(string title) => _text.Append("# ").Append(Escape(title)).Append('\n');

    public override void Heading(string text) => _text.Append("\n## ").Append(Escape(text)).Append('\n');

    public override void Paragraph(string text) => _text.Append('\n').Append(Escape(text)).Append('\n');

    public override void List(IEnumerable<string> items)
    {
        _text.Append('\n');
        foreach (string item in items)
            _text.Append("- ").Append(Escape(item)).Append('\n');
    }

    public override void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        _text.Append('\n');
        Row(head);
        _text.Append('|').Insert(_text.Length, "---|", head.Count).Append('\n');
        foreach (IReadOnlyList<string> row in rows)
            Row(row);
    }

    public override void Lines(string text)
    {
        int longest = 0, run = 0;
        foreach (char c in text)
            longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        string fence = new('`', Math.Max(3, longest + 1));
        _text.Append('\n').Append(fence).Append("text\n").Append(text.TrimEnd('\n')).Append('\n').Append(fence).Append('\n');
    }

    public override string Finish() => _text.ToString();

    /// <summary>One line of plain text: marks are escaped, and what begins a line (a number of a list, a dash, a plus sign) is too.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (char c in text.ReplaceLineEndings(" ").Replace('\t', ' ').Trim())
        {
            if (Marks.Contains(c, StringComparison.Ordinal) || (c is '-' or '+' or '=' && escaped.Length == 0) || (c is '.' or ')' && escaped.Length is > 0 and <= 9 && escaped.ToString().All(char.IsAsciiDigit)))
                escaped.Append('\\');
            escaped.Append(c);
        }
        return escaped.ToString();
    }

    private void Row(IReadOnlyList<string> cells)
    {
        foreach (string cell in cells)
            _text.Append("| ").Append(Escape(cell)).Append(' ');
        _text.Append("|\n");
    }
}
