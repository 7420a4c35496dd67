using FaceVault.Tests.Operations;

namespace FaceVault.Tests.RuleHistories;

/// <content>Imports: up to four rows, of consents that are new, are there already or come twice. The check has to list every row's codes; the import refuses what the check refuses, and writes nothing then.</content>
internal sealed partial class RuleHistory
{
    private async Task ImportAsync(RuleMove move)
    {
        WorldPurpose purpose = PurposeOf(move.Number);
        TemplateModel model = Pick(purpose.Models.Admitted, move.Number / 3);
        ImportRow[] rows = [.. RowsOf(move, purpose)];
        Ask all = new(Act.Import, world) { Purpose = purpose, Newcomers = [.. rows.Where(row => row.Ask.Act == Act.Found).Select(row => row.Ask.Grant!.Subject)] };
        var expected = new SortedSet<string>(rows.SelectMany((row, i) => row.Broken.Select(rule => $"{i} {rule.Code}")), StringComparer.Ordinal);
        if (expected.Count == 0)
            expected = new SortedSet<string>(OracleRule.Codes(all).Select(code => $"- {code}"), StringComparer.Ordinal);
        string before = await StateAsync();
        Assert.Equal(expected, await RefusedAsync(() => Vault.CheckImportAsync(purpose.Id, model.Name, Items(rows))));
        ImportResult? done = null;
        SortedSet<string> actual = await RefusedAsync(async () => done = await Vault.ImportAsync(purpose.Id, model.Name, Items(rows)));

        // What cannot be encoded or belongs elsewhere ends the reading of a batch, before the batch is judged.
        int unreadable = Array.FindIndex(rows, row => row.Broken.Any(rule => rule.Code == ViolationCode.MalformedTemplate) || row.Ask.Grant!.Purpose != purpose.Id);
        if (unreadable < 0)
            Assert.Equal(expected, actual);
        else
            Assert.All(actual, code => Assert.Contains(code, expected.Where(code => code.StartsWith($"{unreadable} ", StringComparison.Ordinal))));
        Assert.Equal(expected.Count > 0, actual.Count > 0);
        broken.UnionWith(rows.SelectMany(row => row.Broken).Concat(OracleRule.Broken(all)));
        if (expected.Count > 0)
        {
            Assert.Equal(before, await StateAsync());
            return;
        }

        world.Cross(all);
        Assert.Equal((all.Newcomers.Count, rows.Length), (done!.Granted, done.Enrolled + done.Skipped));
        foreach (ImportRow row in rows)
        {
            if (row.Ask.Act == Act.Found)
                world.Consents.Add(new WorldConsent(row.Ask.Grant!, purpose, row.Person));
            world.Consents.First(c => c.IsKnown && c.Id == row.Ask.Grant!.Id).Enrolled.Add(model);
        }
    }

    private IEnumerable<ImportRow> RowsOf(RuleMove move, WorldPurpose purpose)
    {
        var earlier = new List<(ConsentGrant Grant, int Person)>();
        for (int i = 0; i <= move.Number % 4; i++)
        {
            RuleMove own = new(Act.Import, (move.Number / 7) + (i * 7919), i == move.Number / 4 % 4 ? move.Defects : 0);
            int person = own.Number % People, how = own.Number / 11 % 4;
            ConsentGrant grant = how == 1 && earlier.Count > 0 ? Pick(earlier, own.Number).Grant
                : how == 2 && world.Known.Any(c => c.Purpose == purpose || own.Defects > 0) ? Pick(world.Known.Where(c => c.Purpose == purpose || own.Defects > 0), own.Number).Grant
                : GrantOf(own, purpose, person);
            if (own.Defects > 0 && own.Number % 9 == 0)
                grant = grant with { Subject = new SubjectId("somebody else") };
            if (own.Defects > 0 && own.Number % 9 == 1)
                grant = grant with { Purpose = PurposeOf(own.Number / 9).Id };
            WorldConsent? known = world.Known.FirstOrDefault(c => c.Id == grant.Id);
            (ConsentGrant? first, int firstPerson) = earlier.Find(other => other.Grant.Id == grant.Id);
            person = known?.Face ?? (first is null ? person : firstPerson);
            var ask = new Ask(first is not null ? Act.Again : known is not null ? Act.Join : Act.Found, world)
            {
                Consent = known,
                Purpose = purpose,
                Grant = grant,
                First = first,
                Newcomers = [.. earlier.Where(other => world.Known.All(c => c.Id != other.Grant.Id)).Select(other => other.Grant.Subject)],
                Face = own.Defects > 0 && own.Number % 9 == 2 ? new float[64] : TestVault.Face(person, capture: i),
                Captured = own.Defects == 0 ? null : own.Number % 9 == 3 ? grant.GivenAt.AddMinutes(-1) : own.Number % 9 == 4 ? world.Now.AddMinutes(10) : world.Now,
            };
            earlier.Add((grant, person));
            yield return new ImportRow(ask, person);
        }
    }

    private static async IAsyncEnumerable<Enrollment> Items(ImportRow[] rows)
    {
        await Task.CompletedTask;
        foreach (ImportRow row in rows)
            yield return new Enrollment(row.Ask.Grant!, row.Ask.Face!, row.Ask.Captured);
    }

    /// <summary>The codes with the number of their row, or a line where they are of no row.</summary>
    private static async Task<SortedSet<string>> RefusedAsync(Func<Task> call)
    {
        try
        {
            await call();
            return [];
        }
        catch (RefusedException refused)
        {
            return new SortedSet<string>(refused.Violations.Select(v => $"{(v.Field.StartsWith("items[", StringComparison.Ordinal) ? v.Field[6..v.Field.IndexOf(']', StringComparison.Ordinal)] : "-")} {v.Code}"), StringComparer.Ordinal);
        }
    }

    /// <summary>One row of an import, and which rows of the table it breaks: what it is, and what it is of.</summary>
    private sealed record ImportRow(Ask Ask, int Person)
    {
        public IReadOnlyList<OracleRule> Broken { get; } = [.. OracleRule.Broken(Ask with { Act = Act.Row }), .. OracleRule.Broken(Ask)];
    }
}
