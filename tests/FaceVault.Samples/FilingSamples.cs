namespace FaceVault.Samples;

/// <summary>What docs/consents.md quotes about filing.</summary>
public static class FilingSamples
{
    public static DateOnly? Due(VaultOptions options)
    {
        // calendar begins
        var calendar = new WorkingDayCalendar(
            from: new DateOnly(2025, 5, 1),
            until: new DateOnly(2025, 8, 1),
            holidays: [new DateOnly(2025, 5, 1), new DateOnly(2025, 5, 2), new DateOnly(2025, 5, 5), new DateOnly(2025, 6, 2)],
            workingDays: [new DateOnly(2025, 5, 10)]);
        DateOnly? due = calendar.AddWorkingDays(new DateOnly(2025, 6, 1), 30); // 14 July 2025
        options.WorkingDays = calendar;
        // calendar ends
        return due;
    }
}
