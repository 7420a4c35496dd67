using FaceVault.Interop;

namespace FaceVault.Tests.Interop;

public sealed class LockTableTests
{
    private static readonly string[] Lines =
    [
        "1: POSIX  ADVISORY  WRITE 11 fe:00:131085 0 EOF",
        "2: FLOCK  ADVISORY  WRITE 4711 fe:00:131085 0 EOF",
        "2: -> FLOCK  ADVISORY  WRITE 4712 fe:00:131085 0 EOF",
        "3: FLOCK  ADVISORY  WRITE 12 fe:01:131085 0 EOF",
        "4: FLOCK  ADVISORY  WRITE -1 fe:00:5 0 EOF",
        "5: OFDLCK ADVISORY  READ -1 00:06:8 0 EOF",
        "garbage",
    ];

    [Theory]
    [InlineData(0xfe, 0, 131085ul, 4711)]
    [InlineData(0xfe, 1, 131085ul, 12)]
    [InlineData(0xfe, 0, 5ul, null)]
    [InlineData(0, 6, 8ul, null)]
    [InlineData(0, 0, 0ul, null)]
    public void The_holder_of_a_whole_file_lock_is_found_by_device_and_inode(int major, int minor, ulong inode, int? holder) =>
        Assert.Equal(holder, LockTable.FindHolder(Lines, new FileIdentity((uint)major, (uint)minor, inode, true, false)));
}
