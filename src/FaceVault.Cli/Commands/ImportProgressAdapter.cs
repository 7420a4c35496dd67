namespace FaceVault.Cli.Commands;

/// <summary>Turns the progress of an import into a number of items done.</summary>
internal sealed class ImportProgressAdapter(IProgress<long> progress) : IProgress<ImportProgress>
{
    public void Report(ImportProgress value) => progress.Report(value.Enrolled + value.Skipped);
}
