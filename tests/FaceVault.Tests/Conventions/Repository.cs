namespace FaceVault.Tests.Conventions;

/// <summary>The working tree the tests were built from: the folder above the test assembly that holds the solution.</summary>
internal static class Repository
{
    private static readonly string[] Generated = ["bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".git", ".vs", ".idea"];
    private static readonly string[] Text = [".cs", ".md", ".sh", ".json", ".props", ".targets", ".csproj", ".sln", ".txt", ".sql", ".py", ".yml", ".xml", ".editorconfig", ".gitignore", ".gitattributes", ""];

    public static string Root { get; } = Find();

    /// <summary>Files below a folder of the repository that somebody wrote, as paths relative to the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files(string folder = "", string extension = "") =>
        [.. Walk(new DirectoryInfo(Path.Combine(Root, folder)))
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
            .Where(path => extension.Length == 0 || path.EndsWith(extension, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    public static IEnumerable<string> TextFiles() => Files().Where(path => Text.Contains(Path.GetExtension(path)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        !folder.Exists ? [] : folder.EnumerateFiles().Concat(folder.EnumerateDirectories().Where(d => !Generated.Contains(d.Name)).SelectMany(Walk));

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FaceVault.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests read the sources of the repository; run them from a folder below FaceVault.sln.");
    }
}
