using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FaceVault.Storage;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Attack;

/// <summary>The attacker opens all that lives and nothing that was destroyed; and only the death of the root key stops it, since with the old one it reads everything.</summary>
[Collection(Alone.Name)]
[Trait("Claim", "E3")]
public sealed class AttackerTests
{
    [Fact]
    public async Task Without_destruction_it_reads_everything()
    {
        await using TestVault test = await PeopleAsync();
        Attacker attacker = test.Thief.Attack();

        AssertReads(attacker, "c-0", 0);
        AssertReads(attacker, "c-1", 1, 11);
        AssertReads(attacker, "c-2", 2);
        Assert.True(attacker.Reads("\"subject of c-0\""u8));
        Assert.Empty(attacker.Certified);
        AssertOpensAllThatStandsNow(test, attacker);
    }

    [Fact]
    public async Task What_was_destroyed_is_out_of_reach_whatever_it_tries_and_the_living_are_not()
    {
        await using TestVault test = await PeopleAsync();
        byte[][] old = [.. test.Media.Select(m => m.Durable())];
        await DestroyAsync(test);
        await test.Vault.RemoveTemplateAsync(Scenario.Id("c-4"), 0);

        Attacker attacker = test.Thief.Attack(Thoroughness.Everything);

        AssertReads(attacker, "c-0");
        AssertReads(attacker, "c-1", 21);
        AssertReads(attacker, "c-2");
        AssertReads(attacker, "c-9", 2);
        AssertReads(attacker, "c-3", 3);
        AssertReads(attacker, "c-4", 14);
        Assert.Equal([2, 3, 14, 21], attacker.Templates.Select(t => Faces.NumberOf(t)).Distinct().Order());
        Assert.Equal(4, attacker.Certified.Count);
        Assert.Empty(attacker.Certified.Intersect(attacker.Commitments));
        AssertOpensAllThatStandsNow(test, attacker);

        Attacker former = Attacker.Run(test.Thief.Loot, old);
        AssertReads(former, "c-0", 0);
        AssertReads(former, "c-1", 1, 11);
        AssertReads(former, "c-2", 2);
    }

