using FaceVault.Keys;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Commits;

// Processing records: what a commit does is counted in the commit itself; what is counted in memory goes with the next commit, with one of its own after a minute, and at closing.
internal sealed partial class VaultEngine
{
    /// <summary>Rows of days whose time is over that one commit drops.</summary>
    private const int MostDropped = 4096;

    private CarriedCounts? carried;
    private int lastDropped;
    private long countsWritten;

    /// <summary>What was counted and is not written yet.</summary>
    public CountBook Book { get; }

    /// <summary>Adds the rows of counts to a draft: its own, and outside of a recovery those in memory. A row that does not open holds up nobody; it is begun anew and says so.</summary>
    private CarriedCounts? AddCounts(CommitDraft draft)
    {
        try
        {
            return AddRows(draft);
        }
        catch (VaultException failure)
        {
            Fault(failure); // a store that cannot be read
            throw;
        }
    }

    private CarriedCounts? AddRows(CommitDraft draft)
    {
        List<TakenCount> counts = recovering ? [] : Book.Read();
        if (counts.Count == 0 && draft.Counts.Count == 0)
            return null;
        var added = new SortedDictionary<long, DayCounts>();
        foreach (((int day, ushort purpose), DayCounts own) in draft.Counts)
            Row(CountRow.KeyOf(day, purpose)).Add(own);
        foreach (TakenCount count in counts)
            Row(CountRow.KeyOf(count.From.Day, count.Purpose)).Add(count.At, count.Count);
        int today = Book.Today, kept = DayNumber.FirstKept(today, Options.RecordYears()), dropped = lastDropped;
        CrownCounts before = draft.Crown.Counts ?? new CrownCounts(today, draft.FirstLine, new byte[CrownCounts.SumSize]);
        byte[] sum = [.. before.Sum];
        foreach ((long key, DayCounts row) in added)
            Replace(draft, key, ReadRow(draft, key), row, sum);
        if (dropped != today)
            dropped = Drop(draft, kept, sum) ? today : dropped;
        draft.Crown.Counts = before with { FirstDay = Math.Max(before.FirstDay, kept), Sum = sum };
        return new CarriedCounts(counts, dropped);

        DayCounts Row(long key)
        {
            if (!added.TryGetValue(key, out DayCounts? row))
                added.Add(key, row = new DayCounts());
            return row;
        }
    }

    /// <summary>Adds to what is stored. A row that does not open is begun anew and says so; the sum keeps what it was, so that the audit goes on finding it.</summary>
    private static void Replace(CommitDraft draft, long key, byte[]? stored, DayCounts row, byte[] sum)
    {
        if (stored is not null)
        {
            row.Add(DayCounts.TryParse(CountRow.TryOpen(draft.Crown.LedgerKey, draft.Crown.VaultId, key, stored)) ?? new DayCounts { IsBegunAnew = true });
            CountRow.Toggle(draft.Crown.LedgerKey, draft.Crown.VaultId, key, stored, sum);
        }

        byte[] blob = CountRow.Seal(draft.Crown.LedgerKey, draft.Crown.VaultId, key, row.ToBytes());
        CountRow.Toggle(draft.Crown.LedgerKey, draft.Crown.VaultId, key, blob, sum);
        draft.Writes.Add(new KeyWrite(CountRow.Table, key, blob));
    }

    /// <summary>Days whose time is over go with the first counts of a new day, so many at once; true when none is left.</summary>
    private static bool Drop(CommitDraft draft, int kept, byte[] sum)
    {
        KeyValuePair<long, byte[]>[] over = [.. draft.Reader.Scan(CountRow.Table, CountRow.Before, CountRow.KeyOf(kept, 0) - 1).Take(MostDropped)];
        foreach ((long key, byte[] blob) in over)
        {
            if (draft.Writes.Exists(write => write.Table == CountRow.Table && write.Key == key))
                continue; // counted just now, by a clock that went back
            CountRow.Toggle(draft.Crown.LedgerKey, draft.Crown.VaultId, key, blob, sum);
            draft.Writes.Add(new KeyWrite(CountRow.Table, key, default));
        }

        return over.Length < MostDropped;
    }

    /// <summary>What is stored; empty when a page of the database is damaged, which holds up nobody.</summary>
    private static byte[]? ReadRow(CommitDraft draft, long key)
    {
        try
        {
            return draft.Reader.Read(CountRow.Table, key);
        }
        catch (VaultException damage) when (damage.IsDamage)
        {
            return [];
        }
    }

    /// <summary>A commit is durable: what it took from memory is not there any more. Under the write lock, so that no reader sees it twice or not at all.</summary>
    private void SettleCounts(byte[] sealedCrown)
    {
        if (carried is not { } written || !sealedCrown.AsSpan().SequenceEqual(attempted))
            return;
        carried = null;
        lastDropped = written.Dropped;
        countsWritten = Options.Clock.GetTimestamp();
        foreach (TakenCount count in written.Counts)
            count.Settle();
    }

    /// <summary>Where nothing else commits: writes what was counted when the last writing is older than the interval. Writer thread only.</summary>
    private void WriteCountsWhenDue()
    {
        if (Options.Clock.GetElapsedTime(countsWritten) < Options.RecordInterval)
            return;
        countsWritten = Options.Clock.GetTimestamp(); // also when it fails: tried again after another interval
        WriteCounts();
    }

    private void WriteCounts()
    {
        if (HaltReason is not null || Book.Read().Count == 0)
            return;
        var item = new CountsItem();
        CommitGroup([item]);
        _ = item.Completion.Exception; // said by the fault's own message; the counts stay in memory
    }

    /// <summary>What a commit takes with it; true of memory when it is durable.</summary>
    private sealed record CarriedCounts(List<TakenCount> Counts, int Dropped);

    /// <summary>A commit for the sake of the counts in memory.</summary>
    private sealed class CountsItem : OrdinaryItem
    {
        public override void Apply(CommitDraft draft) => draft.CrownChanged = true;
    }
}
