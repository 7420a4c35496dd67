using FaceVault.Tests.Attack;

namespace FaceVault.Tests.Crash;

/// <summary>E3 for a change of the passphrase: when it was answered, the former passphrase opens nothing, whatever was copied before; and what it opened before opens nothing of the vault as it is.</summary>
[Trait("Claim", "E3")]
[Collection(Alone.Name)]
public sealed class FormerPassphraseTests
{
    [WatchedFact]
    public async Task The_former_passphrase_opens_nothing_with_the_root_locations_of_today_and_every_older_copy_of_the_stores()
    {
        foreach ((string former, string next) in PassphraseRehearsal.Kinds)
        {
            PassphraseRehearsal rehearsal = await PassphraseRehearsal.OfAsync(former, next);
            Loot before = Steal(rehearsal, rehearsal.Answered), ever = Steal(rehearsal, rehearsal.Calls.Count - 1);
            byte[][] then = RootsOf(rehearsal, rehearsal.Start), now = RootsOf(rehearsal, rehearsal.DiskAfter(rehearsal.Answered).AfterKill());

            Assert.Equal(4, PeopleIn(Attacker.Run(before, then, passphrase: former))); // the attacker works: it reads everybody's faces as long as the former root locations stand
            Assert.All(now, root => Assert.Equal(0, StolenRoot.CountUnder(root, former)));
            if (next.Length > 0)
                Assert.Empty(Attacker.Run(ever, now, Thoroughness.Everything, former).Opened);

            Attacker current = Attacker.Run(ever, now, passphrase: next);
            Assert.NotEmpty(current.Crowns);
            Assert.Equal(4, PeopleIn(current));
            long replaced = current.Crowns.Min(c => c.Commit);
            Assert.DoesNotContain(Attacker.Run(ever, then, passphrase: former).Crowns, c => c.Commit >= replaced); // a copy of a root location and its former passphrase reach no crown since
        }
    }

    [WatchedFact]
    public async Task An_older_copy_of_the_stores_or_of_the_root_locations_put_back_is_refused_under_either_passphrase()
    {
        foreach ((string former, string next) in PassphraseRehearsal.Kinds.Take(Sampling.IsDeep ? 3 : 2))
        {
            PassphraseRehearsal rehearsal = await PassphraseRehearsal.OfAsync(former, next);
            Dictionary<string, byte[]> today = rehearsal.DiskAfter(rehearsal.Answered).AfterKill();
            await AssertRefusedAsync(rehearsal, today, rehearsal.Start, "/root.key");
            int[] flushes = [.. rehearsal.Calls.Index().TakeWhile(c => c.Index <= rehearsal.Replacement).Where(c => c.Item.Kind == FileCallKind.Flush).Select(c => c.Index)];
            foreach (int index in Sampling.Spread(flushes, Sampling.Points(3, flushes.Length), new Random(next.Length)))
            {
                Dictionary<string, byte[]> older = rehearsal.DiskAfter(index).AfterKill();
                await AssertRefusedAsync(rehearsal, today, older, "/keys.db", "/keys.db-wal"); // the vault's and the mirror's
                await AssertRefusedAsync(rehearsal, today, older, "/vault/keys.db", "/vault/keys.db-wal");
            }
        }
    }

    /// <summary>Lays the disks of today with some of their files from an older copy; those that the copy does not have are gone.</summary>
    private static async Task AssertRefusedAsync(PassphraseRehearsal rehearsal, Dictionary<string, byte[]> today, Dictionary<string, byte[]> older, params string[] ends)
    {
        bool IsOlder(string path) => ends.Any(end => path.EndsWith(end, StringComparison.Ordinal));
        using var folder = new CrashFolder();
        folder.Folders.Lay(rehearsal.Folder, today.Where(f => !IsOlder(f.Key)).Concat(older.Where(f => IsOlder(f.Key))).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal));
        VaultErrorCode byFormer = await PassphraseCheck.RefusalAsync(folder.Folders, rehearsal.Former), byNext = await PassphraseCheck.RefusalAsync(folder.Folders, rehearsal.Next);
        Assert.True(byFormer != VaultErrorCode.None && byNext != VaultErrorCode.None && (byFormer == VaultErrorCode.RootPassphraseWrong) != (byNext == VaultErrorCode.RootPassphraseWrong), $"{ends[0]}: {byFormer}, {byNext}");
    }

    /// <summary>What lies in the vault's stores, its mirror's and their logs after each flush up to a call.</summary>
    private static Loot Steal(PassphraseRehearsal rehearsal, int to)
    {
        var loot = new Loot();
        DiskImage disk = DiskImage.After(rehearsal.Start);
        for (int i = 0; i <= to; i++)
        {
            disk.Apply(rehearsal.Calls[i]);
            if (rehearsal.Calls[i].Kind != FileCallKind.Flush && i != to)
                continue;
            using var folder = new CrashFolder();
            folder.Folders.Lay(rehearsal.Folder, disk.AfterKill());
            foreach (string store in Directory.EnumerateFiles(folder.Folders.Base, "*.db", SearchOption.AllDirectories))
                StolenFiles.Carve(store, loot);
        }

        return loot;
    }

    private static byte[][] RootsOf(PassphraseRehearsal rehearsal, Dictionary<string, byte[]> image) => [.. new CrashFolders(rehearsal.Folder).Roots.Select(path => image[path])];

    private static int PeopleIn(Attacker attacker) => attacker.Templates.Select(t => (t.Slot, t.Ordinal)).Distinct().Count();
}
