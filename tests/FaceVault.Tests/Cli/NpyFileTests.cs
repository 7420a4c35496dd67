using FaceVault.Cli;
using FaceVault.Cli.Input;

namespace FaceVault.Tests.Cli;

public sealed class NpyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Rows_are_read_as_they_were_written(byte version)
    {
        byte[] data = Npy.Of(3, 4, (r, c) => r * 10 + c)[128..];
        using NpyFile npy = NpyFile.Open(_folder.Write("x.npy", Npy.With("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", data, version)));

        Assert.Equal((3L, 4), (npy.Rows, npy.Dimensions));
        Assert.Equal([20f, 21f, 22f, 23f], npy.ReadRow(2));
        Assert.Equal([0f, 1f, 2f, 3f], npy.ReadRow(0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_row_that_is_not_there_is_refused(long row)
    {
        using NpyFile npy = NpyFile.Open(_folder.Write("x.npy", Npy.Of(3, 4, (r, c) => 1)));

        Assert.Equal("RowOutside", Assert.Throws<CliException>(() => npy.ReadRow(row)).Code);
    }

    public static TheoryData<string, string> Headers => new()
    {
        { "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", "'<f8'" },
        { "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }", "'>f4'" },
        { "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }", "little-endian float32" },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2), }", "records" },
        { "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", "Fortran" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", "1 dimensions" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 2), }", "3 dimensions" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "0 dimensions" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4), }", "beyond all measure" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 512), }", "beyond all measure" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 99999999), }", "beyond all measure" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 2), }", "tuple" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 2), }", "tuple" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", "truncated" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", "after its last row" },
        { "{'descr': '<f4', 'fortran_order': False}", "dictionary" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), 'extra': 1}", "does not write" },
        { "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}", "twice" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)} + 1", "dictionary" },
        { "", "dictionary" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_header_that_is_not_plain_float32_in_C_order_is_refused_with_the_reason(string header, string reason)
    {
        CliException refusal = Assert.Throws<CliException>(() => NpyFile.Open(_folder.Write("x.npy", Npy.With(header, new byte[16]))));

        Assert.Equal(("NpyMalformed", ExitCode.Misuse), (refusal.Code, refusal.ExitCode));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_claims_more_than_is_believed_is_not_even_read()
    {
        byte[] file = Npy.With("{}", [], major: 2);
        file[11] = 0x7F;

        Assert.Contains("claims", Assert.Throws<CliException>(() => NpyFile.Open(_folder.Write("x.npy", file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_of_a_good_file_is_refused()
    {
        byte[] whole = Npy.Of(2, 2, (r, c) => 1);

        for (int length = 0; length < whole.Length; length++)
        {
            string path = _folder.Write("x.npy", whole[..length]);
            Assert.Equal("NpyMalformed", Assert.Throws<CliException>(() => NpyFile.Open(path)).Code);
        }
    }

    [Fact]
    public void An_unknown_format_version_is_refused_by_its_number()
    {
        byte[] file = Npy.With("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", new byte[16], major: 3);

        Assert.Contains("3.0", Assert.Throws<CliException>(() => NpyFile.Open(_folder.Write("x.npy", file))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 74, 70, 73, 70, 0, 1 }, "JPEG")]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13 }, "PNG")]
    public void A_photograph_is_recognised_and_the_hint_says_that_an_embedding_is_wanted(byte[] start, string format)
    {
        CliException refusal = Assert.Throws<CliException>(() => NpyFile.Open(_folder.Write("face.jpg", start)));

        Assert.Equal("ImageNotEmbedding", refusal.Code);
        Assert.Contains(format, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("embeddings", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_refused()
    {
        Assert.Equal("InputUnreadable", Assert.Throws<CliException>(() => NpyFile.Open(_folder["absent.npy"])).Code);
        Assert.Equal("InputUnreadable", Assert.Throws<CliException>(() => NpyFile.Open(_folder.Path)).Code);
    }

    [Fact]
    public void Any_changed_byte_of_a_header_is_read_as_what_it_says_or_refused_but_never_crashes()
    {
        byte[] whole = Npy.Of(2, 2, (r, c) => 1);
        for (int at = 0; at < 128; at++)
        {
            foreach (byte value in (byte[])[0, (byte)'9', (byte)'\'', (byte)')', 0xFF])
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                string path = _folder.Write("x.npy", changed);
                Exception? thrown = Record.Exception(() => NpyFile.Open(path).Dispose());
                Assert.True(thrown is null or CliException, $"byte {at} as {value}: {thrown}");
            }
        }
    }
}
