namespace FaceVault.Tests.Crash;

/// <summary>
/// What a disk holds while a recorded process runs: beside what can be read, what has been flushed. As strict as POSIX allows: bytes are safe after a flush of their file, names after a
/// flush of their folder, and bytes that a failed flush did not write are believed written and are not (a later flush does not bring them).
/// </summary>
internal sealed class DiskImage
{
    private readonly Dictionary<string, DiskFile> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DiskFile> safeNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<FileCall>> pendingNames = new(StringComparer.Ordinal);
    private readonly Dictionary<FileCall, DiskFile> made = [];

    /// <summary>The disk after the first calls of a recording.</summary>
    public static DiskImage Of(IEnumerable<FileCall> calls)
    {
        var disk = new DiskImage();
        foreach (FileCall call in calls)
            disk.Apply(call);
        return disk;
    }

    /// <summary>A disk that holds these files, all of them flushed.</summary>
    public static DiskImage After(Dictionary<string, byte[]> files)
    {
        var disk = new DiskImage();
        foreach ((string path, byte[] content) in files)
            disk.names[path] = disk.safeNames[path] = new DiskFile(content);
        return disk;
    }

    public void Apply(FileCall call)
    {
        bool isFlush = call.Kind is FileCallKind.Flush or FileCallKind.FlushFolder;
        if (call.Kind is FileCallKind.Line or FileCallKind.Read || (call.Error != 0 && !isFlush))
            return;
        switch (call.Kind)
        {
            case FileCallKind.Open when !names.ContainsKey(call.Path):
                made[call] = new DiskFile();
                Rename(call);
                break;
            case FileCallKind.Open when call.Truncates:
                names[call.Path].Truncate(0);
                break;
            case FileCallKind.Open:
                break;
            case FileCallKind.MakeFolder or FileCallKind.Rename or FileCallKind.Link or FileCallKind.Delete:
                Rename(call);
                break;
            case FileCallKind.Write:
                names[call.Path].Write(call.Offset, call.Data);
                break;
            case FileCallKind.Truncate:
                names[call.Path].Truncate(call.Offset);
                break;
            case FileCallKind.Flush:
                names[call.Path].Flush(call.Error == 0);
                break;
            case FileCallKind.FlushFolder when call.Error == 0 && pendingNames.Remove(call.Path, out List<FileCall>? settled):
                settled.ForEach(change => Rename(safeNames, change));
                break;
            case FileCallKind.FlushFolder:
                break;
            default:
                throw new InvalidOperationException(call.ToString());
        }
    }

    /// <summary>What a killed process leaves: everything it did.</summary>
    public Dictionary<string, byte[]> AfterKill() => names.Where(IsFile).ToDictionary(f => f.Key, f => f.Value.Content, StringComparer.Ordinal);

    /// <summary>What the disk holds after the power failed: all that was flushed; of the rest, names up to some point and sectors here and there.</summary>
    /// <param name="random">Null: nothing that was not flushed.</param>
    /// <param name="sector">Bytes that are written whole or not at all.</param>
    public Dictionary<string, byte[]> AfterPowerLoss(Random? random = null, int sector = 512)
    {
        double share = random is null ? 0 : random.Next(3) / 2.0;
        return AfterPowerLoss(changes => random?.Next(changes + 1) ?? 0, _ => random?.NextDouble() < share, sector);
    }

    /// <summary>The same, where it is said which sectors of a write that was not flushed have survived: by their number in the write. Of names, all.</summary>
    public Dictionary<string, byte[]> AfterPowerLoss(Func<int, bool> survives) => AfterPowerLoss(changes => changes, survives, 512);

    private Dictionary<string, byte[]> AfterPowerLoss(Func<int, int> names, Func<int, bool> survives, int sector)
    {
        var kept = new Dictionary<string, DiskFile>(safeNames, StringComparer.Ordinal);
        foreach (List<FileCall> changes in pendingNames.Values)
            foreach (FileCall change in changes.Take(names(changes.Count)))
                Rename(kept, change);
        return kept.Where(f => IsFile(f) && StandsIn(kept, f.Key)).ToDictionary(f => f.Key, f => f.Value.AfterPowerLoss(survives, sector), StringComparer.Ordinal);
    }

    /// <summary>Whether anything would be lost if the power failed now.</summary>
    public bool OwesFlushes => pendingNames.Values.Any(p => p.Count > 0) || names.Where(IsFile).Any(f => f.Value.OwesFlushes);

    /// <summary>Whether no folder above it was made and is lost.</summary>
    private bool StandsIn(Dictionary<string, DiskFile> kept, string path)
    {
        for (string? above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
            if (names.ContainsKey(above) && !kept.ContainsKey(above))
                return false;
        return true;
    }

    private static bool IsFile(KeyValuePair<string, DiskFile> entry) => !entry.Value.IsFolder && !entry.Key.EndsWith("-shm", StringComparison.Ordinal);

    private void Rename(FileCall change)
    {
        Rename(names, change);
        string folder = Path.GetDirectoryName(change.Path)!;
        if (!pendingNames.TryGetValue(folder, out List<FileCall>? pending))
            pendingNames.Add(folder, pending = []);
        pending.Add(change);
    }

    private void Rename(Dictionary<string, DiskFile> where, FileCall change)
    {
        switch (change.Kind)
        {
            case FileCallKind.Open:
                where[change.Path] = made[change];
                break;
            case FileCallKind.MakeFolder:
                where.TryAdd(change.Path, new DiskFile { IsFolder = true });
                break;
            case FileCallKind.Delete:
                where.Remove(change.Path);
                break;
            case FileCallKind.Link:
                where[change.Target] = where[change.Path];
                break;
            default:
                if (where.Remove(change.Path, out DiskFile? file))
                    where[change.Target] = file;
                break;
        }
    }

    /// <summary>One file: its bytes, those that are safe, and the changes between.</summary>
    private sealed class DiskFile
    {
        private readonly List<(long Offset, byte[]? Data)> pending = [];
        private byte[] safe;

        public DiskFile(byte[]? content = null)
        {
            Content = [.. content ?? []];
            safe = [.. Content];
        }

        public byte[] Content { get; private set; }

        public bool IsFolder { get; init; }

        public bool OwesFlushes => pending.Count > 0;

        public void Write(long offset, byte[] data) => Change(offset, data);

        public void Truncate(long length) => Change(length, null);

        public void Flush(bool succeeds)
        {
            if (succeeds)
                foreach ((long offset, byte[]? data) in pending)
                    safe = Changed(safe, offset, data);
            pending.Clear(); // after a failed flush the system believes them written
        }

        public byte[] AfterPowerLoss(Func<int, bool> survives, int sector)
        {
            byte[] left = [.. safe];
            foreach ((long offset, byte[]? data) in pending)
            {
                int number = 0;
                if (data is null && survives(number))
                    left = Changed(left, offset, null);
                for (long from = offset; data is not null && from < offset + data.Length; number++)
                {
                    long to = Math.Min(((from / sector) + 1) * sector, offset + data.Length);
                    if (survives(number))
                        left = Changed(left, from, data[(int)(from - offset)..(int)(to - offset)]);
                    from = to;
                }
            }

            return left;
        }

        private void Change(long offset, byte[]? data)
        {
            Content = Changed(Content, offset, data);
            pending.Add((offset, data));
        }

        private static byte[] Changed(byte[] content, long offset, byte[]? data)
        {
            if (data is null || offset + data.Length > content.Length)
                Array.Resize(ref content, (int)(offset + (data?.Length ?? 0)));
            data?.CopyTo(content, offset);
            return content;
        }
    }
}
