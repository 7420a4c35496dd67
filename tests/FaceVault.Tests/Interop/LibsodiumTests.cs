using System.Runtime.InteropServices;
using FaceVault.Interop;

namespace FaceVault.Tests.Interop;

[Collection(Alone.Name)]
public sealed class LibsodiumTests
{
    [Fact]
    public void Every_candidate_is_tried_in_order_before_giving_up()
    {
        var tried = new List<string>();
        var failure = Assert.Throws<PlatformNotSupportedException>(() => NativeResolver.LoadFirst(name =>
        {
            tried.Add(name);
            return 0;
        }));
        Assert.Equal(["libsodium", "libsodium.so.26", "libsodium.so.23", "libsodium.dylib"], tried);
        Assert.Contains("apt-get install libsodium23", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_candidate_that_loads_is_used() =>
        Assert.Equal(5, NativeResolver.LoadFirst(name => name == "libsodium.so.26" ? 5 : name == "libsodium.so.23" ? 6 : 0));

    [Fact]
    public void The_loaded_library_has_a_version_and_the_constants_we_rely_on()
    {
        Libsodium.EnsureLoaded();
        Version version = Version.Parse(Marshal.PtrToStringUTF8(Libsodium.sodium_version_string())!);
        Assert.True(version >= new Version(1, 0, 18), version.ToString());
        Assert.Null(Libsodium.FirstWrongConstant());
    }

    [Theory]
    [InlineData(9, 6)]
    [InlineData(10, 2)]
    public void An_older_library_is_refused(int major, int minor) => Assert.True(Libsodium.IsTooOld(major, minor));

    [Theory]
    [InlineData(10, 3)]
    [InlineData(26, 0)]
    public void Version_1_0_18_and_newer_are_accepted(int major, int minor) => Assert.False(Libsodium.IsTooOld(major, minor));

    [RootFact("unshare", "mount", "sh")]
    public void A_process_without_libsodium_says_each_time_what_to_install()
    {
        // In a mount namespace of its own the child sees an empty file where the library was; nobody else does.
        const string hide = """for f in $(find /lib/ /lib64/ /usr/lib /usr/lib64/ /usr/local/lib -name 'libsodium.so*' 2>/dev/null); do mount --bind /dev/null "$f"; done; exec "$@" """;
        ChildResult result = Child.Run(["unshare", "--mount", "sh", "-c", hide, "sh"], "sodium");
        Assert.True(result.ExitCode == 0, result.Errors);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("The native library libsodium was not found. Install it", line, StringComparison.Ordinal));
    }
}
