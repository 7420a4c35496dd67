using System.Net;
using FaceVault.Ledger;
using FaceVault.Storage;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Witnesses;

/// <summary>E6 and E7 beyond the root key: whoever puts back everything, root key store included, is found out by a witness that remembers more.</summary>
[Trait("Claim", "E6")]
[Trait("Claim", "E7")]
public sealed class WitnessTests
{
    [Fact]
    public async Task Witnesses_cosign_the_checkpoint_and_certificates_carry_it()
    {
        using SpecWitness one = new("witness.example/w1", 1), two = new("witness.example/w2", 2);
        await using TestVault test = await OpenAsync(one, two);
        await test.EnrollAsync(3);
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));
        Checkpoint note = await test.Vault.CosignAsync();
        Assert.True(note.Check(test.Vault.VerifierKey));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(one.Now), note.CosignedAt(one.Key));
        Assert.NotNull(note.CosignedAt(two.Key));
        Assert.Equal(note.ToString(), (await test.Vault.GetCheckpointAsync()).ToString());
        DeletionCertificate certificate = Assert.Single(await test.Vault.GetDeletionCertificatesAsync(Scenario.Id("c-1")));
        Assert.Equal(CertificateFinding.Valid, certificate.Check(test.Vault.VerifierKey, one.Key, two.Key));
        Assert.Equal(CertificateFinding.Valid, DeletionCertificate.Parse(System.Text.Encoding.UTF8.GetBytes(certificate.ToString())).Check(test.Vault.VerifierKey, one.Key));
        using var stranger = new SpecWitness("witness.example/w1", 9);
        Assert.Equal(CertificateFinding.NotCosigned, certificate.Check(test.Vault.VerifierKey, stranger.Key));
    }

    [Fact]
    public async Task Every_size_from_every_remembered_size_is_proved_to_the_witness()
    {
        using SpecWitness witness = new("witness.example/w1", 1), late = new("witness.example/late", 2);
        await using TestVault test = await OpenAsync(witness);
        for (int i = 0; i < 20; i++)
        {
            await test.Vault.GrantConsentAsync(test.Grant($"c-{i}"));
            await test.Vault.CosignAsync();
        }

        Assert.Equal(20, witness.Requests);
        await test.Vault.CosignAsync();
        Assert.Equal(21, witness.Requests); // the same size again
        await OpenAgainAsync(test, witness, late);
        await test.Vault.GrantConsentAsync(test.Grant("c-20"));
        await test.Vault.CosignAsync();
        Assert.Equal(23, witness.Requests); // asked what it remembers, then proved
        Assert.Equal(1, late.Requests);
        Assert.Equal(witness.Latest[test.Vault.Origin].Size, late.Latest[test.Vault.Origin].Size);
    }

    [Fact]
    public async Task Asking_again_and_again_leaves_one_line_for_each_witness_and_keeps_that_of_one_that_is_away()
    {
        using SpecWitness one = new("witness.example/w1", 1), two = new("witness.example/w2", 2);
        await using TestVault test = await OpenAsync(one, two);
        await test.EnrollAsync(1);
        for (int i = 0; i < 70; i++)
        {
            one.Now++;
            Assert.Equal(3, (await test.Vault.CosignAsync()).Note.Signatures.Count);
        }

        two.Instead = () => throw new HttpRequestException("no route");
        await AssertCode(VaultErrorCode.WitnessFailed, () => test.Vault.CosignAsync());
        Checkpoint note = await test.Vault.GetCheckpointAsync();
        Assert.Equal((DateTimeOffset.FromUnixTimeSeconds(one.Now), true), (note.CosignedAt(one.Key), note.CosignedAt(two.Key) is not null));
    }

    [Fact]
    public async Task What_a_witness_shows_fences_the_vault_though_the_caller_gives_up_meanwhile()
    {
        using var witness = new SpecWitness("witness.example/w1", 1);
        await using TestVault test = await OpenAsync(witness);
        using var giveUp = new CancellationTokenSource();
        witness.Instead = () =>
        {
            giveUp.Cancel();
            return Text(HttpStatusCode.Conflict, "1000\n");
        };
        await Assert.ThrowsAnyAsync<Exception>(() => test.Vault.CosignAsync(giveUp.Token));
        witness.Instead = null;
        await AssertCode(VaultErrorCode.StoreRolledBack, () => test.Vault.GrantConsentAsync(test.Grant("c-9")));
    }

    [Fact]
    public async Task A_vault_put_back_with_its_root_key_is_fenced_by_a_witness_that_remembers_more()
    {
        using var witness = new SpecWitness("witness.example/w1", 1);
        TestVault test = await OpenAsync(witness);
        await test.EnrollAsync(3);
        await test.Vault.DisposeAsync();
        VaultImage before = test.Freeze();
        await OpenAgainAsync(test, witness);
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));
        await test.Vault.CosignAsync();
        await test.DisposeAsync();

        await using TestVault old = TestVault.Thaw(before);
        await OpenAgainAsync(old, witness);
        Gallery gallery = await old.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Equal(3, gallery.Count); // whoever was withdrawn is back: nothing in the vault can know better
        await AssertCode(VaultErrorCode.StoreRolledBack, () => old.Vault.CosignAsync());
        foreach (Func<Task> call in (Func<Task>[])
        [
            () => old.Vault.GetGalleryAsync(new PurposeId(TestVault.Door)), () => old.Vault.GrantConsentAsync(old.Grant("c-9")), () => old.Vault.EnrollAsync(Scenario.Id("c-1"), null, TestVault.Face(1)),
            () => old.Vault.WithdrawConsentAsync(Scenario.Id("c-0")), () => old.Vault.SweepAsync(), () => old.Vault.CosignAsync(),
        ])
            await AssertCode(VaultErrorCode.StoreRolledBack, call);
        await Assert.ThrowsAnyAsync<Exception>(() => gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.RankOnly));
        await old.Vault.GetStatusAsync();
        Assert.True((await old.Vault.AuditAsync()).IsIntact);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_branch_of_the_ledger_is_fenced_too(int longer, bool namesSize)
    {
        using var witness = new SpecWitness("witness.example/w1", 1) { NamesSizeOfFork = namesSize };
        TestVault test = await OpenAsync(witness);
        await test.EnrollAsync(1);
        await test.Vault.DisposeAsync();
        VaultImage before = test.Freeze();
        await OpenAgainAsync(test, witness);
        await test.Vault.GrantConsentAsync(test.Grant("one branch"));
        await test.Vault.CosignAsync();
        await test.DisposeAsync();

        await using TestVault other = TestVault.Thaw(before);
        await OpenAgainAsync(other, witness);
        for (int i = 0; i <= longer; i++)
            await other.Vault.GrantConsentAsync(other.Grant($"another {i}"));
        await AssertCode(VaultErrorCode.StoreForked, () => other.Vault.CosignAsync());
        await AssertCode(VaultErrorCode.StoreForked, () => other.Vault.GrantConsentAsync(other.Grant("more")));
    }

    [Fact]
    public async Task A_witness_that_is_away_or_talks_nonsense_is_told_and_the_others_count()
    {
        using SpecWitness good = new("witness.example/w1", 1), bad = new("witness.example/w2", 2), forger = new("witness.example/w2", 3);
        await using TestVault test = await OpenAsync(good, bad);
        await test.EnrollAsync(2);
        string text = (await test.Vault.GetCheckpointAsync()).Note.Text;
        Func<HttpResponseMessage>[] answers =
        [
            () => throw new HttpRequestException("no route"), () => throw new TaskCanceledException("late"),
            () => new HttpResponseMessage(HttpStatusCode.InternalServerError), () => new HttpResponseMessage(HttpStatusCode.NotFound), () => new HttpResponseMessage(HttpStatusCode.UnprocessableEntity),
            () => Text(HttpStatusCode.OK, ""), () => Text(HttpStatusCode.OK, "\u2014 x y\n"), () => Text(HttpStatusCode.OK, forger.Cosign(text)), () => Text(HttpStatusCode.OK, bad.Cosign(text + "x")),
            () => Text(HttpStatusCode.OK, new string('a', 200_000)), () => Text(HttpStatusCode.OK, good.Cosign(text)),
            () => Text(HttpStatusCode.Conflict, "1"), () => Text(HttpStatusCode.Conflict, "01\n"), () => Text(HttpStatusCode.Conflict, "-1\n"), () => Text(HttpStatusCode.Conflict, "9223372036854775808\n"),
            () => Text(HttpStatusCode.Conflict, "1\n2\n"), () => Text(HttpStatusCode.Conflict, "1\n"),
        ];
        foreach (Func<HttpResponseMessage> answer in answers)
        {
            bad.Instead = answer;
            await AssertCode(VaultErrorCode.WitnessFailed, () => test.Vault.CosignAsync());
            Checkpoint note = await test.Vault.GetCheckpointAsync();
            Assert.NotNull(note.CosignedAt(good.Key));
            Assert.Null(note.CosignedAt(bad.Key));
        }

        bad.Instead = () => Text(HttpStatusCode.OK, forger.Cosign(text) + good.Cosign(text) + bad.Cosign(text)); // lines of others are ignored
        Assert.NotNull((await test.Vault.CosignAsync()).CosignedAt(bad.Key));
        await test.Vault.GrantConsentAsync(test.Grant("c-9"));
    }

    [Fact]
    public async Task What_one_witness_shows_fences_the_vault_while_another_keeps_it_waiting()
    {
        using SpecWitness one = new("witness.example/w1", 1), two = new("witness.example/w2", 2);
        await using TestVault test = await OpenAsync(one, two);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously), release = new();
        one.Instead = () => Text(HttpStatusCode.Conflict, "1000\n");
        two.Instead = () =>
        {
            asked.SetResult();
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StuckStream(release.Task)) };
        };
        Task<Checkpoint> cosigning = test.Vault.CosignAsync();
        await asked.Task;
        try
        {
            await AssertCode(VaultErrorCode.StoreRolledBack, () => test.Vault.GrantConsentAsync(test.Grant("c-9")));
        }
        finally
        {
            release.SetResult();
        }

        await AssertCode(VaultErrorCode.StoreRolledBack, () => cosigning);
    }

    [Fact]
    public async Task A_witness_that_never_ends_its_answer_is_given_up_at_the_clients_time_limit()
    {
        using var witness = new SpecWitness("witness.example/w1", 1);
        witness.Instead = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StuckStream(new TaskCompletionSource().Task)) };
        using var client = new HttpClient(witness, disposeHandler: false) { Timeout = TimeSpan.FromMilliseconds(50) };
        var asking = new Witness(client, new Uri("https://witness.example/submit"), witness.Key);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.AddCheckpointAsync("old 0\n", CancellationToken.None).WaitAsync(Observation.Patience));
    }

    [Fact]
    public async Task An_import_that_had_begun_writes_nothing_after_the_fence()
    {
        using var witness = new SpecWitness("witness.example/w1", 1);
        await using TestVault test = await OpenAsync(witness);
        await AssertCode(VaultErrorCode.StoreRolledBack, () => test.Vault.ImportAsync(new PurposeId(TestVault.Door), null, Items()));
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).Consents);

        async IAsyncEnumerable<Enrollment> Items()
        {
            witness.Instead = () => Text(HttpStatusCode.Conflict, "1000\n");
            await AssertCode(VaultErrorCode.StoreRolledBack, () => test.Vault.CosignAsync());
            yield return new Enrollment { Grant = test.Grant("c-0"), Embedding = TestVault.Face(0) };
        }
    }

    [Fact]
    public async Task A_fenced_vault_can_be_audited_with_a_mirror_that_differs()
    {
        using var witness = new SpecWitness("witness.example/w1", 1);
        await using TestVault test = await OpenAsync(witness);
        await test.EnrollAsync(1);
        witness.Instead = () => Text(HttpStatusCode.Conflict, "1000\n");
        await AssertCode(VaultErrorCode.StoreRolledBack, () => test.Vault.CosignAsync());
        Assert.Contains("A witness remembers 1000", (await test.Vault.GetStatusAsync()).Warnings[0], StringComparison.Ordinal);
        test.MirrorStores[0].Tamper(KeyTable.Record, 1, [1, 2, 3]);
        Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f.Code == "mirror");
    }

    [Fact]
    public async Task A_witness_that_answers_with_many_lines_gets_one()
    {
        using SpecWitness chatty = new("witness.example/w1", 1), other = new("witness.example/w2", 2), forger = new("witness.example/w1", 3);
        await using TestVault test = await OpenAsync(chatty, other);
        await test.EnrollAsync(1);
        string text = (await test.Vault.GetCheckpointAsync()).Note.Text;
        chatty.Instead = () => Text(HttpStatusCode.OK, string.Concat(Enumerable.Repeat(forger.Cosign(text), 63).Concat(Enumerable.Repeat(chatty.Cosign(text), 62))));
        Assert.Equal(3, (await test.Vault.CosignAsync()).Note.Signatures.Count);
    }

    [Fact]
    public async Task Without_witnesses_there_is_nothing_to_ask_and_keys_are_not_mixed_up()
    {
        using var witness = new SpecWitness("witness.example/w1", 1);
        await using TestVault test = await OpenAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Vault.CosignAsync());
        Assert.Throws<ArgumentException>(() => new Witness(new HttpClient(), new Uri("https://witness.example"), test.Vault.VerifierKey));
        Assert.Throws<ArgumentException>(() => new Witness(new HttpClient(), new Uri("submit", UriKind.Relative), witness.Key));
        foreach (string elsewhere in (string[])["ftp://witness.example", "file:///tmp/witness", "https://witness.example/?log=1", "https://witness.example/#log", "https://me:word@witness.example"])
            Assert.Throws<ArgumentException>(() => new Witness(new HttpClient(), new Uri(elsewhere), witness.Key));
        VaultOptions twice = VaultOptions.InMemoryForTests();
        twice.Witnesses.Add(witness.Client());
        twice.Witnesses.Add(witness.Client());
        Assert.Throws<ArgumentException>(() => new Vault(twice));
        VaultOptions many = VaultOptions.InMemoryForTests();
        for (int i = 0; i < 64; i++)
            many.Witnesses.Add(new Witness(new HttpClient(), new Uri("https://witness.example"), VerifierKey.FromWitness($"witness.example/{i}", witness.Key.PublicKey)));
        Assert.Throws<ArgumentException>(() => new Vault(many)); // a note has 64 lines at most
        Checkpoint note = await test.Vault.GetCheckpointAsync();
        Assert.Throws<ArgumentException>(() => note.CosignedAt(test.Vault.VerifierKey));
        Assert.Null(note.CosignedAt(witness.Key));
        Assert.Equal(witness.Key, VerifierKey.Parse(witness.Key.ToString()));
        Assert.NotEqual(witness.Key, VerifierKey.FromPublicKey(witness.Key.Name, witness.Key.PublicKey));
    }

    private static HttpResponseMessage Text(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body) };

    private static async Task AssertCode(VaultErrorCode code, Func<Task> call) => Assert.Equal(code, (await Assert.ThrowsAsync<VaultException>(call)).Code);

    private static async Task<TestVault> OpenAsync(params SpecWitness[] witnesses)
    {
        TestVault test = await TestVault.InMemoryAsync(2, 1);
        foreach (SpecWitness witness in witnesses)
            witness.Trust(test.Vault.VerifierKey);
        await test.Vault.DisposeAsync();
        await OpenAgainAsync(test, witnesses);
        return test;
    }

    private static async Task OpenAgainAsync(TestVault test, params SpecWitness[] witnesses)
    {
        await test.Vault.DisposeAsync();
        test.Witnesses = witnesses;
        test.Renew();
        await test.Vault.OpenAsync();
        foreach (SpecWitness witness in witnesses)
            witness.Trust(test.Vault.VerifierKey);
    }

    /// <summary>Gives no byte until it is released, and then ends.</summary>
    private sealed class StuckStream(Task released) : MemoryStream
    {
        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => await released.WaitAsync(cancellationToken);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await released.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
