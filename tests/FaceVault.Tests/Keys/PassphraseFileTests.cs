using System.Text;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Keys;

/// <summary>A passphrase that stands alone in a file.</summary>
public sealed class PassphraseFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("correct horse", "correct horse")]
    [InlineData("correct horse\n", "correct horse")]
    [InlineData("correct horse\r\n", "correct horse")]
    [InlineData("correct horse\n\n", "correct horse\n")]
    [InlineData(" ", " ")]
    public void It_is_the_bytes_of_the_file_without_one_line_end(string content, string passphrase) =>
        Assert.Equal(passphrase, Read(folder.Write("words", content)));

    [Fact]
    public void It_has_at_most_1_024_bytes()
    {
        Assert.Equal(1024, Read(folder.Write("words", new string('x', 1024) + "\r\n")).Length);
        foreach (string content in new[] { "", "\n", "\r\n", new string('x', 1025), new string('x', 3000) })
        {
            ArgumentException refused = Assert.Throws<ArgumentException>("path", () => Read(folder.Write("words", content)));
            Assert.DoesNotContain("xx", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_the_caller_s_mistake()
    {
        Assert.Throws<ArgumentException>("path", () => Read(folder["nothing"]));
        Assert.Throws<ArgumentException>("path", () => Read(folder.Path));
        Assert.Throws<ArgumentException>("path", () => Read(" "));
        Assert.Throws<ArgumentNullException>("use", () => FileRootKeyStore.ReadPassphraseFile<int>(folder["nothing"], null!));
    }

    private static string Read(string path) => FileRootKeyStore.ReadPassphraseFile(path, passphrase => Encoding.UTF8.GetString(passphrase));
}
