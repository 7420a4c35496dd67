using FaceVault.Tests.Operations;

namespace FaceVault.Tests.RuleHistories;

/// <summary>Asks a vault what a history says, and the oracle whether it may: what is refused, with which codes, and what is answered have to agree.</summary>
/// <param name="test">A vault with one purpose, the identification of the test vault.</param>
/// <param name="broken">Told which rows of the table were broken.</param>
internal sealed partial class RuleHistory(TestVault test, HashSet<OracleRule> broken)
{
    private const int People = 5;

    /// <summary>A keeper's own rules: one that begins in the middle of the histories.</summary>
    private static readonly RuleProfile House = RuleProfile.FromJson("""
        {"name": "house", "title": "A keeper's own rules", "zone": "Etc/UTC", "includes": ["baseline"],
         "rows": [{"rule": "P7", "deny": {"category": "payment"}, "from": "2027-03-01", "source": "house rule 3"}, {"rule": "P8", "basis": "emergency", "source": "house rule 4"}]}
        """u8);

    private readonly RuleWorld world = new(test.Clock.Now);
    private readonly List<string> told = [];
    private int named;

    private Vault Vault => test.Vault;

    public async Task BeginAsync()
    {
        test.Profiles = [House, .. FilingTerms.Profiles];
        test.WorkingDays = world.Filing.Calendar;
        await test.ReopenAsync();
        world.Purposes[0].Add(TestVault.Purpose()); // the test vault has registered it
        foreach (WorldPurpose purpose in world.Purposes.Skip(1))
        {
            Purpose definition = purpose.Id.Value switch
            {
                "till" => Till(purpose.Next()),
                "gate" => purpose.Next() with { Profile = "cn" },
                "hall" or "mood" => purpose.Next() with { Profile = "desk" },
                _ => purpose.Next(),
            };
            await Vault.EnsurePurposeAsync(definition);
            purpose.Add(definition);
        }
    }

