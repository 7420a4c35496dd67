namespace FaceVault.Tests.RuleHistories;

/// <content>Filing (P11): the calendar comes and goes, a filing is recorded, and where the duties stand is compared.</content>
internal sealed partial class RuleHistory
{
    private async Task ChangeCalendarAsync(RuleMove move)
    {
        world.Filing.HasCalendar = move.Number % 3 != 0;
        test.WorkingDays = world.Filing.Calendar;
        await test.ReopenAsync();
    }

    private async Task RecordFilingAsync()
    {
        WorldDuty[] open = [.. world.Filing.Duties.Where(duty => !duty.IsFiled)];
        Assert.Equal(open.Length > 0, await Vault.RecordFilingAsync($"filing {++named}"));
        foreach (WorldDuty duty in open)
            duty.IsFiled = true;
        await CompareFilingAsync();
    }

    private async Task CompareFilingAsync()
    {
        IEnumerable<string> expected =
            from terms in FilingTerms.Table
            where world.Purposes.Any(purpose => purpose.All.Any(terms.Covers))
            orderby terms.Persons
            let duty = world.Filing.Duties.Find(duty => duty.Terms == terms)
            select $"{terms.Persons}: {world.Filing.Persons(terms)} {duty?.Crossed:O} {duty?.Due:O} {duty?.IsFiled ?? false} {duty?.IsOverdue(world.Now) ?? false}";
        Assert.Equal(expected, (await Vault.GetFilingAsync()).Select(found =>
            $"{found.Threshold}: {found.Persons} {found.CrossedOn:O} {found.DueOn:O} {found.FiledAt is not null} {found.IsOverdue}"));
        int crossings = 0;
        await foreach (LedgerLine line in Vault.ReadLedgerAsync())
            crossings += line.Entry.Contains("\"filing-threshold-crossed\"", StringComparison.Ordinal) ? 1 : 0;
        Assert.Equal(world.Filing.Duties.Count, crossings);
    }
}
