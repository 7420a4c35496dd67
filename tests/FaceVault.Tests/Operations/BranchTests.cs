using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>E6: two copies of one vault that went separate ways are told apart by what each crown says of its past; neither is chosen by itself, and none is written over.</summary>
[Trait("Claim", "E6")]
public sealed class BranchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_mirror_of_another_branch_is_not_taken_for_one_that_is_behind(int commitsSince)
    {
        await using TestVault test = await Scenario.BuildAsync(1, 1);
        await test.Vault.DisposeAsync();
        VaultImage common = test.Freeze();
        KeyStoreImage branch = await WriteAsync(test, "there", 2);

        // The primary falls back to where the head stands, and is used while the mirror is away.
        Restore(test, common);
        test.MirrorStores[0].IsReachable = false;
        await WriteAsync(test, "here", commitsSince);
        test.MirrorStores[0].IsReachable = true;
        test.MirrorStores[0].Restore(branch);
        await AssertBranchAsync(test, branch);
    }

    [Fact]
    public async Task A_store_of_another_branch_is_refused_although_its_number_is_higher_than_the_heads()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 0);
        await test.Vault.DisposeAsync();
        VaultImage common = test.Freeze();
        await WriteAsync(test, "there", 6);
        KeyStoreImage branch = test.Store.Snapshot()!;

        Restore(test, common);
        await WriteAsync(test, "here", 2); // records its head on closing
        test.Store.Restore(branch);
        test.Renew();
        VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.OpenAsync());
        Assert.Equal(VaultErrorCode.StoreForked, refused.Code);
        Assert.Same(branch, test.Store.Snapshot());
    }

    [Fact]
    public async Task A_mirror_that_is_ahead_is_named_as_the_remedy_and_never_adopted_by_itself()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 1);
        await test.Vault.DisposeAsync();
        VaultImage common = test.Freeze();
        KeyStoreImage ahead = await WriteAsync(test, "there", 3);
        Restore(test, common);
        test.MirrorStores[0].Restore(ahead);
        test.Renew();
        VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.OpenAsync());
        Assert.Equal(VaultErrorCode.StoreRolledBack, refused.Code);
        Assert.Contains("restore --keys", refused.Message, StringComparison.Ordinal);
        Assert.Same(ahead, test.MirrorStores[0].Snapshot());
        Assert.Same(common.Store, test.Store.Snapshot());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_head_whose_answer_was_lost_accuses_nobody_of_another_branch(int roots)
    {
        await using TestVault test = await Scenario.BuildAsync(roots, 1);
        for (int round = 0; round < 24; round++)
        {
            // Every way in which a head may land or not at one location, while commits go on and the process dies again and again.
            for (int root = 0; root < roots; root++)
                test.Media[root].FailAt(1 + ((round / (root + 1)) % 4), round % 3 == 0 ? RootFault.Refused : round % 3 == 1 ? RootFault.AnswerLost : RootFault.Torn, lasts: round % 2 == 0);
            await test.Vault.GrantConsentAsync(test.Grant($"c-{100 + round}"));
            Assert.True((await Record.ExceptionAsync(() => test.Vault.GetCheckpointAsync())) is null or VaultException);
            await test.Vault.GrantConsentAsync(test.Grant($"c-{200 + round}"));
            if (roots == 2)
                test.Media[round % 2].IsUnreachable = true;
            test.Crash(machineDies: round % 2 == 0);
            if (roots == 2)
                test.Media[round % 2].IsUnreachable = true;
            await test.Vault.OpenAsync();
            Assert.NotNull(await test.Vault.GetConsentAsync(new ConsentId($"c-{200 + round}")));
            foreach (InMemoryRootMedium medium in test.Media)
                medium.IsUnreachable = false;
        }

        await test.ReopenAsync();
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task A_head_that_landed_where_nobody_looked_when_the_next_process_wrote_accuses_nobody()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 0);
        await test.Vault.GetCheckpointAsync();
        test.Media[0].FailAt(1, RootFault.Refused);
        test.Media[1].FailAt(1, RootFault.AnswerLost);
        await Record.ExceptionAsync(() => test.Vault.GrantConsentAsync(test.Grant("c-10")));
        await Record.ExceptionAsync(() => test.Vault.GetCheckpointAsync());
        test.Crash();
        test.Media[1].IsUnreachable = true;
        await test.Vault.GrantConsentAsync(test.Grant("c-11"));
        await test.Vault.DisposeAsync();

        (test.Media[0].IsUnreachable, test.Media[1].IsUnreachable) = (true, false);
        test.Renew();
        await test.Vault.OpenAsync();
        Assert.NotNull(await test.Vault.GetConsentAsync(new ConsentId("c-11")));
        test.Media[0].IsUnreachable = false;
        await test.ReopenAsync();
        await Observation.AssertWholeAsync(test);
    }

    [Theory]
    [InlineData(1, true, "another branch")]
    [InlineData(5, true, "older")]
    [InlineData(1, false, "move keys.db")]
    [InlineData(5, false, "older")]
    public async Task Restoring_from_a_mirror_of_another_branch_is_refused_in_files_too(int commitsSince, bool isHeadRecorded, string why)
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, 1, 1);
        await test.Vault.DisposeAsync();
        Copy(folder, "vault", "common");
        File.Copy(folder["root0.key"], folder["common.key"]);
        await GrantAsync(test, "there", 3);
        Directory.Move(folder["mirror0"], folder["branch"]);

        Directory.Delete(folder["vault"], recursive: true);
        Directory.Move(folder["common"], folder["vault"]);
        File.Copy(folder["common.key"], folder["root0.key"], overwrite: true);
        await GrantAsync(test, "here", commitsSince);
        if (!isHeadRecorded)
            File.Copy(folder["common.key"], folder["root0.key"], overwrite: true); // it is late
        Directory.Move(folder["branch"], folder["mirror0"]);
        SortedDictionary<string, string> before = Unchanged.Print(folder.Path);

        test.Renew();
        VaultException opened = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.OpenAsync());
        Assert.Equal(VaultErrorCode.StoreForked, opened.Code);
        VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), folder["mirror0"], null));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Unchanged.Print(folder.Path));

        if (isHeadRecorded)
            return;
        Directory.CreateDirectory(folder["kept"]);
        foreach (string file in Directory.GetFiles(folder["vault"], "keys.db*"))
            File.Move(file, Path.Combine(folder["kept"], Path.GetFileName(file)));
        await Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), folder["mirror0"], null);
        test.Renew();
        Assert.NotNull(await test.Vault.GetConsentAsync(new ConsentId("c-there-2")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mirror_that_was_brought_up_and_vanished_before_the_next_commit_is_no_branch(bool byRefill)
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        test.MirrorStores[0].IsReachable = false;
        await test.EnrollAsync(2);
        test.MirrorStores[0].IsReachable = true;
        if (byRefill)
            await test.Vault.RefillMirrorAsync(Path.GetDirectoryName(test.MirrorStores[0].Description)!);
        else
            await test.ReopenAsync();
        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);

        test.MirrorStores[0].IsReachable = false;
        test.Crash();
        await test.Vault.OpenAsync();
        await test.EnrollAsync(4, from: 2);
        test.MirrorStores[0].IsReachable = true;
        await test.ReopenAsync();

        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
        await Observation.AssertWholeAsync(test);
    }

    private static async Task GrantAsync(TestVault test, string name, int commits)
    {
        test.Renew();
        for (int i = 0; i < commits; i++)
            await test.Vault.GrantConsentAsync(test.Grant($"c-{name}-{i}"));
        await test.Vault.DisposeAsync();
    }

    private static void Copy(TemporaryFolder folder, string from, string to)
    {
        Directory.CreateDirectory(folder[to]);
        foreach (string file in Directory.GetFiles(folder[from]))
            File.Copy(file, Path.Combine(folder[to], Path.GetFileName(file)));
    }

    /// <summary>Opens, grants so often that commits pass, closes; answers what the mirror holds then.</summary>
    private static async Task<KeyStoreImage> WriteAsync(TestVault test, string name, int commits)
    {
        test.Renew();
        for (int i = 0; i < commits; i++)
            await test.Vault.GrantConsentAsync(test.Grant($"c-{name}-{i}"));
        await test.Vault.DisposeAsync();
        return test.MirrorStores is [var mirror] ? mirror.Snapshot()! : test.Store.Snapshot()!;
    }

    private static void Restore(TestVault test, VaultImage image)
    {
        test.Store.Restore(image.Store);
        test.Media[0].Restore(image.Media[0]);
    }

    private static async Task AssertBranchAsync(TestVault test, KeyStoreImage branch)
    {
        test.Renew();
        KeyStoreImage? primary = test.Store.Snapshot();
        VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.OpenAsync());
        Assert.Equal(VaultErrorCode.StoreForked, refused.Code);
        Assert.Contains("two branches", refused.Message, StringComparison.Ordinal);
        Assert.Same(branch, test.MirrorStores[0].Snapshot());
        Assert.Same(primary, test.Store.Snapshot());

        // What the message says: the mirror's folder away, open, refill.
        test.MirrorStores[0].Restore(null);
        test.Renew();
        await test.Vault.OpenAsync();
        await test.Vault.RefillMirrorAsync(Path.GetDirectoryName(test.MirrorStores[0].Description)!);
        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
        Assert.NotNull(await test.Vault.GetConsentAsync(new ConsentId("c-here-0")));
    }
}
