using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Consents;

public class CalendarPeriodTests
{
    [Theory]
    [InlineData("P3Y", "2024-02-29T10:00:00Z", "2027-02-28T10:00:00Z")]
    [InlineData("P4Y", "2024-02-29T10:00:00Z", "2028-02-29T10:00:00Z")]
    [InlineData("P1M", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z")]
    [InlineData("P1Y6M", "2026-08-31T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("P1M1D", "2026-01-31T00:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData("P90D", "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")]
    [InlineData("P2W", "2026-01-01T00:00:00Z", "2026-01-15T00:00:00Z")]
    [InlineData("P1Y2M3W4DT5H6M7S", "2026-01-01T00:00:00Z", "2027-03-26T05:06:07Z")]
    [InlineData("PT36H", "2026-12-31T18:00:00+08:00", "2027-01-02T06:00:00+08:00")]
    [InlineData("P1M", "2026-01-31T00:30:00+08:00", "2026-02-28T00:30:00+08:00")]
    public void A_period_counts_by_the_calendar(string period, string start, string end)
    {
        DateTimeOffset found = CalendarPeriod.Parse(period).After(DateTimeOffset.Parse(start));
        Assert.Equal(DateTimeOffset.Parse(end), found);
        Assert.Equal(DateTimeOffset.Parse(end).Offset, found.Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("3Y")]
    [InlineData("p3y")]
    [InlineData("P3")]
    [InlineData("PY")]
    [InlineData("P0Y")]
    [InlineData("P03Y")]
    [InlineData("P-3Y")]
    [InlineData("P1.5Y")]
    [InlineData("P1M1Y")]
    [InlineData("P1Y1Y")]
    [InlineData("P1YT")]
    [InlineData("P1H")]
    [InlineData("P1D1H")]
    [InlineData("PT1HT1M")]
    [InlineData("PT1M1H")]
    [InlineData("PT1D")]
    [InlineData("P3Y ")]
    [InlineData("P1001Y")]
    [InlineData("P99999999999Y")]
    [InlineData("P999Y999999D")]
    [InlineData("*")]
    [InlineData("unlimited")]
    public void What_is_no_finite_duration_in_its_one_spelling_is_refused(string text)
    {
        Assert.False(CalendarPeriod.TryParse(text, out CalendarPeriod? period));
        Assert.Null(period);
        Assert.Throws<FormatException>(() => CalendarPeriod.Parse(text));
    }

    [Fact]
    public void Every_duration_reads_back_as_it_was_written()
    {
        Gen<int> part = Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 99)));
        Prop.ForAll(part.ArrayOf(7).ToArbitrary(), counts =>
        {
            string date = string.Concat(counts.Take(4).Zip("YMWD", (n, unit) => n == 0 ? "" : $"{n}{unit}"));
            string time = string.Concat(counts.Skip(4).Zip("HMS", (n, unit) => n == 0 ? "" : $"{n}{unit}"));
            string text = "P" + date + (time.Length == 0 ? "" : "T" + time);
            bool accepted = CalendarPeriod.TryParse(text, out CalendarPeriod? period);
            return accepted == (text.Length > 1) && (!accepted || (period!.ToString() == text && period.Equals(CalendarPeriod.Parse(text)) && period.After(Examples.Now) > Examples.Now));
        }).Check(Deep.Config(300));
    }
}
