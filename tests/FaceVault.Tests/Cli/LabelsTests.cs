using FaceVault.Cli;
using FaceVault.Cli.Input;

namespace FaceVault.Tests.Cli;

public sealed class LabelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private readonly NpyFile _npy;

    public LabelsTests() => _npy = NpyFile.Open(_folder.Write("x.npy", Npy.Of(5, 2, (r, c) => 1)));

    public void Dispose()
    {
        _npy.Dispose();
        _folder.Dispose();
    }

    private Labels Read(string text) => Labels.Read(_folder.Write("labels.csv", text), _npy);

    private CliException Refused(string text) => Assert.Throws<CliException>(() => Read(text));

    [Fact]
    public void First_takes_the_first_row_of_each_identity_and_rest_the_others()
    {
        Labels labels = Read("row,identity,image\n0,b,i\n1,a,i\n2,b,i\n3,a,i\n4,c,i\n");

        Assert.Equal([0L, 1, 2, 3, 4], labels.Rows(Selection.All));
        Assert.Equal([0L, 1, 4], labels.Rows(Selection.First));
        Assert.Equal([2L, 3], labels.Rows(Selection.Rest));
        Assert.Equal("a", labels.Identity(3));
    }

    [Fact]
    public void The_time_of_a_capture_is_told_where_it_is_known()
    {
        Labels labels = Read("captured,row,identity,image\n2026-11-21T08:30:00Z,0,b,i\n,1,a,i\n2026-11-21T08:30:00+08:00,2,b,i\n,3,a,i\n,4,c,i\n");

        Assert.Equal([new DateTimeOffset(2026, 11, 21, 8, 30, 0, TimeSpan.Zero), null, new DateTimeOffset(2026, 11, 21, 0, 30, 0, TimeSpan.Zero), null, null], Enumerable.Range(0, 5).Select(row => labels.Captured(row)));
        Assert.Null(Read("row,identity,image\n0,b,i\n1,a,i\n2,b,i\n3,a,i\n4,c,i\n").Captured(3));
    }

    [Fact]
    public void Groups_bring_the_rows_of_one_identity_together()
    {
        Labels labels = Read("row,identity,image\r\n4,b,i\r\n1,a,i\r\n2,\"b\",\"x, \"\"y\"\"\"\r\n3,a,i\r\n0,b,i\r\n");

        (string Identity, IReadOnlyList<long> Rows)[] groups = [.. labels.Groups(Selection.All)];
        Assert.Equal(["b", "a"], groups.Select(g => g.Identity));
        Assert.Equal([0L, 2, 4], groups[0].Rows);
        Assert.Equal([1L, 3], groups[1].Rows);
    }

    [Theory]
    [InlineData("row,identity,image\n0,a,i\n1,a,i\n", "LabelsMismatch", "2 rows are labelled and there are 5")]
    [InlineData("row,identity,image\n0,a,i\n0,a,i\n", "LabelsMismatch", "again")]
    [InlineData("row,identity,image\n5,a,i\n", "LabelsMismatch", "last row is 4")]
    [InlineData("row,identity,image\n-1,a,i\n", "CsvMalformed", "whole number")]
    [InlineData("row,identity,image\n1.0,a,i\n", "CsvMalformed", "whole number")]
    [InlineData("row,identity,image\n0,,i\n", "CsvMalformed", "identity is empty")]
    [InlineData("row,identity,image\n0,a\n", "CsvMalformed", "2 fields")]
    [InlineData("row,identity,image\n0,\"a,i\n", "CsvMalformed", "closing quote")]
    [InlineData("row,identity,image\n0,a\"b,i\n", "CsvMalformed", "inside an unquoted field")]
    [InlineData("row,identity,image\n0,\"a\"b,i\n", "CsvMalformed", "other than a comma")]
    [InlineData("row,identity\n0,a\n", "CsvMalformed", "lacks the column 'image'")]
    [InlineData("row,identity,image,name\n0,a,i,n\n", "CsvMalformed", "'name'")]
    [InlineData("row,identity,image,row\n0,a,i,0\n", "CsvMalformed", "twice")]
    [InlineData("row,identity,image,captured\n0,a,i,2026-11-21\n", "CsvMalformed", "no time")]
    [InlineData("", "CsvMalformed", "empty")]
    public void Labels_that_do_not_match_the_vectors_are_refused_with_the_reason(string text, string code, string reason)
    {
        CliException refusal = Refused(text);

        Assert.Equal((code, ExitCode.Misuse), (refusal.Code, refusal.ExitCode));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        string path = _folder.Write("labels.csv", [.. "row,identity,image\n0,"u8, 0xC3, 0x28, .. ",i\n"u8]);

        Assert.Equal("CsvMalformed", Assert.Throws<CliException>(() => Labels.Read(path, _npy)).Code);
    }
}
