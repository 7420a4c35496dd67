namespace FaceVault.Storage;

/// <summary>A store that counts the flushes (fsync) it asked the operating system for, so that a benchmark can print flushes per call.</summary>
internal interface IFlushCounter
{
    /// <summary>Flushes since this store was opened. SQLite: one per commit, one more when it begins a new WAL, two per checkpoint that had something to move. In memory: one each.</summary>
    long Flushes { get; }
}
