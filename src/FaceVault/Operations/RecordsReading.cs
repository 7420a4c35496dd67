using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Records;

namespace FaceVault.Operations;

/// <summary>Processing records: what is stored, and what this process has counted since.</summary>
internal static class RecordsReading
{
    public static IReadOnlyList<ProcessingRecord> List(VaultSession session, DateOnly from, DateOnly to)
    {
        int first = DayNumber.Of(from), last = DayNumber.Of(to);
        var days = new SortedDictionary<long, DayCounts>();
        using ReadScope view = session.Engine.Read();
        foreach ((long key, byte[] blob) in view.Store.Scan(CountRow.Table, CountRow.KeyOf(first, 0), CountRow.KeyOf(last, ushort.MaxValue)))
            days.Add(key, DayCounts.TryParse(CountRow.TryOpen(view.Crown.LedgerKey, view.Crown.VaultId, key, blob)) ?? new DayCounts { IsBegunAnew = true });
        foreach (TakenCount count in session.Engine.Book.Read().Where(count => count.From.Day >= first && count.From.Day <= last))
        {
            long key = CountRow.KeyOf(count.From.Day, count.Purpose);
            if (!days.TryGetValue(key, out DayCounts? day))
                days.Add(key, day = new DayCounts());
            day.Add(count.At, count.Count);
        }

        return [.. days.Select(day => Describe(day.Value, DayNumber.Date(CountRow.DayOf(day.Key)), session.Purposes.IdOf(CountRow.PurposeOf(day.Key))))];
    }

    private static ProcessingRecord Describe(DayCounts counts, DateOnly day, PurposeId? purpose) => new()
    {
        Day = day,
        Purpose = purpose,
        ConsentsGranted = counts[Activity.ConsentsGranted],
        Enrolments = counts[Activity.Enrolments],
        Verifications = counts[Activity.Verifications],
        VerificationMatches = counts[Activity.VerificationMatches],
        Searches = counts[Activity.Searches],
        SearchHits = counts[Activity.SearchHits],
        Analyses = counts[Activity.Analyses],
        Copies = counts[Activity.Copies],
        Restrictions = counts[Activity.Restrictions],
        Withdrawals = counts[Activity.Withdrawals],
        Erasures = counts[Activity.Erasures],
        Expiries = counts[Activity.Expiries],
        Retirements = counts[Activity.Retirements],
        KeysDestroyed = counts[Activity.KeysDestroyed],
        Refusals = Known(counts.Refusals),
        IsIncomplete = counts.IsBegunAnew,
    };

    /// <summary>By code; those of a later version, of which there is no code here, are left out.</summary>
    private static SortedDictionary<ViolationCode, long> Known(SortedDictionary<string, long> refusals)
    {
        var known = new SortedDictionary<ViolationCode, long>();
        foreach ((string name, long count) in refusals)
            if (Enum.TryParse(name, out ViolationCode code))
                known.Add(code, count);
        return known;
    }
}
