using System.Runtime.CompilerServices;
using FaceVault.Cryptography;
using FaceVault.Interop;

namespace FaceVault.Tests.Cryptography;

/// <summary>Memory of secrets: read where it lay after it was given back, so nothing else may run meanwhile.</summary>
[Collection(Alone.Name)]
[Trait("Claim", "E5")]
public sealed unsafe class SecretArenaTests
{
    public static TheoryData<int> Sizes => [1, 31, 32, 33, 64, 100, 4096, 4097, 65_535, 65_536];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_buffer_is_zero_at_first_and_wiped_when_it_is_disposed(int length)
    {
        var buffer = new SecretBuffer(length);
        byte* memory = Address(buffer.DangerousBytes);
        Assert.True(IsZero(memory, length));
        buffer.DangerousBytes.Fill(0x5a);
        buffer.Dispose();
        Assert.True(IsZero(memory, length));
        Assert.True(buffer.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => buffer.DangerousBytes.Length);
    }

    [Fact]
    public void A_forgotten_buffer_is_wiped_when_the_collector_finds_it()
    {
        byte* memory = Forget();
        for (int i = 0; i < 10 && !IsZero(memory, 4096); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(IsZero(memory, 4096));
    }

    [Fact]
    public void A_key_is_wiped_and_prints_only_what_it_is()
    {
        SecretKey key = SecretKey.Random();
        byte* memory = Address(key.DangerousBytes);
        Assert.False(IsZero(memory, SecretKey.Size));
        Assert.Equal("SecretKey", key.ToString());
        key.Dispose();
        Assert.True(IsZero(memory, SecretKey.Size));
    }

    [Fact]
    public void Disposing_twice_or_from_many_threads_gives_the_memory_back_once()
    {
        const int rounds = 500;
        SecretBuffer? shared = null;
        using var together = new Barrier(2, _ => shared = new SecretBuffer(64));
        Parallel.Invoke(DisposeEachRound, DisposeEachRound);

        using SecretBuffer one = new(64), other = new(64);
        Assert.True(Address(one.DangerousBytes) != Address(other.DangerousBytes));

        void DisposeEachRound()
        {
            for (int round = 0; round < rounds; round++)
            {
                together.SignalAndWait();
                shared!.Dispose();
            }
        }
    }

    [Fact]
    public void Pieces_never_overlap_and_stand_at_multiples_of_their_size()
    {
        var random = new Random(5);
        var held = new List<SecretBuffer>();
        for (int step = 0; step < 4000; step++)
        {
            if (held.Count > 0 && random.Next(3) == 0)
            {
                int index = random.Next(held.Count);
                Assert.True(IsFilled(held[index]), "somebody else wrote into a piece that is held");
                held[index].Dispose();
                held.RemoveAt(index);
                continue;
            }

            var buffer = new SecretBuffer(random.Next(20) == 0 ? random.Next(1, 200_000) : random.Next(1, 300));
            Assert.Equal(-1, buffer.DangerousBytes.IndexOfAnyExcept((byte)0));
            Assert.Equal(0, (nint)Address(buffer.DangerousBytes) % 32);
            Fill(buffer);
            held.Add(buffer);
        }

        Assert.All(held, buffer => Assert.True(IsFilled(buffer)));
        (nint Start, int Length)[] pieces = [.. held.Select(buffer => ((nint)Address(buffer.DangerousBytes), buffer.Length)).OrderBy(piece => piece.Item1)];
        for (int i = 1; i < pieces.Length; i++)
            Assert.True(pieces[i - 1].Start + pieces[i - 1].Length <= pieces[i].Start);
        held.ForEach(buffer => buffer.Dispose());
    }

    [Fact]
    public void Threads_that_rent_and_return_at_once_never_share_a_piece()
    {
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            var held = new Queue<SecretBuffer>();
            for (int i = 0; i < 3000; i++)
            {
                var buffer = new SecretBuffer(random.Next(1, 100));
                Assert.Equal(-1, buffer.DangerousBytes.IndexOfAnyExcept((byte)0));
                Fill(buffer);
                held.Enqueue(buffer);
                if (held.Count < 20)
                    continue;
                using SecretBuffer oldest = held.Dequeue();
                Assert.True(IsFilled(oldest));
            }

            while (held.TryDequeue(out SecretBuffer? rest))
                rest.Dispose();
        });
    }

    [Fact]
    public void A_large_buffer_has_a_mapping_of_its_own_that_goes_when_it_does()
    {
        long before = Mapped();
        using (var large = new SecretBuffer(65_537))
        {
            Assert.Equal(before + 17 * 4096 / Posix.PageSize * Posix.PageSize, Mapped());
            Assert.Equal(0, (nint)Address(large.DangerousBytes) % Posix.PageSize);
        }

        Assert.Equal(before, Mapped());
    }

    [Fact]
    public void A_size_that_is_no_size_is_misuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SecretBuffer(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SecretBuffer(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SecretKey.From(new byte[31]));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(100_000)]
    public void The_kernel_leaves_secrets_out_of_dumps_forks_and_swap(int length)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var buffer = new SecretBuffer(length);
        string[] flags = FlagsOf((ulong)Address(buffer.DangerousBytes));
        Assert.Contains("dd", flags);
        Assert.Contains("dc", flags);
        if (SecretArena.UnlockedBytes == 0)
            Assert.Contains("lo", flags);
    }

    [RootFact("setpriv", "prlimit")]
    public void Memory_that_may_not_be_locked_is_used_all_the_same_and_counted()
    {
        string[] unprivileged = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "prlimit", "--memlock=65536:65536"];
        ChildResult result = Child.Run(unprivileged, "memory", "300000");
        Assert.True(result.ExitCode == 0, result.Errors);
        string[] parts = result.Output.Trim().Split(' ');
        Assert.Equal("0", parts[0]);
        Assert.Equal(4 * 256 * 1024 + 303_104, int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("works", parts[2]);
    }

    [RootFact("setpriv", "prlimit")]
    public void Galleries_that_take_all_memory_that_may_be_locked_leave_keys_their_room_and_say_when_none_is_left()
    {
        string[] unprivileged = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "prlimit", "--memlock=4194304:4194304"];
        ChildResult result = Child.Run(unprivileged, "memory-room", "30000");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal("limit reached 0 unlocked CapacityExceeded", result.Output.Trim());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Forget()
    {
        var buffer = new SecretBuffer(4096);
        buffer.DangerousBytes.Fill(0x5a);
        return Address(buffer.DangerousBytes);
    }

    private static byte* Address(Span<byte> bytes) => (byte*)Unsafe.AsPointer(ref bytes[0]);

    private static bool IsZero(byte* memory, int length) => new ReadOnlySpan<byte>(memory, length).IndexOfAnyExcept((byte)0) < 0;

    private static void Fill(SecretBuffer buffer) => buffer.DangerousBytes.Fill(Pattern(buffer));

    private static bool IsFilled(SecretBuffer buffer) => buffer.DangerousBytes.IndexOfAnyExcept(Pattern(buffer)) < 0;

    private static byte Pattern(SecretBuffer buffer) => (byte)(1 + RuntimeHelpers.GetHashCode(buffer) % 255);

    private static long Mapped() => SecretArena.LockedBytes + SecretArena.UnlockedBytes;

    private static string[] FlagsOf(ulong address)
    {
        bool isInside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string first = line.Split(' ')[0];
            if (first.Split('-') is [var from, var to] && ulong.TryParse(from, System.Globalization.NumberStyles.HexNumber, null, out ulong start))
                isInside = start <= address && address < ulong.Parse(to, System.Globalization.NumberStyles.HexNumber, null);
            else if (isInside && first == "VmFlags:")
                return line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        return [];
    }
}
