using System.Globalization;
using System.Runtime.InteropServices;
using FaceVault.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Tests.Memory;

/// <summary>Where a secret was found, and whether the kernel leaves that memory out of dumps.</summary>
internal readonly record struct MemoryHit(string Secret, string Region, bool IsLeftOut);

/// <summary>Looks for secrets in every writable byte of this process, through <c>/proc/self/mem</c>.</summary>
/// <remarks>
/// What is looked for is kept masked, 16 bytes at a time, so that the search does not find itself; the buffer that memory is read into is left out. A pattern is four
/// units of 4 bytes at a fixed distance: 4 for bytes that lie side by side, the width of a row for a template interleaved with others in a gallery.
/// </remarks>
internal sealed unsafe class ProcessMemory : IDisposable
{
    private const int Chunk = 1 << 20;
    private const int Overlap = 512;
    private const int Units = 4;

    private readonly uint mask = BitConverter.ToUInt32(SecureRandom.Bytes(4)) | 1;
    private readonly List<Pattern> patterns = [];
    private readonly Dictionary<uint, List<int>> byFirst = [];
    private readonly bool[] mayBegin = new bool[1 << 16];
    private readonly byte* buffer = (byte*)NativeMemory.AllocZeroed(Chunk + Overlap);

    /// <summary>Remembers a secret by its beginning, its middle and its end.</summary>
    /// <param name="name">What a hit is called.</param>
    /// <param name="secret">At least 16 bytes; with a distance, 4-byte units that will lie that far apart.</param>
    /// <param name="distance">Bytes from one unit to the next.</param>
    public void Remember(string name, ReadOnlySpan<byte> secret, int distance = 4)
    {
        int units = secret.Length / 4;
        foreach (int first in (int[])[0, (units - Units) / 2, units - Units])
        {
            var masked = new uint[Units];
            for (int i = 0; i < Units; i++)
                masked[i] = MemoryMarshal.Read<uint>(secret[((first + i) * 4)..]) ^ mask;
            if (!byFirst.TryGetValue(masked[0], out List<int>? list))
                byFirst.Add(masked[0], list = []);
            list.Add(patterns.Count);
            mayBegin[masked[0] & 0xffff] = true;
            patterns.Add(new Pattern(name, distance, masked));
        }
    }

    /// <summary>Every place where something remembered stands now.</summary>
    public List<MemoryHit> Scan()
    {
        var hits = new List<MemoryHit>();
        using SafeFileHandle memory = File.OpenHandle("/proc/self/mem");
        foreach ((long start, long end, string name, bool isLeftOut) in Regions())
        {
            for (long at = start; at < end; at += Chunk)
            {
                int length = Read(memory, at, (int)Math.Min(Chunk + Overlap, end - at));
                foreach (int found in Search(at, length))
                    hits.Add(new MemoryHit(patterns[found].Name, name, isLeftOut));
            }
        }

        new Span<byte>(buffer, Chunk + Overlap).Clear();
        return hits;
    }

    public void Dispose() => NativeMemory.Free(buffer);

    private int Read(SafeFileHandle memory, long at, int length)
    {
        try
        {
            return RandomAccess.Read(memory, new Span<byte>(buffer, length), at);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return 0; // a guard page, or memory that was given back meanwhile
        }
    }

    private List<int> Search(long at, int length)
    {
        var found = new List<int>();
        int last = Math.Min(Chunk, length - 4);
        for (int i = 0; i < last; i++)
        {
            uint first = *(uint*)(buffer + i) ^ mask;
            if (!mayBegin[first & 0xffff] || !byFirst.TryGetValue(first, out List<int>? candidates) || IsOwn(at + i))
                continue;
            foreach (int candidate in candidates)
                if (Fits(patterns[candidate], i, length))
                    found.Add(candidate);
        }

        return found;
    }

    private bool Fits(Pattern pattern, int at, int length)
    {
        if (at + (pattern.Distance * (Units - 1)) + 4 > length)
            return false;
        for (int i = 1; i < Units; i++)
            if ((*(uint*)(buffer + at + (i * pattern.Distance)) ^ mask) != pattern.Masked[i])
                return false;
        return true;
    }

    private bool IsOwn(long address) => address >= (long)buffer && address < (long)buffer + Chunk + Overlap;

    private static List<(long Start, long End, string Name, bool IsLeftOut)> Regions()
    {
        var regions = new List<(long, long, string, bool)>();
        (long Start, long End, string Name) current = (0, 0, "");
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts[0].Split('-') is [var from, var to] && long.TryParse(from, NumberStyles.HexNumber, null, out long start))
                current = parts[1].StartsWith("rw", StringComparison.Ordinal) ? (start, long.Parse(to, NumberStyles.HexNumber, null), parts.Length > 5 ? parts[5] : "anonymous") : (0, 0, "");
            else if (parts[0] == "VmFlags:" && current.End > 0)
                regions.Add((current.Start, current.End, current.Name, parts.Contains("dd")));
        }

        return regions;
    }

    private sealed record Pattern(string Name, int Distance, uint[] Masked);
}
