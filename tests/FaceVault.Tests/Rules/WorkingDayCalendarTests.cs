using System.Buffers.Binary;
using System.Text;
using FaceVault.Operations;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Rules;

public class WorkingDayCalendarTests
{
    /// <summary>What the State Council announced for 2025.</summary>
    internal static readonly WorkingDayCalendar Mainland2025 = new(
        new DateOnly(2025, 1, 1), new DateOnly(2026, 1, 1),
        [.. Days(1, 1, 1), .. Days(1, 28, 4), .. Days(2, 1, 4), .. Days(4, 4, 3), .. Days(5, 1, 5), .. Days(5, 31, 1), .. Days(6, 1, 2), .. Days(10, 1, 8)],
        [.. Days(1, 26, 1), .. Days(2, 8, 1), .. Days(4, 27, 1), .. Days(9, 28, 1), .. Days(10, 11, 1)]);

    [Fact]
    public void Whoever_keeps_enough_persons_on_the_first_day_of_the_rule_files_by_the_fourteenth_of_july()
    {
        Assert.Equal(new DateOnly(2025, 7, 14), Mainland2025.AddWorkingDays(new DateOnly(2025, 6, 1), 30));
        Assert.False(Mainland2025.IsWorkingDay(new DateOnly(2025, 6, 2)));
        Assert.True(Mainland2025.IsWorkingDay(new DateOnly(2025, 9, 28))); // a Sunday, worked for the holiday
        Assert.Null(Mainland2025.AddWorkingDays(new DateOnly(2025, 12, 1), 30));
        Assert.Equal(new DateOnly(2025, 7, 14), Samples.FilingSamples.Due(new VaultOptions())); // as the documentation says
    }

    [Fact]
    public void One_less_than_a_hundred_thousand_is_not_a_hundred_thousand()
    {
        var count = new PersonCount(new HashSet<uint>());
        Span<byte> tag = stackalloc byte[16];
        for (int person = 0; person < 99_999; person++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(tag, person);
            count.Add(tag, (uint)person);
            count.Add(tag, (uint)(person + 5)); // a second consent of the same person
        }

        Assert.Equal(99_999, count.Persons);
        Assert.Null(count.ReachedAt(100_000));
        BinaryPrimitives.WriteInt32LittleEndian(tag, 99_999);
        count.Add(tag, 1_000_000);
        Assert.Equal(1_000_000u, count.ReachedAt(100_000));
        Assert.Equal(49_999u, count.ReachedAt(50_000));
    }

    /// <summary>The oracle walks day by day over a list of what is worked.</summary>
    [Fact]
    public void So_many_working_days_later_means_that_so_many_were_worked()
    {
        var arbitrary = from start in Gen.Choose(0, 420) from days in Gen.Choose(1, 90) select (start, days);
        DateOnly first = Mainland2025.From;
        bool[] worked = [.. Enumerable.Range(0, 365).Select(i => Mainland2025.IsWorkingDay(first.AddDays(i)))];
        Assert.Equal(248, worked.Count(is_ => is_));
        Prop.ForAll(arbitrary.ToArbitrary(), item =>
        {
            DateOnly start = first.AddDays(item.start - 30);
            int[] after = [.. Enumerable.Range(0, 365).Where(i => worked[i] && i > item.start - 30)];
            DateOnly? expected = item.start - 30 >= -1 && after.Length >= item.days ? first.AddDays(after[item.days - 1]) : null;
            Assert.Equal(expected, Mainland2025.AddWorkingDays(start, item.days));
        }).Check(Deep.Config(300));
    }

    [Theory]
    [InlineData("""{"until":"2026-01-01"}""", "from")]
    [InlineData("""{"from":"2025-01-01"}""", "until")]
    [InlineData("""{"from":"2025-01-01","until":"2025-01-01"}""", "until")]
    [InlineData("""{"from":"1 May","until":"2025-01-01"}""", "from")]
    [InlineData("""{"from":"2025-01-01","until":"2026-01-01","holidays":["2026-01-01"]}""", "until")]
    [InlineData("""{"from":"2025-01-01","until":"2026-01-01","holidays":["2025-05-01"],"workingDays":["2025-05-01"]}""", "until")]
    [InlineData("""{"from":"2025-01-01","until":"2026-01-01","workingDays":["Sunday"]}""", "workingDays[0]")]
    [InlineData("""{"from":"2025-01-01","until":"2026-01-01","name":"x"}""", "name")]
    public void A_calendar_that_does_not_fit_together_is_refused_and_the_member_is_named(string json, string member) =>
        Assert.Contains($"member {member} ", Assert.Throws<FormatException>(() => WorkingDayCalendar.FromJson(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_calendar_reads_from_json()
    {
        var read = WorkingDayCalendar.FromJson("""{"from":"2025-05-01","until":"2025-08-01","holidays":["2025-05-31","2025-06-02"],"workingDays":["2025-06-07"]}"""u8);
        Assert.Equal(new DateOnly(2025, 7, 11), read.AddWorkingDays(new DateOnly(2025, 6, 1), 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => read.IsWorkingDay(new DateOnly(2025, 8, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => read.AddWorkingDays(new DateOnly(2025, 6, 1), 0));
    }

    private static IEnumerable<DateOnly> Days(int month, int first, int count) => Enumerable.Range(0, count).Select(i => new DateOnly(2025, month, first).AddDays(i));
}