    public async Task TakeAsync(RuleMove move)
    {
        told.Add($"{world.Now:yyyy-MM-dd} {move.Act} {move.Number} {move.Defects:x}: {string.Join(' ', world.Consents)}");
        try
        {
            await TakeNowAsync(move);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.GetType().Name}: {e.Message}\n{string.Join('\n', told)}\n", e);
        }
    }

    private Task TakeNowAsync(RuleMove move) => move.Act switch
    {
        Act.AddVersion => AddVersionAsync(move),
        Act.AdmitModel => AdmitModelAsync(move),
        Act.RetireModel => RetireModelAsync(move),
        Act.Grant => GrantAsync(move),
        Act.Enroll => EnrollAsync(move),
        Act.Verify => VerifyAsync(move),
        Act.Analyze => AnalyzeAsync(move),
        Act.Identify => IdentifyAsync(move),
        Act.Replace => ReplaceAsync(move),
        Act.Renew => RenewAsync(move),
        Act.Withdraw => WithdrawAsync(move),
        Act.Restrict => RestrictAsync(move),
        Act.Hold => HoldAsync(move),
        Act.Lift => LiftAsync(move),
        Act.Sweep => SweepAsync(),
        Act.Import => ImportAsync(move),
        Act.ChangeCalendar => ChangeCalendarAsync(move),
        Act.RecordFiling => RecordFilingAsync(),
        Act.CompareFiling => CompareFilingAsync(),
        Act.PassTime => PassTime(move),
        Act.SetBack => SetBackAsync(move),
        Act.AcceptClock => AcceptClockAsync(),
        _ => test.ReopenAsync(),
    };

    private async Task AddVersionAsync(RuleMove move)
    {
        WorldPurpose purpose = PurposeOf(move.Number);
        Purpose definition = purpose.Id.Value == "door" ? purpose.Next() with { Profile = "desk" } : purpose.Next(); // so that renewals count persons who were not counted
        definition = move.Has(0) ? definition with { Description = "*" } : definition;
        definition = move.Has(1) ? definition with { Necessity = null } : definition;
        definition = move.Has(2) ? definition with { MaxRetention = null } : definition;
        definition = move.Has(3) ? definition with { Alternatives = [] } : definition;
        definition = move.Has(4) ? definition with { Assessment = null } : definition;
        definition = move.Has(5) ? definition with { Notice = null } : definition;
        definition = move.Has(12) ? definition with { Profile = move.Has(13) ? "desk+shop" : move.Number % 3 == 0 ? "desk" : "shop" } : definition;
        definition = move.Has(6) ? definition with { Profile = "house", Category = "payment" } : definition;
        definition = move.Has(7) ? definition with { Profile = move.Has(8) ? "baseline" : "cn", Basis = BasisOf(move) } : definition;
        definition = move.Has(9) ? definition with { Profile = "cn", Category = "marketing" } : definition;
        if (await AgreesAsync(new Ask(Act.AddVersion, world) { Purpose = purpose, Definition = definition }, () => Vault.AddPurposeVersionAsync(definition)))
        {
            purpose.Add(definition);
            purpose.AddedAt = world.Now.AddTicks(-(world.Now.Ticks % TimeSpan.TicksPerSecond));
        }
    }

    private async Task AdmitModelAsync(RuleMove move)
    {
        WorldPurpose purpose = PurposeOf(move.Number);
        TemplateModel model = purpose.Models.Retired.Count > 0 && move.Number % 2 == 0 ? purpose.Models.Retired[0] : WorldModels.Extra;
        if (!await AgreesAsync(new Ask(Act.AdmitModel, world) { Purpose = purpose, Model = model }, () => Vault.AdmitModelAsync(purpose.Id, model, makeCurrent: false)))
            return;
        purpose.Models.Retired.Remove(model);
        if (!purpose.Models.Admitted.Contains(model))
            purpose.Models.Admitted.Add(model);
    }

    private async Task RetireModelAsync(RuleMove move)
    {
        WorldPurpose purpose = PurposeOf(move.Number);
        TemplateModel model = Pick(purpose.Models.All, move.Number / 3);
        if (!await AgreesAsync(new Ask(Act.RetireModel, world) { Purpose = purpose, Model = model }, () => Vault.RetireModelAsync(purpose.Id, model.Name)))
            return;
        if (purpose.Models.Admitted.Remove(model))
            purpose.Models.Retired.Add(model);
    }

    private async Task GrantAsync(RuleMove move)
    {
        WorldPurpose purpose = PurposeOf(move.Number);
        int person = move.Number / 3 % People;
        ConsentGrant grant = GrantOf(move, purpose, person);
        var ask = new Ask(Act.Grant, world) { Purpose = purpose, Grant = grant, Newcomers = [grant.Subject] };
        if (!await AgreesAsync(ask, () => Vault.GrantConsentAsync(grant)))
            return;
        world.Cross(ask);
        world.Consents.Add(new WorldConsent(grant, purpose, person));
    }

    private async Task EnrollAsync(RuleMove move)
    {
        Ask ask = CapturedAt(UseOf(Act.Enroll, move), move);
        if (await AgreesAsync(ask, () => ask.Captured is { } captured
            ? Vault.EnrollAsync(IdOf(ask), NameOf(ask, move), ask.Face!, captured) : Vault.EnrollAsync(IdOf(ask), NameOf(ask, move), ask.Face!)))
            ask.Consent!.Enrolled.Add(ask.Model!);
    }

    private async Task VerifyAsync(RuleMove move)
    {
        Ask ask = UseOf(Act.Verify, move);
        FaceVerification? answer = null;
        await AgreesAsync(ask, async () =>
        {
            answer = await Vault.VerifyFaceAsync(IdOf(ask), FaceOf(ask), Threshold.At(0.9f), NameOf(ask, move));
            if (answer.Outcome == VerificationOutcome.Refused)
                throw new RefusedException(answer.Violations);
        });
        Assert.NotEqual(VerificationOutcome.NoMatch, answer!.Outcome);
        Assert.NotEqual(VerificationOutcome.None, answer.Outcome);
    }

    private async Task AnalyzeAsync(RuleMove move)
    {
        Ask ask = UseOf(Act.Analyze, move);
        IReadOnlyList<int> lengths = [];
        if (await AgreesAsync(ask, async () => lengths = await Vault.AnalyzeAsync(IdOf(ask), numbers => numbers.Length, NameOf(ask, move))))
            Assert.All(lengths, length => Assert.Equal(ask.Model!.Dimensions, length));
        else
            Assert.Empty(lengths);
    }

    /// <summary>Whoever may be found is found, with that face, and nobody else.</summary>
    private async Task IdentifyAsync(RuleMove move)
    {
        WorldPurpose purpose = PurposeOf(move.Number);
        int person = move.Number / 3 % People;
        IReadOnlyList<Match> found = [];
        bool allowed = await AgreesAsync(new Ask(Act.Identify, world) { Purpose = purpose }, async () =>
        {
            Gallery gallery = await Vault.GetGalleryAsync(purpose.Id);
            found = await gallery.IdentifyAsync(TestVault.Face(person), 50, Threshold.At(0.9f));
        });
        var ask = new Ask(Act.Enroll, world) { Model = purpose.Models.Admitted[0], Face = TestVault.Face(person) };
        IEnumerable<string> expected = world.Consents.Where(c =>
            allowed && c.Purpose == purpose && c.Face == person && c.Enrolled.Contains(ask.Model)
            && OracleRule.Broken(ask with { Consent = c }).All(rule => rule.Code == ViolationCode.FilingOverdue)).Select(c => c.Id.DangerousValue()); // a late filing stops what is new, and no search
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Select(m => m.Consent.DangerousValue()).Order(StringComparer.Ordinal));
    }

    private async Task ReplaceAsync(RuleMove move)
    {
        Ask ask = CapturedAt(UseOf(Act.Replace, move), move);
        if (ask.Consent is not { IsKnown: true } || !await AgreesAsync(ask, () => ask.Captured is { } captured
            ? Vault.ReplaceTemplatesAsync(ask.Consent.Id, NameOf(ask, move), [ask.Face], captured) : Vault.ReplaceTemplatesAsync(ask.Consent.Id, NameOf(ask, move), [ask.Face])))
            return;
        ask.Consent.Enrolled.Clear();
        ask.Consent.Enrolled.Add(ask.Model!);
    }

    private async Task RenewAsync(RuleMove move)
    {
        if (PickKnown(move) is not { } former)
            return;
        WorldPurpose purpose = move.Has(8) ? PurposeOf(move.Number / 7) : former.Purpose;
        int person = move.Has(9) ? move.Number / 3 % People : former.Face;
        ConsentGrant grant = GrantOf(move, purpose, person);
        var ask = new Ask(Act.Renew, world) { Purpose = purpose, Consent = former, Grant = grant, Newcomers = [grant.Subject] };
        if (!await AgreesAsync(ask, () => Vault.RenewConsentAsync(former.Id, grant)))
            return;
        world.Cross(ask);
        var renewed = new WorldConsent(grant, purpose, person);
        renewed.Enrolled.UnionWith(former.Enrolled.Intersect(purpose.Models.All));
        former.End(world.Now);
        world.Consents.Add(renewed);
    }

    private async Task WithdrawAsync(RuleMove move)
    {
        if (PickKnown(move) is not { } consent)
            return;
        await AgreesAsync(new Ask(Act.Withdraw, world) { Consent = consent }, () => Vault.WithdrawConsentAsync(consent.Id));
        consent.End(world.Now);
    }

    private async Task RestrictAsync(RuleMove move)
    {
        if (PickKnown(move) is not { } consent)
            return;
        if (await AgreesAsync(new Ask(Act.Restrict, world) { Consent = consent }, () => Vault.RestrictConsentAsync(consent.Id)) && consent.Standing == Standing.Living)
            consent.Standing = Standing.Aside;
    }

    private async Task HoldAsync(RuleMove move)
    {
        if (PickKnown(move) is not { IsStored: true } consent)
            return;
        await Vault.SetHoldAsync(HoldScope.OfConsents([consent.Id]), "case 1");
        consent.IsHeld = true;
    }

    private async Task LiftAsync(RuleMove move)
    {
        if (world.Consents.Where(c => c.IsHeld && c.IsStored).ToArray() is not { Length: > 0 } held)
            return;
        WorldConsent consent = Pick(held, move.Number);
        await Vault.LiftHoldAsync(HoldScope.OfConsents([consent.Id]));
        consent.IsHeld = false;
        if (consent.Standing == Standing.Kept)
            consent.End(world.Now);
    }

    private async Task SweepAsync()
    {
        await Vault.SweepAsync();
        world.Sweep();
    }

    private Task PassTime(RuleMove move)
    {
        world.Now = test.Clock.Now = world.Now.AddDays(move.Number % 3 == 0 ? move.Number % 700 : move.Number % 40).AddMinutes(move.Number % 1440);
        return Task.CompletedTask;
    }

    /// <summary>A little, which is a clock being set right, or for days. Before it something is written down with the time.</summary>
    private async Task SetBackAsync(RuleMove move)
    {
        await Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, $"marker-{++named}"));
        world.Recorded = world.Recorded > world.Now ? world.Recorded : world.Now;
        world.Now = test.Clock.Now = move.Number % 2 == 0 ? world.Now.AddMinutes(-4) : world.Now.AddDays(-(move.Number % 60));
    }

    private async Task AcceptClockAsync()
    {
        bool isBack = world.Recorded > world.Now.AddMinutes(5);
        Assert.Equal(isBack, await Vault.AcceptClockAsync() > TimeSpan.Zero);
        if (isBack)
            world.Recorded = world.Now;
    }

    /// <summary>Asks the oracle, then the vault; both have to say the same. True when it was allowed.</summary>
    private async Task<bool> AgreesAsync(Ask ask, Func<Task> call)
    {
        SortedSet<ViolationCode> expected = OracleRule.Codes(ask), actual = [];
        string before = await StateAsync();
        try
        {
            await call();
        }
        catch (RefusedException refused)
        {
            actual = [.. refused.Violations.Select(v => v.Code)];
            Assert.Equal(before, await StateAsync());
        }
        catch (LegalHoldException)
        {
            actual = [ViolationCode.LegalHold];
        }

        Assert.Equal(expected, actual);
        broken.UnionWith(OracleRule.Broken(ask));
        return actual.Count == 0;
    }

    /// <summary>What anything that is written would change.</summary>
    private async Task<string> StateAsync()
    {
        VaultStatus status = await Vault.GetStatusAsync();
        return $"{status.LedgerSize} {status.Slots} {status.Consents} {status.Held} {status.Restricted}";
    }

    private Ask UseOf(Act act, RuleMove move)
    {
        WorldConsent? consent = move.Has(0) || world.Consents.Count == 0 ? null : Pick(world.Consents, move.Number / 5);
        TemplateModel? model = consent is null ? null : !move.Has(1) ? consent.Models.Admitted[0] : Pick(consent.Models.All, move.Number / 3);
        return new Ask(act, world)
        {
            Consent = consent,
            Model = model,
            Face = move.Has(2) ? new float[64] : TestVault.Face(consent?.Face ?? 0),
        };
    }

    /// <summary>With the time of the capture, where a move tells one.</summary>
    private Ask CapturedAt(Ask ask, RuleMove move) => ask.Consent is null || !(move.Has(3) || move.Has(4) || move.Has(5)) ? ask
        : ask with { Captured = move.Has(3) ? ask.Consent.Given.AddMinutes(-1) : move.Has(4) ? world.Now.AddMinutes(10) : world.Now };

    /// <summary>The models of a former version may have other names; who asks for the current one names none.</summary>
    private static string? NameOf(Ask ask, RuleMove move) => move.Has(1) ? ask.Model?.Name : null;

    private static ConsentId IdOf(Ask ask) => ask.Consent?.Id ?? new ConsentId("nobody's");

    private static float[] FaceOf(Ask ask) => TestVault.Face(ask.Consent?.Face ?? 0);

    /// <summary>What rests on an order for eighty days, and is banned after another twenty.</summary>
    private Purpose Till(Purpose definition) =>
        definition with { Profile = "house", Category = "payment", Basis = new LegalBasis { Kind = "emergency", Authority = "order 1", EndsAt = world.Now.AddDays(80) } };

    private LegalBasis BasisOf(RuleMove move) =>
        new() { Kind = "emergency", Authority = move.Has(10) ? null : "order 4", EndsAt = world.Now.AddDays((move.Number % 300) - (move.Has(11) ? 300 : -1)) };

    private ConsentGrant GrantOf(RuleMove move, WorldPurpose purpose, int person)
    {
        DateTimeOffset given = move.Has(0) ? world.Now.AddMinutes(10) : move.Has(1) ? world.Now.AddYears(-2) : world.Now.AddMinutes(-(move.Number % 60));
        DateOnly today = DateOnly.FromDateTime(world.Now.UtcDateTime);
        return test.Grant($"k-{++named}", $"person {person}", purpose.Id.Value) with
        {
            Id = move.Has(2) && world.Known.Any() ? Pick(world.Known, move.Number).Id : new ConsentId($"k-{named}"),
            GivenAt = given,
            ExpiresAt = move.Has(3) ? default : move.Has(4) ? given.AddYears(101) : given.AddDays((move.Number % 500) + 1),
            Recipients = move.Has(5) ? ["*"] : [],
            Notice = move.Has(6) ? null : new Notice { Language = "en", Sha256 = move.Has(7) ? new string('9', 64) : purpose.NoticeHash },
            Form = move.Has(12) ? "click" : "electronic",
            AgeBand = move.Number % 3 == 0 || move.Has(13) || move.Has(14) ? "child" : "adult",
            Guardian = move.Has(13) ? null : new SubjectId("a guardian"),
            AgeBandEnds = move.Has(14) ? move.Number % 5 == 0 ? null : today.AddDays((move.Number % 13 == 0 ? 9000 : move.Number % 10) - 5) : today.AddDays((move.Number % 60) + 2),
            InteractionId = move.Has(10) && world.Consents.Count > 0 ? Pick(world.Consents, move.Number).Interaction : $"act {named}",
            ServiceConditional = move.Has(11),
            NecessityReference = move.Has(11) && move.Number % 3 == 0 ? "assessment 7, section 4" : null,
            NoticeShownAt = given.AddMinutes(move.Number % 11 == 0 && move.Has(6) ? 1 : -1),
        };
    }

    private WorldPurpose PurposeOf(int number) => world.Purposes[number % world.Purposes.Count];

    private WorldConsent? PickKnown(RuleMove move) => world.Known.Any() ? Pick(world.Known, move.Number / 5) : null;

    private static T Pick<T>(IEnumerable<T> from, int number)
    {
        T[] all = [.. from];
        return all[number % all.Length];
    }
}
