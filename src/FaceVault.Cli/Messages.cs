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

    public static CliException IdEmpty(string code, string of) => new(code, $"The {of}'s id is empty and so names none. Give the id.", Cli.ExitCode.Failed);

    public static CliException Interrupted() => new("Interrupted",
        "The command was stopped. What had been answered stays, a destruction that had begun ends by itself, and nothing else has changed.", Cli.ExitCode.Interrupted);

    // The vault's folder
    public static CliException TooFewRoots() => new("RootPathRefused",
        "One root location alone loses the vault with one bad sector. Give --root twice, on different devices, or say --single-root.", Cli.ExitCode.Failed);

    public static CliException PurposeUnknown() => new("PurposeUnknown",
        "The vault has no purpose of that id. List them with 'facevault purpose list'.", Cli.ExitCode.Failed);

    public static CliException ConsentUnknown() => new("ConsentUnknown",
        "The vault knows no consent of that id, or its evidence was destroyed. Check the id; nothing was changed.", Cli.ExitCode.Failed);

    public static CliException SubjectUnknown() => new("ConsentUnknown",
        "The vault knows no consent of that subject, or the evidence of all of them was destroyed. Check the id; nothing was changed.", Cli.ExitCode.Failed);

    public static CliException NoConsentToPurposes() => new(nameof(ViolationCode.ScopeUnknown),
        "The vault knows no consent of that subject to these purposes. Check the ids; nothing was changed.", Cli.ExitCode.Failed);

    public static CliException DemoFailed() => new("DemoFailed",
        "The copy from before the withdrawal was opened, and it must not. Please report this with the version of the program and of the file system.", Cli.ExitCode.Failed);

    // Certificates
    public static CliException ListNeedsNoReceipt() => new("Usage", "--receipt belongs to one certificate, and this file holds several. Check that certificate alone.");

    // Files
    public static CliException InputUnreadable(string path, Exception why) => new("InputUnreadable",
        $"The file '{path}' cannot be read: {Reason(why)}. Check the path and the permissions.", Cli.ExitCode.Misuse, why);

    public static CliException OutputUnwritable(string path, Exception why) => new("OutputUnwritable",
        $"The file '{path}' cannot be written: {Reason(why)}. Choose a place that can be written; nothing was changed in the vault by this failure.", Cli.ExitCode.Misuse, why);

    public static CliException OutputPrecious(string path) => new("OutputUnwritable",
        $"The file '{path}' is a store, a root key, the description of a vault or a set of vectors, and a result would replace it. Choose another place; nothing was changed.");

    public static CliException InputTooLarge(string path, long limit) => new("InputTooLarge",
        $"The file '{path}' is larger than the {limit:N0} bytes such a file may have. Check that it is the right file.");

    public static CliException JsonMalformed(string path, string why) => new("JsonMalformed", $"The file '{path}' is not what it should be: {why}");

    public static CliException ListNotUtf8(string path) => new("ListMalformed", $"The list of ids in '{path}' is not UTF-8 text. Write one id a line.");

    public static CliException ListEmpty(string path) => new("ListMalformed", $"The list of ids in '{path}' is empty. Write one id a line.");

    public static CliException CertificateUnwritable(string path, Exception why) => new("OutputUnwritable",
        $"The keys are destroyed, but '{path}' could not be written: {Reason(why)}. The certificates stand on standard output instead; the same command gives them again.", Cli.ExitCode.Failed, why);

    public static CliException ReceiptsUnwritable(string path, Exception why) => new("OutputUnwritable",
        $"The consents are granted, but '{path}' could not be written: {Reason(why)}. The receipts stand on standard output instead; the same command gives them again.", Cli.ExitCode.Failed, why);

    public static CliException CopyUnwritable(string path, Exception why) => new("OutputUnwritable",
        $"The copy is noted in the consent's record, but '{path}' could not be written: {Reason(why)}. Nothing is left of it there; make the copy again.", Cli.ExitCode.Failed, why);

    // Vectors
    public static CliException ImageNotEmbedding(string path, string format) => new("ImageNotEmbedding",
        $"The file '{path}' is a {format} image, and FaceVault takes embeddings: run the face model first and give its float32 vectors as a NumPy file.");

    public static CliException NpyMalformed(string path, string why) => new("NpyMalformed",
        $"The file '{path}' is not a NumPy file that can be read here: {why}. Write it with numpy.save(path, array.astype('<f4')), where array has the shape [rows, dimensions].");

    public static CliException RowOutside(string path, long rows) => new("RowOutside",
        $"The row asked for is not in '{path}', which has rows 0 to {rows - 1}. Rows count from 0.");

    public static CliException DimensionsDiffer(string path, int got, int wanted) => new("MalformedTemplate",
        $"The vectors in '{path}' have {got} dimensions and the gallery's model has {wanted}. Use the vectors of that model, or name another with --model.", Cli.ExitCode.Failed);

    public static CliException MalformedProbe(string path, long row, Exception? why = null) => new("MalformedTemplate",
        $"Row {row} of '{path}' cannot be compared: it holds NaN, an infinity or only zeros. Leave the row out or compute its embedding again.", Cli.ExitCode.Failed, why);

    // Thresholds
    public static CliException RateOfAnotherKind() => new(nameof(ViolationCode.ThresholdNotCalibrated),
        "The rate belongs to another kind of comparison than the purpose is for: --fmr is for verification, --fpir for identification. Nothing was measured.", Cli.ExitCode.Failed);

    public static CliException GalleryIsLarger(int persons) => new("Usage",
        $"More persons are enrolled than --gallery allows: {persons:N0}. Give so many or more.");

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
