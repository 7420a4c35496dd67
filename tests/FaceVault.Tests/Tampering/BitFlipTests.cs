using System.Globalization;
using System.Text.RegularExpressions;
using FaceVault.Tests.Operations;
using Xunit.Abstractions;

namespace FaceVault.Tests.Tampering;

/// <summary>
/// One bit of one byte of a closed vault's files is flipped, everything is asked, everything is put back. Some bytes of every kind by default, more with FACEVAULT_PROPERTY_RUNS
/// (bytes of each kind in each file: 100,000 are all of them, about 270,000 flips and an hour).
/// </summary>
[Trait("Claim", "E2")]
public sealed class BitFlipTests(ITestOutputHelper output)
{
    private const int Ordinary = 3;
    private static readonly People People = new(["c-0", "v-0", "c-2"], [0, 2]);

    /// <summary>The byte ranges that hold nothing the vault relies on: no flip in them is noticed, and none changes an answer. By file and by what <see cref="SqliteMap"/> and <see cref="FlippedVault"/> call them.</summary>
    private static readonly string[] Unused =
    [
        // SQLite's own bookkeeping for the next write and for other uses of the format, and space between and behind what is stored.
        @"\.db header: (write version|change counter|first free page|free pages|schema cookie|cache size|largest root|encoding|incremental vacuum|expansion|valid for|library version)$",
        @"\.db free page$",
        @"\.db \w+: (first free block|content start|fragments|free block|unused part of a page|unused end of an overflow page|last overflow pointer)$",
        // A mirror's clear numbers are read when it becomes a vault; the id that stands in the vault's own store is read by nobody but creation.
        @"mirror0/keys\.db numbers: (page type|page header|cell pointers|payload size|id|record header|content)$",
        @"vault/keys\.db place: (page type|page header|cell pointers|payload size|id|record header|content)$",
        // Waits for the day when the vault's own is gone.
        @"mirror0/vault\.json ",
        // One head of the two (the other one counts), the area that holds no record, and the space between.
        @"root0\.key (head|gap|free area)$",
    ];

    /// <summary>Ranges in which some bits matter and others do not.</summary>
    private static readonly string[] Partly =
    [
        @"\.db header: (schema format|read version|size in pages)$", // 1 to 4 mean the same here; WAL is read where only version 1 is announced; a size of 0 says that the file's own counts
        @"\.db schema: (id|content|record header)$", // names of tables are found by their text, in either case and whatever their row number
        @"\.db \w+: record header$", // the type of the column that stands for the row's number
        @"vault/keys\.db numbers: ", // they choose the words of an error
        @"mirror0/keys\.db place: record header$",
    ];

    [Fact]
    public async Task Every_flipped_bit_is_found_or_lies_where_nothing_is()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_PROPERTY_REPLAY"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given
            : Deep.Runs(Ordinary) == Ordinary ? 20261122 : Random.Shared.Next();
        output.WriteLine($"seed {seed} (FACEVAULT_PROPERTY_REPLAY={seed} repeats it)");
        var random = new Random(seed);
        using var folder = new FlippedVault();
        await folder.MakeAsync();
        Answers truth = await folder.AskAsync(People);
        Assert.Empty(truth.Complaints);
        int flips = 0;
        var wrong = new List<string>();
        foreach ((string name, string label, int[] bytes) in folder.Kinds())
        {
            string kind = $"{name} {label}";
            bool isUnused = Unused.Any(pattern => Regex.IsMatch(kind, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)));
            bool isPartly = !isUnused && Partly.Any(pattern => Regex.IsMatch(kind, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)));
            random.Shuffle(bytes);
            int most = Deep.Runs(name.EndsWith(".json", StringComparison.Ordinal) ? 100 : Ordinary);
            foreach (int at in bytes.Take(most))
            {
                int bit = random.Next(8);
                string what = $"seed {seed}: {kind}, byte {at}, bit {bit}";
                folder.Flip(name, at, bit);
                try
                {
                    Answers answers = await folder.AskAsync(People).WaitAsync(Observation.Patience);
                    answers.AssertHonest(truth, what);
                    if (!isPartly && answers.IsDetected == isUnused)
                        wrong.Add($"{what}: {(isUnused ? "noticed, although the range is called unused: " + string.Join(", ", answers.Complaints) : "nobody noticed")}");
                }
                catch (Exception other) when (other is not OutOfMemoryException)
                {
                    wrong.Add($"{what}: {other}");
                }

                folder.PutBack();
                flips++;
            }
        }

        output.WriteLine($"{flips} flips");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(40)));
        Assert.Empty((await folder.AskAsync(People)).Complaints);
    }
}
