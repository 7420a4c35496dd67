namespace FaceVault.Storage;

/// <summary>A store that writes to a log first. It counts the flushes (fsync) it asked the operating system for, so that a benchmark can print flushes per call.</summary>
internal interface ILoggedStore
{
    /// <summary>Flushes since this store was opened. SQLite: one per commit, one more when it begins a new WAL, two per checkpoint that had something to move. In memory: one each.</summary>
    long Flushes { get; }

    /// <summary>Moves a log of some length to its final place while nobody waits. Concludes nothing, and failing takes nothing back.</summary>
    void Rest();
}
