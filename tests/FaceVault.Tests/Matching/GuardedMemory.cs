using System.Runtime.InteropServices;
using FaceVault.Interop;

namespace FaceVault.Tests.Matching;

/// <summary>Memory that ends right before a page nobody may touch, with such a page before it too: a read or write out of bounds kills the test run.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private readonly byte* mapping;
    private readonly nuint size;

    public GuardedMemory(int length)
    {
        int page = Posix.PageSize, inner = (length + page - 1) / page * page;
        size = (nuint)(inner + 2 * page);
        mapping = Posix.Map(size);
        if (mprotect(mapping, (nuint)page, 0) != 0 || mprotect(mapping + page + inner, (nuint)page, 0) != 0)
            throw new InvalidOperationException("mprotect failed.");
        Start = mapping + page + inner - length;
    }

    public byte* Start { get; }

    public void Dispose() => Posix.Unmap(mapping, size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(byte* addr, nuint len, int prot);
}
