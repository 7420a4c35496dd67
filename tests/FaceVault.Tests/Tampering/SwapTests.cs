using FaceVault.Storage;
using FaceVault.Tests.Operations;
using Xunit.Abstractions;

namespace FaceVault.Tests.Tampering;

/// <summary>E2: every sealed blob is put where another belongs: other rows, tables, purposes, vaults and earlier times; cut short, spliced, and whole tables put back.</summary>
[Trait("Claim", "E2")]
public sealed class SwapTests(ITestOutputHelper output)
{
    private static readonly Lazy<Task<SmallVault>> Vault = new(() => SmallVault.MakeAsync()), Second = new(() => SmallVault.MakeAsync());

    /// <summary>Table None stands for the templates.</summary>
    private sealed record Row(KeyTable Table, long Key, byte[] Blob)
    {
        public override string ToString() => $"{(Table == KeyTable.None ? "Template" : Table)} {Key}";
    }

    [Fact]
    public async Task No_blob_of_this_or_another_vault_or_an_earlier_time_passes_for_another()
    {
        SmallVault vault = await Vault.Value;
        Row[] others = [.. AllRows(vault).Concat(AllRows(await Second.Value)).DistinctBy(r => Convert.ToHexString(r.Blob))];
        await AssertAllFoundAsync(vault,
            from target in RowsOf(vault)
            from source in others
            where source.Blob.Length == target.Blob.Length && !source.Blob.AsSpan().SequenceEqual(target.Blob)
            select ($"{source} in the place of {target}", new[] { target with { Blob = source.Blob } }));
    }

    [Fact]
    public async Task Two_rows_do_not_change_places()
    {
        SmallVault vault = await Vault.Value;
        Row[] rows = RowsOf(vault);
        await AssertAllFoundAsync(vault,
            from first in rows
            from second in rows
            where first.Blob.Length == second.Blob.Length && (first.Table, first.Key).CompareTo((second.Table, second.Key)) < 0
            select ($"{first} and {second}", new[] { first with { Blob = second.Blob }, second with { Blob = first.Blob } }));
    }

    [Fact]
    public async Task No_blob_opens_cut_short_lengthened_or_spliced()
    {
        SmallVault vault = await Vault.Value;
        Row[] rows = RowsOf(vault);
        var cases = new List<(string, Row[])>();
        foreach (Row row in rows)
        {
            byte[] blob = row.Blob;
            // Classes of length: no nonce, no tag, nothing between them, one byte, half, one padding step less, one byte less.
            foreach (int length in new[] { 1, 23, 24, 39, 40, 41, blob.Length / 2, blob.Length - 4096, blob.Length - 256, blob.Length - 1 }.Where(l => l > 0 && l < blob.Length).Distinct())
                cases.Add(($"{row} of {length} bytes", [row with { Blob = blob[..length] }]));
            foreach (int length in (int[])[1, 16, 256, 4096])
                cases.Add(($"{row} and {length} bytes", [row with { Blob = [.. blob, .. new byte[length]] }]));
            foreach (Row other in rows.Concat(AllRows(vault).Where(r => r.Table == row.Table && r.Key == row.Key)).Where(r => r.Blob.Length == blob.Length && !ReferenceEquals(r.Blob, blob)).DistinctBy(r => Convert.ToHexString(r.Blob)))
                if (!other.Blob.AsSpan().SequenceEqual(blob))
                    cases.Add(($"{row} and the second half of {other}", [row with { Blob = [.. blob[..(blob.Length / 2)], .. other.Blob[(blob.Length / 2)..]] }]));
        }

        await AssertAllFoundAsync(vault, cases);
    }

    /// <summary>Each table as it was after each step, under everything else as it is now. (That a whole older store does not open is E6.)</summary>
    [Fact]
    public async Task A_table_of_an_earlier_copy_does_not_pass_for_todays()
    {
        SmallVault vault = await Vault.Value;
        Row[] now = RowsOf(vault);
        var cases = new List<(string, Row[])>();
        for (int step = 0; step < vault.Copies.Count; step++)
        {
            Row[] then = [.. RowsOf(vault.Copies[step].Keys, vault.Copies[step].Templates)];
            foreach (IGrouping<KeyTable, Row> table in now.GroupBy(r => r.Table))
            {
                // What was not there yet is deleted (an empty blob); what is gone since comes back.
                Row[] older = [.. then.Where(r => r.Table == table.Key)];
                Row[] changed = [.. older, .. table.Where(r => older.All(o => o.Key != r.Key)).Select(r => r with { Blob = [] })];
                Row[] needed = [.. changed.Where(r => table.FirstOrDefault(n => n.Key == r.Key) is { } n && !n.Blob.AsSpan().SequenceEqual(r.Blob))];
                if (needed.Length > 0)
                    cases.Add(($"{table.Key} of step {step}", changed));
            }
        }

        await AssertAllFoundAsync(vault, cases);
    }

    [Fact]
    public async Task A_page_opens_in_its_place_and_time_only()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var copies = new List<Row>();
        for (int i = 0; i < 3; i++)
        {
            await test.Vault.GrantConsentsAsync([.. Enumerable.Range(70 * i, 70).Select(n => test.Grant($"f-{n}"))]);
            await test.Vault.WithdrawConsentAsync(Scenario.Id($"f-{(70 * i) + 1}"));
            copies.AddRange(RowsOf(test.Store.Snapshot()!, test.Templates.Snapshot()!));
        }

