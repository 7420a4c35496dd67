namespace FaceVault.Cli;

/// <summary>Every error sentence of the command line, once: what is wrong, what to do next, and never an identifier.</summary>
internal static class Messages
{
    // The command line
    public static CliException Usage(string sentence) => new("Usage", sentence);

    public static CliException ConfirmationNeeded(string what) => new("ConfirmationNeeded",
        $"This cannot be undone: {what}. Look at it with --dry-run, then repeat the command with --yes.");

    public static CliException Declined() => new("Declined", "Nothing was done, because the question was not answered with yes.");

    public static CliException ExactlyOneOf(string options) => new("Usage", $"Give exactly one of {options}.");

    public static CliException AtLeastOneOf(string options) => new("Usage", $"Give at least one of {options}.");

    public static CliException Interrupted() => new("Interrupted",
        "The command was stopped. What had been answered stays, a destruction that had begun ends by itself, and nothing else has changed.", ExitCode.Interrupted);

    // Files
    public static CliException InputUnreadable(string path, Exception why) => new("InputUnreadable",
        $"The file '{path}' cannot be read: {Reason(why)}. Check the path and the permissions.", ExitCode.Misuse, why);

    public static CliException OutputUnwritable(string path, Exception why) => new("OutputUnwritable",
        $"The file '{path}' cannot be written: {Reason(why)}. Choose a place that can be written; nothing was changed in the vault by this failure.", ExitCode.Misuse, why);

    public static CliException InputTooLarge(string path, long limit) => new("InputTooLarge",
        $"The file '{path}' is larger than the {limit:N0} bytes such a file may have. Check that it is the right file.");

    public static CliException JsonMalformed(string path, string why) => new("JsonMalformed", $"The file '{path}' is not what it should be: {why}");

    // Vectors
    public static CliException ImageNotEmbedding(string path, string format) => new("ImageNotEmbedding",
        $"The file '{path}' is a {format} image, and FaceVault takes embeddings: run the face model first and give its float32 vectors as a NumPy file.");

    public static CliException NpyMalformed(string path, string why) => new("NpyMalformed",
        $"The file '{path}' is not a NumPy file that can be read here: {why}. Write it with numpy.save(path, array.astype('<f4')), where array has the shape [rows, dimensions].");

    public static CliException RowOutside(string path, long rows) => new("RowOutside",
        $"The row asked for is not in '{path}', which has rows 0 to {rows - 1}. Rows count from 0.");

    // Tables
    public static CliException CsvMalformed(string path, long line, string why) => new("CsvMalformed", $"Line {line} of '{path}' cannot be used: {why}.");

    public static CliException LabelsMismatch(string labels, string npy, string why) => new("LabelsMismatch",
        $"The labels in '{labels}' do not match the vectors in '{npy}': {why}. Each row of the vectors needs exactly one line, with its number counted from 0.");

    public static CliException ConsentsMismatch(string consents, string why) => new("ConsentsMismatch", $"The consents in '{consents}' do not fit the labels: {why}.");

    public static CliException SelectionNeedsLabels() => new("Usage", "--select first and --select rest need --labels, because only the labels say which rows belong together.");

    /// <summary>The words of the operating system without the path that .NET repeats in them.</summary>
    internal static string Reason(Exception why) => why switch
    {
        FileNotFoundException => "it does not exist",
        DirectoryNotFoundException => "its folder does not exist",
        UnauthorizedAccessException => "access is denied, or it is a folder",
        PathTooLongException => "its path is too long",
        _ => why.Message.TrimEnd('.'),
    };
}
