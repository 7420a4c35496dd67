using System.CommandLine;
using FaceVault.Cli.Documents;

namespace FaceVault.Cli.Options;

/// <summary><c>--format json|markdown|html</c>.</summary>
internal static class FormatOption
{
    public static Option<DocumentFormat> Create() => new("--format")
    {
        Description = "What to print: json, markdown or html. Default: json.",
        HelpName = "FORMAT",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            switch (result.Tokens is [var token] ? token.Value : null)
            {
                case "json":
                    return DocumentFormat.Json;
                case "markdown":
                    return DocumentFormat.Markdown;
                case "html":
                    return DocumentFormat.Html;
                default:
                    result.AddError("--format takes json, markdown or html.");
                    return DocumentFormat.Json;
            }
        },
    };

    /// <summary>Prints a record as it is, or the document that is made of it.</summary>
    /// <param name="context">The command.</param>
    /// <param name="format">As what.</param>
    /// <param name="record">The record, JSON in UTF-8.</param>
    /// <param name="make">Makes the document.</param>
    public static void Print(CommandContext context, DocumentFormat format, byte[] record, Func<byte[], DocumentFormat, string> make)
    {
        if (format == DocumentFormat.Json)
            context.Terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(record));
        else
            context.Terminal.Out.Write(make(record, format));
    }
}