        await test.Vault.DisposeAsync();
        VaultImage image = test.Freeze();
        Row[] pages = [.. RowsOf(image.Store!, image.Templates!).Where(r => r.Table is KeyTable.Leaf or KeyTable.Branch)];
        Assert.True(pages.Count(r => r.Table == KeyTable.Leaf) >= 4);
        Row[] others = [.. copies.Concat(pages).Where(r => r.Table is KeyTable.Leaf or KeyTable.Branch).DistinctBy(r => Convert.ToHexString(r.Blob))];
        int tried = 0;
        foreach (Row target in pages)
        {
            foreach (Row source in others.Where(s => !s.Blob.AsSpan().SequenceEqual(target.Blob)))
            {
                await using TestVault again = TestVault.Thaw(image);
                again.Store.Tamper(target.Table, target.Key, source.Blob);
                VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => again.Vault.OpenAsync());
                Assert.Equal(VaultErrorCode.StoreDamaged, refused.Code);
                tried++;
            }
        }

        output.WriteLine($"{tried} pages in other places");
        Assert.True(tried > 20);
    }

    /// <summary>The record names the ledger line of its key: an earlier record would have the destruction of today's key certified as that of a former one.</summary>
    [Fact]
    public async Task A_withdrawal_over_an_earlier_record_ends_in_a_certificate_that_holds()
    {
        SmallVault vault = await Vault.Value;
        Row today = RowsOf(vault).First(r => r is { Table: KeyTable.Record, Key: 1 });
        int tried = 0;
        foreach (Row earlier in AllRows(vault).Where(r => r.Table == today.Table && r.Key == today.Key).DistinctBy(r => Convert.ToHexString(r.Blob)))
        {
            await using TestVault test = TestVault.Thaw(vault.Last);
            test.Store.Tamper(today.Table, today.Key, earlier.Blob);
            await test.Vault.OpenAsync();
            DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
            Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid, certificate.Check(test.Vault.VerifierKey).ToString());
            tried++;
        }

        Assert.True(tried >= 3);
    }

    /// <summary>A clone has the same keys, made by copying the root key store too, which nothing here claims to withstand. Even so: no template, no face, no certificate that is not the vault's.</summary>
    [Fact]
    public async Task What_a_clone_wrote_changes_no_answer_about_a_person()
    {
        SmallVault vault = await Vault.Value;
        Row[] others = [.. AllRows(await vault.CloneAsync(variant: 5, after: SmallVault.HalfWay)).Except(AllRows(vault)).DistinctBy(r => Convert.ToHexString(r.Blob))];
        Answers truth = await TruthAsync(vault);
        int tried = 0, found = 0;
        foreach (Row target in RowsOf(vault))
        {
            foreach (Row source in others.Where(s => s.Table == target.Table && s.Key == target.Key && !s.Blob.AsSpan().SequenceEqual(target.Blob)))
            {
                Answers answers = await AnswersAsync(vault, [target with { Blob = source.Blob }]);
                answers.AssertHonest(truth, $"{target} of a clone", except: "ledger");
                bool mayPass = target.Table == KeyTable.Record;
                Assert.True(mayPass || answers.IsDetected, $"{target} of a clone: nobody noticed");
                tried++;
                found += answers.IsDetected ? 1 : 0;
            }
        }

        output.WriteLine($"{tried} rows of a clone, {found} noticed");
        Assert.True(tried > 20);
    }

    private static IEnumerable<Row> RowsOf(KeyStoreImage keys, RowTable templates) =>
        keys.Blobs().Select(b => new Row(b.Table, b.Key, b.Blob)).Concat(templates.Range(0, long.MaxValue).Select(t => new Row(KeyTable.None, t.Key, t.Value)));

    private static Row[] RowsOf(SmallVault vault) => [.. RowsOf(vault.Last.Store!, vault.Last.Templates!)];

    private static IEnumerable<Row> AllRows(SmallVault vault) => vault.Copies.SelectMany(copy => RowsOf(copy.Keys, copy.Templates));

    private static async Task<Answers> TruthAsync(SmallVault vault)
    {
        Answers truth = await AnswersAsync(vault, []);
        Assert.Empty(truth.Complaints);
        return truth;
    }

    private async Task AssertAllFoundAsync(SmallVault vault, IEnumerable<(string What, Row[] Changed)> cases)
    {
        Answers truth = await TruthAsync(vault);
        int tried = 0;
        foreach ((string what, Row[] changed) in cases)
        {
            Answers answers = await AnswersAsync(vault, changed);
            answers.AssertHonest(truth, what);
            Assert.True(answers.IsDetected, $"{what}: nobody noticed");
            tried++;
        }

        output.WriteLine($"{tried} cases");
        Assert.True(tried > 50);
    }

    private static async Task<Answers> AnswersAsync(SmallVault vault, Row[] changed)
    {
        await using TestVault test = TestVault.Thaw(vault.Last);
        foreach (Row row in changed)
        {
            byte[]? blob = row.Blob.Length == 0 ? null : row.Blob;
            if (row.Table == KeyTable.None)
                test.Templates.Tamper(TemplateRowId.Slot(row.Key), TemplateRowId.Ordinal(row.Key), blob);
            else
                test.Store.Tamper(row.Table, row.Key, blob);
        }

        return await Answers.OfAsync(test.Vault, SmallVault.People);
    }
}
