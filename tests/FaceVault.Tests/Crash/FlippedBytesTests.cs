using FaceVault.Keys;
using SQLitePCL;

namespace FaceVault.Tests.Crash;

/// <summary>E4: bytes change behind the vault's back between its steps. What stands in the clear decides nothing; what is sealed is noticed, and nothing is overwritten by what is damaged.</summary>
[Trait("Claim", "E4")]
[Collection(Alone.Name)]
public sealed class FlippedBytesTests
{
    private readonly Judgement judgement = new();

    private static int Count(int ordinary) => Sampling.IsDeep ? ordinary * 20 : ordinary;

    [WatchedFact]
    public async Task The_numbers_in_the_clear_decide_nothing()
    {
        Recording calm = Recording.Of(9);
        var random = new Random(9);
        foreach (FileCall point in Sampling.Spread([.. calm.CallsOf("withdraw"), .. calm.CallsOf("replace"), .. calm.CallsOf("grant")], Count(8), random))
        {
            using CrashFolder folder = Lay(calm, point, out string[] lines);
            long epoch = random.NextInt64(0, 20), number = random.Next(2) == 0 ? random.NextInt64(0, 300) : long.MaxValue;
            foreach (string database in new[] { folder.Folders.Keys, Path.Combine(folder.Folders.Mirror, "keys.db") })
                SetNumbers(database, epoch, number);
            await judgement.AddAsync($"epoch {epoch} and commit {number} in the clear at {point}", () => new CrashCheck(folder.Folders, calm.Steps, lines).AssertAsync());
        }

        judgement.AssertNothingWrong();
    }

    [WatchedFact]
    public async Task A_bit_of_one_root_location_loses_nobody()
    {
        Recording calm = Recording.Of(10);
        var random = new Random(10);
        foreach (FileCall point in Sampling.Spread([.. calm.CallsOf("withdraw"), .. calm.CallsOf("replace"), .. calm.CallsOf("sweep")], Count(10), random))
        {
            using CrashFolder folder = Lay(calm, point, out string[] lines);
            int[] starts = [0, RootVolume.HeadSpacing, (int)RootVolume.AreaOffset(0), (int)RootVolume.AreaOffset(1)];
            int at = starts[random.Next(starts.Length)] + random.Next(96);
            Flip(folder.Folders.Roots[random.Next(2)], at, random);
            await judgement.AddAsync($"byte {at} of a root location at {point}", () => new CrashCheck(folder.Folders, calm.Steps, lines).AssertNobodyIsLostAsync());
        }

        judgement.AssertNothingWrong();
    }

    [WatchedFact]
    public async Task A_bit_of_a_log_that_flips_between_its_flush_and_the_checkpoint_loses_nothing_that_the_mirror_has()
    {
        Recording calm = Recording.Of(11);
        var random = new Random(11);
        int flushes = calm.Calls.Count(c => IsFlushOfLog(c)), number = 0;
        foreach (int point in Sampling.Spread([.. Enumerable.Range(2, flushes - 2)], Count(10), random))
        {
            bool isKilled = number++ % 2 == 0, flipped = false;
            int seen = 0;
            using var folder = new CrashFolder();
            using WatchedChild child = Recording.Run(folder.Folders, 11, call =>
            {
                if (call.Kind != FileCallKind.Line && seen == point && !flipped)
                {
                    flipped = true;
                    FlipInLog(folder.Folders.Keys + "-wal", random);
                    return isKilled ? Verdict.Kill : Verdict.Continue;
                }

                seen += IsFlushOfLog(call) ? 1 : 0;
                return Verdict.Continue;
            });
            await judgement.AddAsync($"a bit of the log after flush {point}{(isKilled ? ", killed there" : "")} ({child.Lines.LastOrDefault()})", () => new CrashCheck(folder.Folders, calm.Steps, child.Lines).AssertAfterRestoreAsync());
        }

        judgement.AssertNothingWrong();
    }

    private static bool IsFlushOfLog(FileCall call) => call.Kind == FileCallKind.Flush && call.Path.EndsWith("vault/keys.db-wal", StringComparison.Ordinal);

    private static CrashFolder Lay(Recording calm, FileCall point, out string[] lines)
    {
        var folder = new CrashFolder();
        FileCall[] before = [.. calm.Calls.TakeWhile(c => c != point)];
        folder.Folders.Lay(calm.Folder, DiskImage.Of(before).AfterKill());
        lines = [.. Recording.LinesOf(before)];
        return folder;
    }

    /// <summary>As somebody with an SQLite of their own does, leaving file and log as they were but for that.</summary>
    private static void SetNumbers(string database, long epoch, long number)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(database, out sqlite3 handle, raw.SQLITE_OPEN_READWRITE, null));
        using (handle)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _));
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(handle, FormattableString.Invariant($"UPDATE numbers SET epoch = {epoch}, number = {number}")));
        }
    }

    /// <summary>One bit of a page in the last frames.</summary>
    private static void FlipInLog(string log, Random random)
    {
        const int frame = 4096 + 24, header = 32;
        long frames = (new FileInfo(log).Length - header) / frame;
        if (frames < 1)
            return; // it has been moved already
        long chosen = Math.Max(0, frames - 1 - random.Next(4));
        Flip(log, header + (chosen * frame) + 24 + random.Next(4096), random);
    }

    private static void Flip(string path, long at, Random random)
    {
        using var file = FaceVault.Interop.Posix.OpenFile(path, write: true);
        var one = new byte[1];
        Assert.Equal(1, RandomAccess.Read(file, one, at));
        one[0] ^= (byte)(1 << random.Next(8));
        RandomAccess.Write(file, one, at);
    }
}
