using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>What callers get wrong: a specific error that says what to do, names nobody, and leaves the vault as it was.</summary>
public sealed class BadInputTests
{
    private static readonly ConsentId Known = new("c-0"), Unknown = new("c-unknown");
    private static readonly float[] Face = TestVault.Face(0);

    [Fact]
    public async Task An_unknown_purpose()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        var nowhere = new PurposeId("nowhere");
        await FailsAsync(test, VaultErrorCode.PurposeUnknown, v => v.GrantConsentAsync(test.Grant("c-1", purpose: "nowhere")));
        await FailsAsync(test, VaultErrorCode.PurposeUnknown, v => v.GetGalleryAsync(nowhere));
        await FailsAsync(test, VaultErrorCode.PurposeUnknown, v => v.ImportAsync(nowhere, null, Items()));
        await FailsAsync(test, VaultErrorCode.PurposeUnknown, v => v.AddPurposeVersionAsync(TestVault.Purpose(id: "nowhere")));
        await FailsAsync(test, VaultErrorCode.PurposeUnknown, async v => await v.ListConsentsAsync(nowhere).GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public async Task An_unknown_consent_or_subject()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        await RefusesAsync(test, ViolationCode.ConsentMissing, v => v.EnrollAsync(Unknown, null, Face));
        await RefusesAsync(test, ViolationCode.ConsentMissing, v => v.ReplaceTemplatesAsync(Unknown, null, [Face]));
        await RefusesAsync(test, ViolationCode.ConsentMissing, v => v.RemoveTemplateAsync(Unknown, 0));
        await FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.RenewConsentAsync(Unknown, test.Grant("c-9")));
        await FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.WithdrawConsentAsync(Unknown));
        await FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.WithdrawConsentsAsync([Known, Unknown]));
        await FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.EraseSubjectAsync(new SubjectId("subject of nobody")));
        await FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.GetDeletionCertificatesAsync(Unknown));
        await FailsAsync(test, VaultErrorCode.CertificateUnknown, v => v.GetDeletionCertificateAsync(0));
        await FailsAsync(test, VaultErrorCode.CertificateUnknown, v => v.GetDeletionCertificateAsync(long.MaxValue));
        Assert.Null(await test.Vault.GetConsentAsync(Unknown));
        Assert.Empty(await test.Vault.FindConsentsAsync(new SubjectId("subject of nobody")));
        FaceVerification verification = await test.Vault.VerifyFaceAsync(Unknown, Face, Threshold.At(0.5f));
        Assert.Equal(VerificationOutcome.Refused, verification.Outcome);
        Assert.Equal(ViolationCode.ConsentMissing, Assert.Single(verification.Violations).Code);
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Known))!.Status);
    }

    [Fact]
    public async Task A_consent_of_another_purpose_or_of_another_subject()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate"));
        await test.EnrollAsync(1);
        var door = new PurposeId(TestVault.Door);
        var gate = new PurposeId("gate");
        RefusedException refusal = await RefusesAsync(test, ViolationCode.ConsentMismatch, v => v.ImportAsync(door, null, Items(new(test.Grant("c-5"), Face), new(test.Grant("c-6", purpose: "gate"), Face))));
        Assert.Equal("items[1].purpose", refusal.Violations[0].Field);
        await RefusesAsync(test, ViolationCode.ConsentMismatch, v => v.ImportAsync(gate, null, Items(new Enrollment(test.Grant("c-0", purpose: "gate"), Face))));
        await RefusesAsync(test, ViolationCode.ConsentIdTaken, v => v.ImportAsync(door, null, Items(new Enrollment(test.Grant("c-0", "subject of another"), Face))));
        refusal = await RefusesAsync(test, ViolationCode.ConsentMismatch, v => v.ImportAsync(door, null, Items(new(test.Grant("c-7", "subject of one"), Face), new(test.Grant("c-7", "subject of two"), Face))));
        Assert.Equal("items[1].subject", Assert.Single(refusal.Violations).Field);
        await RefusesAsync(test, ViolationCode.ConsentMismatch, v => v.RenewConsentAsync(Known, test.Grant("c-8", "subject of c-0", "gate")));
        await RefusesAsync(test, ViolationCode.ConsentMismatch, v => v.RenewConsentAsync(Known, test.Grant("c-8", "subject of another")));
        await RefusesAsync(test, ViolationCode.OperationNotConsented, v => v.GetGalleryAsync(gate));
        FaceVerification verification = await test.Vault.VerifyFaceAsync(Known, Face, Threshold.At(0.5f));
        Assert.Equal(VerificationOutcome.Refused, verification.Outcome);
        Assert.Equal(ViolationCode.OperationNotConsented, Assert.Single(verification.Violations).Code);
    }

    [Fact]
    public async Task An_expired_consent()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(1);
        ConsentGrant old = test.Grant("c-1");
        test.Clock.Now = test.Clock.Now.AddMonths(6);
        await RefusesAsync(test, ViolationCode.RetentionExpired, v => v.EnrollAsync(Known, null, Face));
        await RefusesAsync(test, ViolationCode.RetentionExpired, v => v.ReplaceTemplatesAsync(Known, null, [Face]));
        await RefusesAsync(test, ViolationCode.RetentionExpired, v => v.GrantConsentAsync(old));
        await RefusesAsync(test, ViolationCode.RetentionExpired, v => v.ImportAsync(new PurposeId(TestVault.Door), null, Items(new Enrollment(test.Grant("c-0"), Face))));
        FaceVerification verification = await test.Vault.VerifyFaceAsync(Known, Face, Threshold.At(0.5f));
        Assert.Equal(ViolationCode.RetentionExpired, Assert.Single(verification.Violations).Code);
        Assert.Equal(ConsentStatus.Expired, (await test.Vault.GetConsentAsync(Known))!.Status);
    }

    [Fact]
    public async Task A_consent_id_used_twice_and_a_second_active_consent()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await RefusesAsync(test, ViolationCode.ConsentIdTaken, v => v.GrantConsentAsync(test.Grant("c-0", "subject of another")));
        await RefusesAsync(test, ViolationCode.ConsentAlreadyActive, v => v.GrantConsentAsync(test.Grant("c-1", "subject of c-0")));
        RefusedException refusal = await RefusesAsync(test, ViolationCode.ConsentIdTaken, v => v.GrantConsentsAsync(
            [test.Grant("c-2"), test.Grant("c-2", "subject of x"), test.Grant("c-3", "subject of c-2"), test.Grant("c-0")]));
        Assert.Equal(
            [("grants[1].id", ViolationCode.ConsentIdTaken), ("grants[2].subject", ViolationCode.ConsentAlreadyActive), ("grants[3].id", ViolationCode.ConsentIdTaken), ("grants[3].subject", ViolationCode.ConsentAlreadyActive)],
            refusal.Violations.Select(v => (v.Field, v.Code)));

        // Concurrent calls share a commit; each is judged with those before it.
        Task<ConsentReceipt>[] calls = [.. Enumerable.Range(0, 20).Select(i => test.Vault.GrantConsentAsync(test.Grant($"c-1{i}", "subject of one")))];
        await Task.WhenAny(Task.WhenAll(calls));
        Assert.Equal(1, calls.Count(c => c.IsCompletedSuccessfully));
        Assert.All(calls.Where(c => c.IsFaulted), c => Assert.IsType<RefusedException>(c.Exception!.InnerException));

        // A withdrawn consent makes room for another one, not for its id.
        await test.Vault.WithdrawConsentAsync(Known);
        await RefusesAsync(test, ViolationCode.ConsentIdTaken, v => v.GrantConsentAsync(test.Grant("c-0")));
        await test.Vault.GrantConsentAsync(test.Grant("c-40", "subject of c-0"));
    }

    [Fact]
    public async Task A_vector_that_is_none_of_the_models()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        float[] wrong = [.. Face];
        foreach (float[] embedding in (float[][])[[], TestVault.Face(1, 63), TestVault.Face(1, 65), new float[64], With(float.NaN), With(float.PositiveInfinity), With(float.NegativeInfinity)])
        {
            await RefusesAsync(test, ViolationCode.MalformedTemplate, v => v.EnrollAsync(Known, null, embedding));
            await RefusesAsync(test, ViolationCode.MalformedTemplate, v => v.EnrollAsync(Known, "synthetic8", embedding));
            RefusedException refusal = await RefusesAsync(test, ViolationCode.MalformedTemplate, v => v.ReplaceTemplatesAsync(Known, null, [Face, embedding]));
            Assert.Equal("embeddings[1]", refusal.Violations[0].Field);
            refusal = await RefusesAsync(test, ViolationCode.MalformedTemplate, v => v.ImportAsync(new PurposeId(TestVault.Door), null, Items(new(test.Grant("c-1"), Face), new(test.Grant("c-2"), embedding))));
            Assert.Equal("items[1].embedding", refusal.Violations[0].Field);
            Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
            await MisusedAsync(test, "probe", _ => gallery.IdentifyAsync(embedding, 1, Threshold.RankOnly));
        }

        var pixels = new float[64];
        for (int i = 0; i < 64; i++)
            pixels[i] = i * 4;
        await RefusesAsync(test, ViolationCode.MalformedTemplate, v => v.EnrollAsync(Known, null, pixels));
        Assert.Equal(1, (await test.Vault.GetConsentAsync(Known))!.Templates);

        float[] With(float value)
        {
            float[] changed = [.. wrong];
            changed[63] = value;
            return changed;
        }
    }

    [Fact]
    public async Task A_model_that_the_purpose_does_not_admit()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await MisusedAsync(test, "model", v => v.EnrollAsync(Known, "other", Face));
        await MisusedAsync(test, "model", v => v.ReplaceTemplatesAsync(Known, "other", [Face]));
        await MisusedAsync(test, "model", v => v.ImportAsync(new PurposeId(TestVault.Door), "other", Items()));
        await MisusedAsync(test, "model", v => v.GetGalleryAsync(new PurposeId(TestVault.Door), "other"));
    }

    [Fact]
    public async Task A_probe_or_model_that_does_not_fit_when_faces_are_verified()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(1);
        await MisusedAsync(test, "model", v => v.VerifyFaceAsync(Known, Face, Threshold.At(0.5f), "other"));
        await MisusedAsync(test, "probe", v => v.VerifyFaceAsync(Known, new float[64], Threshold.At(0.5f)));
        await MisusedAsync(test, "probe", v => v.VerifyFaceAsync(Known, TestVault.Face(1, 63), Threshold.At(0.5f)));
        await MisusedAsync(test, "probe", v => v.VerifyFaceAsync(Known, Enumerable.Repeat(float.NaN, 64).ToArray(), Threshold.At(0.5f)));
    }

    [Fact]
    public async Task Default_identifiers_thresholds_and_nulls_are_misuse()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await MisusedAsync(test, "consent", v => v.EnrollAsync(default, null, Face));
        await MisusedAsync(test, "consent", v => v.WithdrawConsentAsync(default));
        await MisusedAsync(test, "consents", v => v.WithdrawConsentsAsync([Known, default]));
        await MisusedAsync(test, "consents", v => v.WithdrawConsentsAsync(null!));
        await MisusedAsync(test, "consent", v => v.GetConsentAsync(default));
        await MisusedAsync(test, "consent", v => v.GetDeletionCertificatesAsync(default));
        await MisusedAsync(test, "consent", v => v.ReplaceTemplatesAsync(default, null, [Face]));
        await MisusedAsync(test, "embeddings", v => v.ReplaceTemplatesAsync(Known, null, []));
        await MisusedAsync(test, "embeddings", v => v.ReplaceTemplatesAsync(Known, null, null!));
        await MisusedAsync(test, "consent", v => v.RemoveTemplateAsync(default, 0));
        foreach (int ordinal in (int[])[-1, 1, 65_536, int.MaxValue])
            await MisusedAsync(test, "ordinal", v => v.RemoveTemplateAsync(Known, ordinal));
        await MisusedAsync(test, "consent", v => v.RenewConsentAsync(default, test.Grant("c-1")));
        await MisusedAsync(test, "renewed", v => v.RenewConsentAsync(Known, null!));
        await MisusedAsync(test, "consent", v => v.VerifyFaceAsync(default, Face, Threshold.At(0)));
        await MisusedAsync(test, "threshold", v => v.VerifyFaceAsync(Known, Face, default));
        await MisusedAsync(test, "subject", v => v.EraseSubjectAsync(default));
        await MisusedAsync(test, "consent", v => v.RestrictConsentAsync(default));
        await MisusedAsync(test, "consent", v => v.CopyTemplatesAsync(default, (_, _) => { }));
        await MisusedAsync(test, "receive", v => v.CopyTemplatesAsync(Known, null!));
        await MisusedAsync(test, "recipient", v => v.CopyTemplatesAsync(Known, (_, _) => { }, ""));
        await MisusedAsync(test, "reason", v => v.RestrictConsentAsync(Known, "two\nlines"));
        await MisusedAsync(test, "role", v => v.RestrictConsentAsync(Known, null, (RequesterRole)7));
        await MisusedAsync(test, "role", v => v.WithdrawConsentAsync(Known, (RequesterRole)(-1)));
        await MisusedAsync(test, "role", v => v.EraseSubjectAsync(new SubjectId("subject of c-0"), role: (RequesterRole)7));
        foreach (string reference in (string[])["", "a\nb", new string('x', 257)])
            await MisusedAsync(test, "orderReference", v => v.EraseSubjectAsync(new SubjectId("subject of c-0"), reference));
        await MisusedAsync(test, "purposes", v => v.EraseSubjectAsync(new SubjectId("subject of c-0"), purposes: []));
        await MisusedAsync(test, "purposes", v => v.EraseSubjectAsync(new SubjectId("subject of c-0"), purposes: [default]));
        RefusedException scope = await RefusesAsync(test, ViolationCode.ScopeUnknown, v => v.EraseSubjectAsync(new SubjectId("subject of c-0"), purposes: [new(TestVault.Door), new("no purpose")]));
        Assert.Equal("purposes[1]", Assert.Single(scope.Violations).Field);
        await MisusedAsync(test, "subject", v => v.FindConsentsAsync(default));
        await MisusedAsync(test, "purpose", v => v.GetGalleryAsync(default));
        await MisusedAsync(test, "purpose", v => v.ImportAsync(default, null, Items()));
        await MisusedAsync(test, "items", v => v.ImportAsync(new PurposeId(TestVault.Door), null, null!));
        await MisusedAsync(test, "purpose", async v => await v.ListConsentsAsync(default(PurposeId)).GetAsyncEnumerator().MoveNextAsync());
        await MisusedAsync(test, "purpose", v => v.EnsurePurposeAsync(null!));
        await MisusedAsync(test, "purpose", v => v.AddPurposeVersionAsync(null!));
        await MisusedAsync(test, "grant", v => v.GrantConsentAsync(null!));
        await MisusedAsync(test, "grants", v => v.GrantConsentsAsync(null!));
        await MisusedAsync(test, "grants", v => v.GrantConsentsAsync([test.Grant("c-1"), null!]));
        await MisusedAsync(test, "grants", v => v.GrantConsentsAsync([.. Enumerable.Repeat(test.Grant("c-1"), 4097)]));
        await MisusedAsync(test, "ledgerIndex", v => v.GetDeletionCertificateAsync(-1));
        await MisusedAsync(test, "oldSize", v => v.ProveConsistencyAsync(-1));
        await MisusedAsync(test, "oldSize", v => v.ProveConsistencyAsync(1_000_000));
        await MisusedAsync(test, "from", async v => await v.ReadLedgerAsync(-1).GetAsyncEnumerator().MoveNextAsync());
        await MisusedAsync(test, "directory", v => v.RefillMirrorAsync("no mirror"));
    }

    [Fact]
    public async Task A_grant_that_says_nothing_is_refused_with_everything_it_lacks()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var empty = new ConsentGrant();
        RefusedException refusal = await RefusesAsync(test, ViolationCode.ConsentMissing, v => v.GrantConsentAsync(empty));
        Assert.Superset(new HashSet<string> { "id", "subject", "purpose", "given", "expires", "notice" }, refusal.Violations.Select(v => v.Field).ToHashSet());
        refusal = await RefusesAsync(test, ViolationCode.ConsentMissing, v => v.GrantConsentsAsync([empty, empty]));
        Assert.Contains(refusal.Violations, v => v.Field == "grants[1].purpose");
        refusal = await RefusesAsync(test, ViolationCode.ConsentMissing, v => v.ImportAsync(
            new PurposeId(TestVault.Door), null, Items(new Enrollment(test.Grant("c-0") with { Id = default, Subject = default }, Face))));
        Assert.Equal(["items[0].id", "items[0].subject"], refusal.Violations.Select(v => v.Field).Order());
        await test.EnrollAsync(1);
        await RefusesAsync(test, ViolationCode.ConsentMissing, v => v.ImportAsync(new PurposeId(TestVault.Door), null, Items(new Enrollment(test.Grant("c-0") with { Subject = default }, Face))));
    }

    [Fact]
    public async Task A_cancelled_call_writes_nothing()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        string before = Print(test);
        var cancelled = new CancellationToken(canceled: true);
        foreach (Func<Vault, Task> call in (Func<Vault, Task>[])
        [
            v => v.GrantConsentAsync(test.Grant("c-1"), cancelled), v => v.EnrollAsync(Known, null, Face, cancelled), v => v.WithdrawConsentAsync(Known, cancellationToken: cancelled),
            v => v.EraseSubjectAsync(new SubjectId("subject of c-0"), cancellationToken: cancelled), v => v.ReplaceTemplatesAsync(Known, null, [Face], cancelled),
            v => v.RenewConsentAsync(Known, test.Grant("c-1", "subject of c-0"), cancelled), v => v.EnsurePurposeAsync(TestVault.Purpose(id: "gate"), cancelled),
        ])
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call(test.Vault));
        Assert.Equal(before, Print(test));
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Known))!.Status);
        await test.Vault.EnrollAsync(Known, null, TestVault.Face(0, capture: 1));
    }

    [Fact]
    public async Task A_vault_that_is_closed_answers_nothing_more()
    {
        TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await test.Vault.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => test.Vault.GetStatusAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => test.Vault.GrantConsentAsync(test.Grant("c-1")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => test.Vault.OpenAsync());
        await test.Vault.DisposeAsync();
        await test.DisposeAsync();
    }
}
