using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>How many templates were handed out today (S1: PIPL 51; GDPR 32). The ledger is what counts them: it is read once, from its end back to midnight UTC, when the first copy is asked for. Thread-safe.</summary>
internal sealed class CopyCount
{
    private const int Stretch = 2048;

    private static readonly byte[] Kind = "\"kind\":\"templates-copied\""u8.ToArray();

    private readonly Lock gate = new();
    private DateTime day;
    private long count = -1;

    /// <summary>How many were handed out on the day of that moment, or later: a clock that is set back gives nothing free.</summary>
    public long On(DateTimeOffset now, VaultState state, IKeyStoreReader reader)
    {
        lock (gate)
        {
            DateTime today = now.UtcDateTime.Date;
            if (count >= 0 && today > day)
                count = 0;
            else if (count < 0)
                count = Count(new DateTimeOffset(today, TimeSpan.Zero), state, reader);
            day = today > day ? today : day;
            return count;
        }
    }

    /// <summary>Reads the ledger again at the next question: a clock was accepted, and today is another day.</summary>
    public void Forget()
    {
        lock (gate)
            (count, day) = (-1, default);
    }

    /// <summary>Counts a copy that is about to be written, or takes one back that was not. After <see cref="On"/>.</summary>
    public void Add(int copies)
    {
        lock (gate)
            count += copies;
    }

    private static long Count(DateTimeOffset midnight, VaultState state, IKeyStoreReader reader)
    {
        long sum = 0;
        DateTimeOffset over = midnight.AddDays(1) + ConsentRules.Skew; // later ones are of a clock that ran ahead
        for (long end = state.Crown.LedgerSize, from; end > 0; end = from)
        {
            from = Math.Max(0, end - Stretch);
            bool isBefore = false;
            foreach ((long index, ReadOnlyMemory<byte> line) in state.ReadLines(reader, from))
            {
                if (index >= end)
                    break;
                if (index == from)
                    isBefore = LedgerEntry.Parse(line.Span).Time < midnight;
                if (line.Span.IndexOf(Kind) >= 0 && LedgerEntry.Parse(line.Span) is { Kind: LedgerEntryKind.TemplatesCopied } entry && entry.Time >= midnight && entry.Time < over)
                    sum += entry.Count ?? 0;
            }

            if (isBefore)
                break;
        }

        return sum;
    }
}
