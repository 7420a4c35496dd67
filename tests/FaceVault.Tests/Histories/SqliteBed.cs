using FaceVault.Operations;
using FaceVault.Storage;
using FaceVault.Tests.Attack;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Histories;

/// <summary>SQLite files in a folder, copied by the thief while they are open. Commits that fail leave their frames in a log that only the thief has.</summary>
internal sealed class SqliteBed : Bed
{
    private readonly string folder;
    private readonly string copies;
    private readonly FaultyKeyStoreLocation? mirror;
    private int copy;

    private SqliteBed(TestVault test, string folder, FaultyKeyStoreLocation? mirror)
        : base(test)
    {
        this.folder = Path.Combine(folder, "live");
        copies = Path.Combine(folder, "copies");
        this.mirror = mirror;
    }

    public override int Mirrors => mirror is null ? 0 : 1;

    public override string MirrorFolder => Path.Combine(folder, "mirror");

    private string TemplateFile => Path.Combine(folder, "vault", "templates.db");

    private string MirrorFile => Path.Combine(MirrorFolder, "keys.db");

    public static SqliteBed Make(string folder, int roots, int mirrors)
    {
        string live = Path.Combine(folder, "live");
        Directory.CreateDirectory(Path.Combine(live, "vault"));
        Directory.CreateDirectory(Path.Combine(live, "mirror"));
        var faults = new StoreFaults();
        SqliteBed? bed = null;
        FaultyKeyStoreLocation KeyStore(string part) => new(
            new SqliteKeyStoreLocation(Path.Combine(live, part, "keys.db"), TimeSpan.FromSeconds(10)), faults,
            (expected, writes, numbers) => bed!.LeaveFrames(part, expected, writes, numbers));
        FaultyKeyStoreLocation? second = mirrors > 0 ? KeyStore("mirror") : null;
        var templates = new FaultyTemplateStoreLocation(new SqliteTemplateStoreLocation(Path.Combine(live, "vault", "templates.db"), TimeSpan.FromSeconds(10)), faults);
        var places = new VaultPlaces(KeyStore("vault"), templates, second is null ? [] : [second]);
        return bed = new SqliteBed(TestVault.Over(places, faults, roots), folder, second);
    }

    public override void Steal() => StolenFiles.Take(folder, NextCopy(), Test.Thief.Loot);

    public override void Crash(bool machineDies)
    {
        Test.Faults.Kill();
        string image = NextCopy();
        StolenFiles.Copy(folder, image);
        Test.Crash(machineDies, beforeOpening: () =>
        {
            Directory.Delete(folder, recursive: true); // what closing in good order has changed
            StolenFiles.Copy(image, folder);
        });
    }

    public override void SetMirror(bool reachable) => mirror!.IsReachable = reachable;

    public override object? CopyMirror()
    {
        string to = NextCopy();
        StolenFiles.Copy(MirrorFolder, to);
        return File.Exists(Path.Combine(to, "keys.db")) ? to : null;
    }

    public override void PutMirror(object? copy)
    {
        foreach (string file in Directory.EnumerateFiles(MirrorFolder, "keys.db*"))
            File.Delete(file);
        if (copy is string from)
            StolenFiles.Copy(from, MirrorFolder);
    }

    public override object CopyTemplates()
    {
        string to = Path.Combine(Directory.CreateDirectory(NextCopy()).FullName, "templates.db");
        new SqliteTemplateStoreLocation(TemplateFile, TimeSpan.Zero).BackUpTo(to, archive => ArchivedRows.Sift(Test.Vault.Engine, archive, CancellationToken.None), null, CancellationToken.None);
        return to;
    }

    public override void PutTemplates(object copy, bool beside)
    {
        Steal(); // what is overwritten here would lie in nobody's copy
        var rows = new List<TemplateRow>();
        if (beside)
        {
            using ITemplateReader archive = new SqliteTemplateStoreLocation((string)copy, TimeSpan.Zero).OpenReader();
            using ITemplateStore now = new SqliteTemplateStoreLocation(TemplateFile, TimeSpan.Zero).Open();
            var there = new HashSet<(uint, ushort)>();
            now.Scan(0, uint.MaxValue, (slot, ordinal, _) => there.Add((slot, ordinal)) || true);
            archive.Scan(0, uint.MaxValue, (slot, ordinal, blob) =>
            {
                if (!there.Contains((slot, ordinal)))
                    rows.Add(new TemplateRow(slot, ordinal, blob.ToArray()));
                return true;
            });
            if (rows.Count > 0)
                now.Append(rows);
            return;
        }

        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(TemplateFile)!, "templates.db*"))
            File.Delete(file);
        foreach (string suffix in new[] { "", "-wal" })
            if (File.Exists(copy + suffix))
                File.Copy(copy + suffix, TemplateFile + suffix);
    }

    private string NextCopy() => Path.Combine(copies, $"{copy++}");

    /// <summary>The failed commit is made in a copy of the file, and what then lies there, log included, is the thief's.</summary>
    private void LeaveFrames(string part, byte[] expected, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
    {
        string image = NextCopy();
        StolenFiles.Copy(Path.Combine(folder, part), image);
        using IKeyStore store = new SqliteKeyStoreLocation(Path.Combine(image, "keys.db"), TimeSpan.Zero).Open();
        store.Commit(expected, writes, numbers);
        StolenFiles.Take(image, NextCopy(), Test.Thief.Loot);
    }
}
