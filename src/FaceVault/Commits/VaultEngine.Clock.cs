using FaceVault.Consents;
using FaceVault.Ledger;

namespace FaceVault.Commits;

/// <content>S2 (PIPL 19; BIPA 15(a)): times that the vault has recorded, and a clock that stands before them.</content>
internal sealed partial class VaultEngine
{
    private long newestTicks;

    /// <summary>The latest time that the vault knows to have been: of its commits since it was opened, and of the newest ledger line before.</summary>
    public DateTimeOffset NewestTime => new(Volatile.Read(ref newestTicks), TimeSpan.Zero);

    /// <summary>Whether the clock stands so far before that time that nobody can tell what has ended.</summary>
    public bool ClockIsBack => NewestTime - Options.Clock.GetUtcNow() > ConsentRules.Skew;

    /// <summary>The time for lines of the ledger. They never go back: a vault that is opened again reads from the newest one how late it was, also when something was withdrawn under a clock that was set back.</summary>
    private DateTimeOffset LedgerTime => Options.Clock.GetUtcNow() is var now && NewestTime is var newest && newest > now ? newest : now;

    /// <summary>From here on the clock counts as right; on the writer's thread, after the commit that says so.</summary>
    public void AcceptTime(DateTimeOffset time) => Volatile.Write(ref newestTicks, time.UtcTicks);

    private void NoteTime(DateTimeOffset time)
    {
        if (time.UtcTicks > newestTicks)
            Volatile.Write(ref newestTicks, time.UtcTicks);
    }

    /// <summary>When the newest line of the ledger was written; where it cannot be read, long ago: an audit says why.</summary>
    private DateTimeOffset ReadNewestTime()
    {
        try
        {
            return LedgerEntry.Parse(new LineReader(State, store!).Bytes(State.Crown.LedgerSize - 1)).Time;
        }
        catch (Exception unreadable) when (unreadable is VaultException or FormatException)
        {
            return default;
        }
    }
}
