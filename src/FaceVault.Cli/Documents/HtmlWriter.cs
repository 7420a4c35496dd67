using System.Net;
using System.Text;

namespace FaceVault.Cli.Documents;

/// <summary>One HTML page without scripts, pictures, fonts or links: it asks for nothing from anywhere, and its own policy says so to the browser.</summary>
internal sealed class HtmlWriter : DocumentWriter
{
    private readonly StringBuilder _text = new();

    public HtmlWriter(string title) => _text.Append($$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width">
        <title>{{Escape(title)}}</title>
        <style>
        body { font-family: sans-serif; line-height: 1.5; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #111; background: #fff }
        table { border-collapse: collapse; width: 100% }
        th, td { border: 1px solid #999; padding: .3em .6em; text-align: left; vertical-align: top; overflow-wrap: anywhere }
        th { background: #eee }
        pre { overflow-x: auto; background: #f6f6f6; padding: .6em }
        </style>
        </head>
        <body>
        <h1>{{Escape(title)}}</h1>

        """.ReplaceLineEndings("\n"));

    public override void Heading(string text) => _text.Append("<h2>").Append(Escape(text)).Append("</h2>\n");

    public override void Paragraph(string text) => _text.Append("<p>").Append(Escape(text)).Append("</p>\n");

    public override void List(IEnumerable<string> items)
    {
        _text.Append("<ul>\n");
        foreach (string item in items)
            _text.Append("<li>").Append(Escape(item)).Append("</li>\n");
        _text.Append("</ul>\n");
    }

    public override void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        _text.Append("<table>\n");
        if (head.Any(name => name.Length > 0))
            Row("th", head);
        foreach (IReadOnlyList<string> row in rows)
            Row("td", row);
        _text.Append("</table>\n");
    }

    public override void Lines(string text) => _text.Append("<pre>").Append(Escape(text.TrimEnd('\n'))).Append("</pre>\n");

    public override string Finish() => _text.Append("</body>\n</html>\n").ToString();

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private void Row(string tag, IReadOnlyList<string> cells)
    {
        _text.Append("<tr>");
        foreach (string cell in cells)
            _text.Append('<').Append(tag).Append('>').Append(Escape(cell)).Append("</").Append(tag).Append('>');
        _text.Append("</tr>\n");
    }
}
