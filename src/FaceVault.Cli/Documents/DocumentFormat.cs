namespace FaceVault.Cli.Documents;

/// <summary>What a document is written as.</summary>
internal enum DocumentFormat
{
    /// <summary>The record it is made from.</summary>
    Json = 0,

    /// <summary>Text with marks, for people and for other programs.</summary>
    Markdown,

    /// <summary>One page that needs nothing beside it.</summary>
    Html,
}
