using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Commits;

// Processing records: what a commit does is counted in the commit itself; what is counted in memory goes with the next commit, with one of its own after a minute, and at closing.
internal sealed partial class VaultEngine
{
    /// <summary>Rows of days whose time is over that one commit drops.</summary>
    private const int MostDropped = 4096;

    private CarriedCounts? carried;
    private CountMark? mark;
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
        var rows = new SortedDictionary<long, DayCounts>();
        foreach (((int day, ushort purpose), DayCounts own) in draft.Counts)
            Row(CountRow.KeyOf(day, purpose)).Add(own);
        foreach (TakenCount count in counts)
            Row(CountRow.KeyOf(count.From.Day, count.Purpose)).Add(count.At, count.Count);
        foreach ((long key, DayCounts row) in rows)
            draft.Writes.Add(new KeyWrite(CountRow.Table, key, CountRow.Seal(draft.Crown.LedgerKey, draft.Crown.VaultId, key, row.ToBytes())));
        return MoveMark(draft, counts);

        DayCounts Row(long key)
        {
            if (rows.TryGetValue(key, out DayCounts? row))
                return row;
            row = (TryOpen(draft, key, out byte[]? plain, out bool isThere) ? DayCounts.TryParse(plain) : null) ?? new DayCounts { IsBegunAnew = isThere };
            rows.Add(key, row);
            return row;
        }
    }

    /// <summary>The mark comes with the first counts; days whose time is over go with the first counts of a new day.</summary>
    private CarriedCounts MoveMark(CommitDraft draft, List<TakenCount> counts)
    {
        int today = Book.Today, kept = DayNumber.FirstKept(today, Options.RecordYears), dropped = lastDropped;
        bool isThere = false;
        CountMark? known = mark ?? (TryOpen(draft, CountRow.MarkKey, out byte[]? plain, out isThere) ? CountMark.TryParse(plain) : null);
        CountMark now = known ?? new CountMark(today, draft.FirstLine, isThere);
        if (dropped != today)
        {
            KeyWrite[] over = [.. draft.Reader.Scan(CountRow.Table, CountRow.KeyOf(1, 0), CountRow.KeyOf(kept, 0) - 1).Take(MostDropped).Select(row => new KeyWrite(CountRow.Table, row.Key, default))];
            draft.Writes.AddRange(over);
            if (over.Length > 0 && now.FirstDay < kept)
                now = now with { FirstDay = kept };
            if (over.Length < MostDropped)
                dropped = today;
        }

        if (now != known)
            draft.Writes.Add(new KeyWrite(CountRow.Table, CountRow.MarkKey, CountRow.Seal(draft.Crown.LedgerKey, draft.Crown.VaultId, CountRow.MarkKey, now.ToBytes())));
        return new CarriedCounts(counts, now, dropped);
    }

    /// <summary>What a row says; false when it is not there or does not open.</summary>
    private static bool TryOpen(CommitDraft draft, long key, out byte[]? plain, out bool isThere)
    {
        plain = null;
        isThere = true;
        try
        {
            if (draft.Reader.Read(CountRow.Table, key) is { } blob)
                plain = CountRow.TryOpen(draft.Crown.LedgerKey, draft.Crown.VaultId, key, blob);
            else
                isThere = false;
        }
        catch (VaultException damage) when (damage.IsDamage)
        {
            return false; // a page of the database
        }

        return plain is not null;
    }

    /// <summary>A commit is durable: what it took from memory is not there any more. Under the write lock, so that no reader sees it twice or not at all.</summary>
    private void SettleCounts(byte[] sealedCrown)
    {
        if (carried is not { } written || !sealedCrown.AsSpan().SequenceEqual(attempted))
            return;
        carried = null;
        (mark, lastDropped) = (written.Mark, written.Dropped);
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
    private sealed record CarriedCounts(List<TakenCount> Counts, CountMark Mark, int Dropped);

    /// <summary>A commit for the sake of the counts in memory.</summary>
    private sealed class CountsItem : OrdinaryItem
    {
        public override void Apply(CommitDraft draft) => draft.CrownChanged = true;
    }
}
