using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Records;

namespace FaceVault.Operations;

/// <content>The processing records beside the crown's sum and the ledger. What both know was written in one commit, so that no crash explains a difference: it is a broken claim, as is a row that was changed.</content>
internal sealed partial class Auditing
{
    private const string RowsDiffer = "The processing records are not what was written: a row was changed, put back or lost. Restore the key store from a mirror (restore --keys).";
    private const string LedgerDiffers = "The processing records and the ledger count other numbers of keys for a purpose and day.";

    // Of each ledger line that creates a key its purpose; null for the others.
    private readonly List<string?> purposeOfLine = [];
    private readonly Dictionary<(int Day, string Purpose), (long Granted, long Destroyed)> counted = [];

    /// <summary>Notes what a line says of keys. Called for every line, in order.</summary>
    private void CountLine(long index, LedgerEntry entry, CrownCounts? counts)
    {
        purposeOfLine.Add(entry.Kind == LedgerEntryKind.KeyCreated ? entry.Purpose : null);
        if (counts is null || index < counts.FirstLine)
            return;
        if (entry.Kind == LedgerEntryKind.KeyCreated && entry.Cause != KeyCause.Replaced)
            Count(entry.Purpose!, 1, 0);
        else if (entry.Kind == LedgerEntryKind.KeyRemoved && entry.Created is { } created && created >= 0 && created < index && purposeOfLine[(int)created] is { } purpose)
            Count(purpose, 0, 1);

        void Count(string purpose, long granted, long destroyed)
        {
            (int, string) key = (DayNumber.Of(entry.Time), purpose);
            (long g, long d) = counted.GetValueOrDefault(key);
            counted[key] = (g + granted, d + destroyed);
        }
    }

    /// <summary>In the view in which the ledger ended: rows, sum and lines are of one commit.</summary>
    private void CheckProcessing(ReadScope view)
    {
        CrownCounts? counts = view.Crown.Counts;
        var sum = new byte[CrownCounts.SumSize];
        foreach ((long key, byte[] blob) in view.Store.Scan(CountRow.Table, CountRow.Before, CountRow.End - 1))
        {
            CountRow.Toggle(view.Crown.LedgerKey, view.Crown.VaultId, key, blob, sum);
            if (DayCounts.TryParse(CountRow.TryOpen(view.Crown.LedgerKey, view.Crown.VaultId, key, blob)) is not { IsBegunAnew: false } row)
            {
                AddBroken("processing", RowsDiffer);
                return;
            }

            int day = CountRow.DayOf(key);
            if (counts is null || day < counts.FirstDay || session.Purposes.IdOf(CountRow.PurposeOf(key)) is not { } purpose)
                continue;
            (long granted, long destroyed) = counted.GetValueOrDefault((day, purpose.Value));
            counted[(day, purpose.Value)] = (granted - row[Activity.ConsentsGranted], destroyed - row[Activity.KeysDestroyed]);
        }

        if (!sum.AsSpan().SequenceEqual(counts?.Sum ?? new byte[CrownCounts.SumSize]))
            AddBroken("processing", RowsDiffer);
        else if (counts is not null)
            Add(true, "processing", LedgerDiffers, counted.Count(difference => difference.Key.Day >= counts.FirstDay && difference.Value != (0, 0)));
    }
}
