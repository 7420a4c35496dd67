using System.Globalization;
using FaceVault.Tests.Conventions;
using FaceVault.Tests.Operations;
using Xunit.Abstractions;

namespace FaceVault.Tests.Fuzzing;

/// <summary>
/// Every parser is fed with changes of what it accepts: it answers with the documented exceptions or with the same text, without a crash or a hang and with memory in proportion to the input.
/// A fraction of a second each by default. FACEVAULT_FUZZ_SECONDS is the processor time of each; FACEVAULT_FUZZ_CORPUS names a folder in which inputs that did something new are kept, and from which they are read
/// again; FACEVAULT_FUZZ_SEED repeats a run, as far as time allows. Corpus/ beside this file holds small ones that earlier runs kept.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const string OwnCorpus = "tests/FaceVault.Tests/Fuzzing/Corpus";

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_parser_answers_every_input_as_documented(string name)
    {
        FuzzTarget target = FuzzTargets.All.Single(t => t.Name == name);
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : Random.Shared.Next();
        double seconds = double.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_FUZZ_SECONDS"), NumberStyles.Float, CultureInfo.InvariantCulture, out double s) ? s : 0.4;
        string? folder = Environment.GetEnvironmentVariable("FACEVAULT_FUZZ_CORPUS");
        output.WriteLine($"seed {seed} (FACEVAULT_FUZZ_SEED={seed})");
        List<byte[]> kept = [.. Read(Path.Combine(Repository.Root, OwnCorpus, name)), .. folder is null ? [] : Read(Path.Combine(folder, name))];
        var fuzzer = new Fuzzer(target, seed);
        Task run = Task.Factory.StartNew(() => fuzzer.Run(kept, TimeSpan.FromSeconds(seconds)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (long before = -1; await Task.WhenAny(run, Task.Delay(Observation.Patience)) != run; before = fuzzer.Runs)
            Assert.True(before != fuzzer.Runs, "a parser hangs");
        await run;
        output.WriteLine($"{fuzzer.Runs} inputs, {fuzzer.Accepted} accepted, {fuzzer.Kinds} kinds of answers, {fuzzer.Found.Count} inputs new");
        if (folder is null)
            return;
        Directory.CreateDirectory(Path.Combine(folder, name));
        foreach (byte[] input in fuzzer.Found)
            await File.WriteAllBytesAsync(Path.Combine(folder, name, Fuzzer.NameOf(input)), input);
    }

    [Fact]
    public void Every_folder_of_the_corpus_belongs_to_a_parser() =>
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(Repository.Root, OwnCorpus)).Select(Path.GetFileName).Except(FuzzTargets.All.Select(target => target.Name)));

    /// <summary>Each rule is seen to be one: a parser with that fault is found out.</summary>
    [Fact]
    public void The_fuzzer_finds_parsers_that_crash_spell_twice_or_allocate_without_bound()
    {
        byte[][] sample = ["12"u8.ToArray()];
        FuzzTarget[] faulty =
        [
            new("crash", sample, input => input[1] > 128 ? throw new InvalidOperationException() : input, static e => e is FormatException or IndexOutOfRangeException),
            new("spelling", sample, static input => [.. input.AsSpan().TrimEnd((byte)0)], static e => e is FormatException),
            new("allocation", sample, static input => input.Length > 2 && input[0] == '9' ? Enumerable.Repeat((byte)1, 10_000_000).ToArray() : input, static e => e is FormatException, SpellsOnce: false),
        ];
        foreach (FuzzTarget target in faulty)
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => new Fuzzer(target, 1).Run([], TimeSpan.FromSeconds(20)));
    }

    private static IEnumerable<byte[]> Read(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
}