    [Fact]
    public async Task The_rotation_of_a_retired_purpose_is_out_of_reach_and_a_change_of_models_leaves_it_as_it_is()
    {
        await using TestVault test = await PeopleAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "lift"));
        await test.Vault.GrantConsentAsync(test.Grant("l-0", purpose: "lift"));
        await test.Vault.EnrollAsync(Scenario.Id("l-0"), null, TestVault.Face(30));
        await test.Vault.AdmitModelAsync(new PurposeId("lift"), new TemplateModel("newer", 64, TemplateEncoding.Float32));
        Attacker before = test.Thief.Attack();
        AssertReads(before, "l-0", 30);
        Assert.Equal([1, 2], before.Seeds.Select(seed => seed.Purpose).Order()); // one each, whatever changed behind them
        byte[] seed = Convert.FromHexString(before.Seeds.Single(known => known.Purpose == 2).Hex);
        Assert.DoesNotContain(before.Opened.Where(opened => opened.Key.Kind != BlobKind.Crown), opened => opened.Value.AsSpan().IndexOf(seed) >= 0);

        await test.Vault.RetirePurposeAsync(new PurposeId("lift"));

        Attacker attacker = test.Thief.Attack(Thoroughness.Everything);
        Assert.Equal([1], attacker.Seeds.Select(known => known.Purpose));
        Assert.False(attacker.Reads(seed) || attacker.Knows(seed));
        AssertReads(attacker, "c-3", 3);
    }

    [Fact]
    public async Task Of_somebody_whose_evidence_is_gone_not_even_a_name_can_be_read()
    {
        await using TestVault test = await PeopleAsync();
        await DestroyAsync(test);
        Assert.True(test.Thief.Attack().Reads("\"subject of c-0\""u8));

        test.Clock.Now = test.Start.AddYears(3).AddDays(2);
        await test.Vault.SweepAsync();
        Attacker attacker = test.Thief.Attack(Thoroughness.Everything);

        Assert.False(attacker.Reads("\"c-0\""u8));
        Assert.False(attacker.Reads("\"subject of c-0\""u8));
        Assert.Empty(attacker.EntriesOf("c-0"));
        Assert.True(attacker.Reads("\"subject of c-3\""u8)); // who expired by that sweep and whose evidence has years to go
    }

    [Fact]
    public async Task After_one_withdrawal_each_root_location_holds_one_key_and_no_crown_of_before_opens()
    {
        await using TestVault test = await PeopleAsync();
        test.Thief.Look();
        int crowns = test.Thief.Loot.Of(BlobKind.Crown).Count;

        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"));

        Assert.All(test.Media, m => Assert.Single(StolenRoot.Keys(m.Durable())));
        Attacker attacker = test.Thief.Attack(Thoroughness.Everything);
        Assert.InRange(crowns, 10, int.MaxValue);
        Assert.DoesNotContain(test.Thief.Loot.Of(BlobKind.Crown).Take(crowns), attacker.Opened.ContainsKey);
        Assert.NotEmpty(attacker.Crowns);
        AssertReads(attacker, "c-0");
        AssertReads(attacker, "c-3", 3);
    }

    [Fact]
    public async Task The_frames_of_an_attempt_that_failed_open_nobody_who_is_destroyed_with_others_later()
    {
        await using TestVault test = await PeopleAsync();
        test.Faults.FailAt(StoreStep.Commit, 3, StoreFaultMoment.During); // the stop in primary and mirror, then the destroying commit
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(Scenario.Id("c-0")));
        Assert.Contains(11, test.Thief.Attack().TemplatesOf("c-1").Select(t => Faces.NumberOf(t)));

        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));

        Attacker attacker = test.Thief.Attack(Thoroughness.Everything);
        AssertReads(attacker, "c-0");
        AssertReads(attacker, "c-1");
        AssertReads(attacker, "c-3", 3);
        Assert.Equal(2, attacker.Certified.Count);
        Assert.Empty(attacker.Certified.Intersect(attacker.Commitments));
    }

    [Fact]
    public async Task A_full_leaf_and_the_last_one_lose_what_was_destroyed_in_them()
    {
        await using TestVault test = await PeopleAsync();
        await test.Vault.GrantConsentsAsync([.. Enumerable.Range(0, 60).Select(i => test.Grant($"f-{i}"))]);
        await test.EnrollAsync(2, from: 5);

        await test.Vault.WithdrawConsentsAsync([Scenario.Id("c-0"), Scenario.Id("c-5")]);

        Attacker attacker = test.Thief.Attack();
        AssertReads(attacker, "c-0");
        AssertReads(attacker, "c-1", 1, 11);
        AssertReads(attacker, "c-5");
        AssertReads(attacker, "c-6", 6);
        Assert.Empty(attacker.Certified.Intersect(attacker.Commitments));
        AssertOpensAllThatStandsNow(test, attacker);
    }

    [Fact]
    public async Task The_same_over_copies_of_files_taken_while_they_are_open()
    {
        using var folder = new TemporaryFolder();
        using var copies = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, 2, 1);
        var loot = new Loot();
        int copy = 0;
        void Steal() => StolenFiles.Take(folder.Path, Path.Combine(copies.Path, $"{copy++}"), loot);
        IEnumerable<byte[]> Roots() => Directory.EnumerateFiles(Path.Combine(copies.Path, $"{copy - 1}"), "root*.key").Select(File.ReadAllBytes);
        await PeopleAsync(test, Steal);
        byte[][] old = [.. Roots()];
        await DestroyAsync(test, Steal);

        var attacker = Attacker.Run(loot, Roots());

        AssertCarvesEveryRow(Path.Combine(copies.Path, $"{copy - 1}", "vault", "keys.db"), loot);
        AssertReads(attacker, "c-0");
        AssertReads(attacker, "c-1", 21);
        AssertReads(attacker, "c-2");
        AssertReads(attacker, "c-9", 2);
        AssertReads(attacker, "c-3", 3);
        Assert.Equal(3, attacker.Certified.Count);
        Assert.Empty(attacker.Certified.Intersect(attacker.Commitments));
        var former = Attacker.Run(loot, old);
        AssertReads(former, "c-0", 0);
        AssertReads(former, "c-1", 1, 11);
    }

    [Fact]
    public async Task A_template_is_bound_to_what_the_document_says()
    {
        await using TestVault test = await PeopleAsync();
        Attacker attacker = test.Thief.Attack();
        StolenCrown crown = attacker.Crowns[0];
        Assert.Equal(7, test.Thief.Loot.Of(BlobKind.Template).Count);
        foreach (StolenBlob blob in test.Thief.Loot.Of(BlobKind.Template))
        {
            StolenEntry entry = attacker.Entries.First(e => e.Slot == blob.Id >> 16 && e.HasTemplateKey);
            var numbers = new byte[6];
            BinaryPrimitives.WriteUInt32LittleEndian(numbers, (uint)entry.Slot);
            BinaryPrimitives.WriteUInt16LittleEndian(numbers.AsSpan(4), (ushort)blob.Id);
            var version = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(version, entry.PurposeVersion);
            byte[] bound =
                [.. "facevault/tmpl01"u8, .. crown.Vault, .. numbers, .. entry.ConsentTag, .. version, 64, 0, 1, (byte)"synthetic".Length, .. "synthetic"u8];

            byte[]? plain = Cipher.Open(entry.TemplateKey, blob.Bytes, bound);
            Assert.Equal(Cipher.Peel(entry.TemplateKey, blob.Bytes), plain);
        }
    }

    /// <summary>Five people: c-1 and c-4 have two templates.</summary>
    private static async Task<TestVault> PeopleAsync()
    {
        TestVault test = await TestVault.InMemoryAsync(2, 1);
        test.KeepAttempts();
        await PeopleAsync(test, () => { });
        return test;
    }

    private static async Task PeopleAsync(TestVault test, Action between)
    {
        await test.EnrollAsync(2);
        between();
        await test.EnrollAsync(3, from: 2);
        await test.Vault.EnrollAsync(Scenario.Id("c-1"), null, TestVault.Face(11));
        await test.Vault.EnrollAsync(Scenario.Id("c-4"), null, TestVault.Face(14));
        between();
    }

    private static async Task DestroyAsync(TestVault test, Action? between = null)
    {
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"));
        between?.Invoke();
        await test.Vault.ReplaceTemplatesAsync(Scenario.Id("c-1"), null, [TestVault.Face(21)]);
        between?.Invoke();
        await test.Vault.RenewConsentAsync(Scenario.Id("c-2"), test.Grant("c-9", "subject of c-2"));
        between?.Invoke();
    }

    /// <summary>Of this consent exactly these faces.</summary>
    private static void AssertReads(Attacker attacker, string consent, params int[] faces) =>
        Assert.Equal(faces.Order(), attacker.TemplatesOf(consent).Select(t => Faces.NumberOf(t)).Distinct().Order());

    /// <summary>What SQLite reads in a copy, the carver found in it.</summary>
    private static void AssertCarvesEveryRow(string file, Loot loot)
    {
        HashSet<string> carved = [.. loot.All.Select(b => Convert.ToHexString(b.Bytes))];
        using IKeyStoreReader reader = new SqliteKeyStoreLocation(file, TimeSpan.Zero).OpenReader();
        for (var table = KeyTable.Crown; table <= KeyTable.Certificate; table++)
            foreach ((long id, byte[] blob) in reader.Scan(table))
                Assert.True(carved.Contains(Convert.ToHexString(blob)), $"{table} {id}");
    }

    /// <summary>The attacker knows the formats: nothing in the store as it stands is closed to it.</summary>
    private static void AssertOpensAllThatStandsNow(TestVault test, Attacker attacker)
    {
        KeyStoreImage now = test.Store.Snapshot()!;
        HashSet<string> opened = [.. attacker.Opened.Keys.Select(b => Encoding.Latin1.GetString(b.Bytes))];
        Assert.All(now.Blobs(), row => Assert.True(opened.Contains(Encoding.Latin1.GetString(row.Blob)), $"{row.Table} {row.Key}"));
        Assert.All(test.Templates.Snapshot()!.Range(0, long.MaxValue), row => Assert.Contains(Encoding.Latin1.GetString(row.Value), opened));
    }
}
