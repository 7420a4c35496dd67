using System.Diagnostics;

namespace FaceVault.Tests.Attack;

/// <summary>Copies a vault's files while they are open, by another process: to open them here would take SQLite's locks away when they are closed.</summary>
internal static class StolenFiles
{
    private static readonly BlobKind[] KeyKinds =
        [BlobKind.Crown, BlobKind.Branch, BlobKind.Leaf, BlobKind.Ledger, BlobKind.Purpose, BlobKind.Record, BlobKind.Draft, BlobKind.Certificate, BlobKind.Counts];

    /// <summary>Copies a folder with everything in it and adds what lies in its databases and logs.</summary>
    public static void Take(string folder, string copy, Loot loot)
    {
        Copy(folder, copy);
        foreach (string file in Directory.EnumerateFiles(copy, "*.db*", SearchOption.AllDirectories).Where(f => f.EndsWith(".db", StringComparison.Ordinal) || f.EndsWith(".db.new", StringComparison.Ordinal)))
            Carve(file, loot);
    }

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        using Process cp = Process.Start(new ProcessStartInfo("cp", ["-r", "--", Path.Combine(from, "."), to]) { RedirectStandardError = true, UseShellExecute = false })!;
        cp.StandardError.ReadToEnd(); // a file that vanishes meanwhile was not there
        cp.WaitForExit();
    }

    /// <summary>Adds what lies in a database that nobody has open, and in its log.</summary>
    public static void Carve(string file, Loot loot)
    {
        string log = file + "-wal";
        var carver = new SqliteCarver(File.ReadAllBytes(file), File.Exists(log) ? File.ReadAllBytes(log) : []);
        bool templates = Path.GetFileName(file).StartsWith("templates", StringComparison.Ordinal);
        foreach ((long id, byte[] blob) in carver.Rows())
        {
            if (templates)
                loot.Add(BlobKind.Template, id, blob);
            else
                foreach (BlobKind kind in KeyKinds.Where(kind => MayBe(kind, id, blob)))
                    loot.Add(kind, id, blob);
        }
    }

    /// <summary>Leaves out what the sizes of docs/formats.md rule out; which table a row was in, the keys say.</summary>
    private static bool MayBe(BlobKind kind, long id, byte[] blob) => kind switch
    {
        BlobKind.Crown => id == 0 && blob.Length % 4096 == 0,
        BlobKind.Branch or BlobKind.Leaf => blob.Length == 8_104,
        BlobKind.Record => (blob.Length - 40) % 256 == 0,
        BlobKind.Counts => id > uint.MaxValue,
        BlobKind.Purpose => id <= uint.MaxValue && blob.Length != 8_104,
        _ => blob.Length != 8_104,
    };
}
