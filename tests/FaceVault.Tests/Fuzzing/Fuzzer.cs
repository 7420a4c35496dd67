using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FaceVault.Tests.Fuzzing;

/// <summary>
/// Feeds a parser with changed inputs and keeps those that did something new. What counts as new is a proxy, not the edges of the compiled code: the exception's type and the places of our
/// code on its stack (method and instruction), or, for what is accepted, which sizes its parts have. Nothing is instrumented.
/// </summary>
internal sealed class Fuzzer(FuzzTarget target, int seed)
{
    private const string Scheduled = "/proc/thread-self/schedstat";

    private readonly Random random = new(seed);
    private readonly List<byte[]> corpus = [];
    private readonly HashSet<string> seen = [];
    private long runs;

    /// <summary>Inputs tried; another thread may look.</summary>
    public long Runs => Interlocked.Read(ref runs);

    public int Accepted { get; private set; }

    /// <summary>Kinds of answers met.</summary>
    public int Kinds => seen.Count;

    /// <summary>Inputs that did something new, beside the samples.</summary>
    public List<byte[]> Found { get; } = [];

    /// <summary>Samples and what was kept first, then changes of them until a processor has worked on them for so long.</summary>
    public void Run(IEnumerable<byte[]> kept, TimeSpan time)
    {
        foreach (byte[] sample in target.Samples)
        {
            corpus.Add(sample);
            string answer = Answer(sample);
            Assert.True(answer.StartsWith("accepted", StringComparison.Ordinal), $"{target.Name}: a sample is refused: {answer}");
            seen.Add(answer);
        }

        foreach (byte[] input in kept)
            Keep(input, isNew: false);
        var mutator = new Mutator(random);
        for (TimeSpan end = ProcessorTime() + time; ProcessorTime() < end;)
        {
            for (int i = 0; i < 20; i++)
            {
                byte[] input = mutator.Mutate(corpus[random.Next(corpus.Count)], corpus);
                if (random.Next(4) != 0)
                    target.Mend?.Invoke(input);
                Keep(input, isNew: true);
            }
        }
    }

    /// <summary>How long processors have worked on this thread; where the kernel does not say it, the clock on the wall.</summary>
    private static TimeSpan ProcessorTime() => File.Exists(Scheduled)
        ? TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText(Scheduled).Split(' ')[0], CultureInfo.InvariantCulture) / 1000)
        : Stopwatch.GetElapsedTime(0);

    private void Keep(byte[] input, bool isNew)
    {
        if (!seen.Add(Answer(input)))
            return;
        corpus.Add(input);
        if (isNew)
            Found.Add(input);
    }

    private string Answer(byte[] input)
    {
        Interlocked.Increment(ref runs);
        string answer;
        long before = GC.GetAllocatedBytesForCurrentThread();
        long allocated;
        try
        {
            byte[]? again = target.Read(input);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Accepted += again is null ? 0 : 1;
            if (again is not null && target.SpellsOnce)
                Assert.True(again.AsSpan().SequenceEqual(input), $"{target.Name}: accepted and written otherwise.\n{Show(input)}\n{Show(again)}");
            answer = again is null ? "refused" : $"accepted {int.Log2(input.Length + 1)}";
        }
        catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
        {
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(target.IsRefusal(failure), $"{target.Name}: {failure}\n{Show(input)}");
            answer = Where(failure);
        }

        Assert.True(allocated <= target.AllowedBytes + (target.AllowedPerByte * input.Length), $"{target.Name}: {allocated} bytes were allocated for {input.Length} bytes.\n{Show(input)}");
        return answer;
    }

    private static string Where(Exception failure)
    {
        var text = new StringBuilder(failure.GetType().Name);
        foreach (StackFrame frame in new StackTrace(failure, fNeedFileInfo: false).GetFrames().Take(8))
        {
            if (frame.GetMethod() is { DeclaringType: { } type } method && type.Assembly != typeof(Fuzzer).Assembly)
                text.Append(CultureInfo.InvariantCulture, $" {type.Name}.{method.Name}+{frame.GetILOffset()}");
        }

        return text.ToString();
    }

    private static string Show(byte[] input) => $"input of {input.Length} bytes, base64: {Convert.ToBase64String(input.Length > 4096 ? input[..4096] : input)}";

    public static string NameOf(byte[] input) => Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 8));
}
