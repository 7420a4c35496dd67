using FaceVault.Tests.Cli;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Histories;

/// <summary>The same histories over SQLite files: the thief's copies are made by another process and read page by page, logs and frames of failed commits too.</summary>
[Collection(Alone.Name)]
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class SqliteHistoryTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Whatever_happens_over_files_promises_are_kept(int roots, int mirrors) =>
        Prop.ForAll(Move.Histories(20).ToArbitrary(), moves =>
        {
            using var folder = new TemporaryFolder();
            HistoryTests.RunAsync(SqliteBed.Make(folder.Path, roots, mirrors), moves).GetAwaiter().GetResult();
        }).Check(Deep.Config(4));
}
