namespace FaceVault.Cli.Documents;

/// <summary>Writes a document of headings, paragraphs, lists and tables. Every text given is plain: whatever in it would be a mark is escaped, so that no purpose's description becomes part of the page.</summary>
internal abstract class DocumentWriter
{
    /// <param name="format">Markdown or HTML.</param>
    /// <param name="title">The first heading.</param>
    public static DocumentWriter Create(DocumentFormat format, string title) => format == DocumentFormat.Html ? new HtmlWriter(title) : new MarkdownWriter(title);

    public abstract void Heading(string text);

    public abstract void Paragraph(string text);

    public abstract void List(IEnumerable<string> items);

    /// <summary>A table; of two columns without a head, a list of names and values.</summary>
    public abstract void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows);

    /// <summary>Lines that stay as they are.</summary>
    public abstract void Lines(string text);

    /// <summary>The whole document, ending with a line end.</summary>
    public abstract string Finish();
}
