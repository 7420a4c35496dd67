using System.Text;
using FaceVault.Operations;
using FaceVault.Tests.Conventions;
using FaceVault.Tests.Operations;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Calibration;

/// <summary>How a calibration stands in its purpose's row: one spelling, and nothing but what was measured is read.</summary>
public sealed class CalibrationRowTests
{
    private static readonly DateTimeOffset Measured = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_written_is_read_again_to_the_last_bit() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(-1_000_000, 999_999), 40).ToArbitrary(), Gen.Choose(100, 500).ToArbitrary(), (numbers, wanted) =>
        {
            foreach (bool isSearch in (bool[])[false, true])
            {
                PurposeVersion version = Version(isSearch, [.. numbers.Select(number => number / 1e6f)], wanted / 1000.0);
                byte[] row = version.ToRow();
                PurposeVersion read = PurposeVersion.FromRow(row);
                Assert.Equal(version.Calibrations, read.Calibrations);
                Assert.Equal(row, read.ToRow());
            }
        }).Check(Deep.Config(200));

    [Fact]
    public void The_documented_row_is_what_is_written()
    {
        string row = Encoding.UTF8.GetString(Version(isSearch: true, [.. Enumerable.Range(0, 40).Select(i => i / 64f)], 0.1).ToRow());
        Assert.Contains(row[(row.IndexOf('\n', StringComparison.Ordinal) + 1)..], Repository.Read("docs/formats.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"errors\":3", "\"errors\":41")]
    [InlineData("\"errors\":3", "\"errors\":-1")]
    [InlineData("\"trials\":40", "\"trials\":0")]
    [InlineData("\"persons\":40", "\"persons\":41")]
    [InlineData("\"persons\":40,", "")]
    [InlineData("\"kind\":\"identification\"", "\"kind\":\"verification\"")]
    [InlineData("\"kind\":\"identification\"", "\"kind\":\"analysis\"")]
    [InlineData("\"searched\":99", "\"searched\":0")]
    [InlineData("\"model\":\"synthetic\"", "\"model\":\"unheard\"")]
    [InlineData("\"threshold\":\"0.56250006\"", "\"threshold\":\"0.562500060\"")]
    [InlineData("\"threshold\":\"0.56250006\"", "\"threshold\":\"1.5\"")]
    [InlineData("\"threshold\":\"0.56250006\"", "\"threshold\":0.56250006")]
    [InlineData(",\"threshold\":\"0.56250006\"", "")]
    [InlineData("\"wanted\":100000000", "\"wanted\":500000001")]
    [InlineData("\"wanted\":100000000", "\"wanted\":100000000,\"more\":1")]
    [InlineData("\"measured\":\"2026-11-20T08:00:00Z\",", "")]
    public void Anything_else_is_refused(string from, string to)
    {
        string row = Encoding.UTF8.GetString(Version(isSearch: true, [.. Enumerable.Range(0, 40).Select(i => i / 64f)], 0.1).ToRow());
        Assert.Contains(from, row, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => PurposeVersion.FromRow(Encoding.UTF8.GetBytes(row.Replace(from, to, StringComparison.Ordinal))));
    }

    [Fact]
    public void Two_thresholds_of_one_model_are_refused()
    {
        string row = Encoding.UTF8.GetString(Version(isSearch: false, [.. Enumerable.Range(0, 40).Select(i => i / 64f)], 0.1).ToRow());
        int start = row.IndexOf("[{\"falseNegatives", StringComparison.Ordinal) + 1, end = row.IndexOf("],\"retired\"", StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => PurposeVersion.FromRow(Encoding.UTF8.GetBytes(row.Insert(end, "," + row[start..end]))));
    }

    private static PurposeVersion Version(bool isSearch, float[] others, double wanted)
    {
        LabelledScores scores = isSearch ? LabelledScores.ForIdentification(TestVault.Model, 100, 120, 99) : LabelledScores.ForVerification(TestVault.Model);
        scores.AddMated(0, 0.75f);
        scores.AddMated(1, 0.25f);
        for (int i = 0; i < others.Length; i++)
            scores.AddNonMated(i, i + 100, others[i]);
        var purpose = TestVault.Purpose(isSearch ? PurposeKind.Identification : PurposeKind.Verification);
        return new PurposeVersion(purpose).With(scores.Calibrate(wanted, Measured));
    }
}
