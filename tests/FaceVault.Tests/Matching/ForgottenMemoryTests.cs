using System.Globalization;
using System.Runtime.CompilerServices;
using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

/// <summary>Templates whose owner forgot them: the collector wipes their memory and gives it back. Alone, since another thread could be given the same addresses meanwhile.</summary>
[Collection(Alone.Name)]
public sealed unsafe class ForgottenMemoryTests
{
    [Fact]
    public void Forgotten_templates_are_gone_when_the_collector_finds_them()
    {
        nuint address = Forget();
        for (int i = 0; i < 10 && IsMapped(address); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(IsMapped(address));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint Forget()
    {
        var memory = new GalleryMemory(48 * 1024 * 1024);
        new Span<byte>(memory.Start, (int)memory.Size).Fill(0x5a);
        Assert.True(IsMapped((nuint)memory.Start));
        return (nuint)memory.Start;
    }

    private static bool IsMapped(nuint address) => File.ReadLines("/proc/self/maps").Any(line =>
    {
        string[] range = line.Split(' ', 2)[0].Split('-');
        return address >= nuint.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) && address < nuint.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    });
}
