using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FaceVault.Telemetry;
using FaceVault.Tests.Conventions;
using FaceVault.Tests.Operations;
using Microsoft.Extensions.Logging;

namespace FaceVault.Tests.Telemetry;

/// <summary>What is measured of a real vault, that the document says the same, and that nothing of it names anybody.</summary>
public sealed partial class TelemetryTests
{
    private const string Gate = "gate", Canary = "canary-7f3a";
    private static readonly PurposeId Door = new(TestVault.Door);

    [Fact]
    public async Task What_a_vault_does_is_counted()
    {
        using var recorder = new Recorder();
        (string origin, _, _) = await LiveAsync(recorder);

        Assert.Equal(6, recorder.Sum(origin, "facevault.grants", ("facevault.purpose", TestVault.Door)));
        Assert.Equal(1, recorder.Sum(origin, "facevault.grants", ("facevault.purpose", Gate)));
        Assert.Equal(6, recorder.Sum(origin, "facevault.enrollments", ("facevault.purpose", TestVault.Door)));
        Assert.Equal(1, recorder.Sum(origin, "facevault.searches", ("facevault.search.kind", "shared")));
        Assert.Equal(3, recorder.Sum(origin, "facevault.searches", ("facevault.search.kind", "bulk"), ("facevault.purpose", TestVault.Door), ("facevault.model", "synthetic")));
        Assert.Equal(1, recorder.Sum(origin, "facevault.search.hits", ("facevault.search.kind", "shared")));
        Assert.Equal(2, recorder.Sum(origin, "facevault.search.hits", ("facevault.search.kind", "bulk")));
        Assert.Equal(4 * 5, recorder.Sum(origin, "facevault.comparisons"));
        Assert.Equal(2, recorder.Sum(origin, "facevault.verifications", ("facevault.verification.outcome", "match")));
        Assert.Equal(1, recorder.Sum(origin, "facevault.verifications", ("facevault.verification.outcome", "no_match")));
        Assert.Equal(1, recorder.Sum(origin, "facevault.verifications", ("facevault.verification.outcome", "refused")));
        Assert.Equal(1, recorder.Sum(origin, "facevault.copies", ("facevault.purpose", TestVault.Door)));
        Assert.True(recorder.Sum(origin, "facevault.callers.rejected") >= 1);
        Assert.Equal(1, recorder.Sum(origin, "facevault.deletions", ("facevault.deletion.trigger", "withdrawn")));
        Assert.Equal(1, recorder.Sum(origin, "facevault.deletions", ("facevault.deletion.trigger", "erased")));
        Assert.Equal(1, recorder.Sum(origin, "facevault.deletions", ("facevault.deletion.trigger", "replaced")));
        Assert.Equal(5, recorder.Sum(origin, "facevault.deletions", ("facevault.deletion.trigger", "expired")));
        Assert.Equal(8, recorder.Of(origin).Count(t => t.Instrument.Name == "facevault.deletion.duration"));
        Assert.Equal(4, recorder.Of(origin).Count(t => t.Instrument.Name == "facevault.commit.duration" && t["facevault.commit.kind"] == "destroying"));
        Assert.True(recorder.Sum(origin, "facevault.refusals", ("facevault.violation", "ConsentWithdrawn")) >= 1);
        Assert.All(recorder.Of(origin).Where(t => t.Instrument.Unit == "s"), t => Assert.InRange(t.Value, 0, 600));
    }

    [Fact]
    public async Task An_open_vault_is_observed_and_a_closed_one_is_not()
    {
        using var recorder = new Recorder();
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(5);
        await test.Vault.GetGalleryAsync(Door);
        string origin = test.Vault.Origin;

        List<Taken> open = recorder.Observe(origin);
        Assert.Equal(1, Value(open, "facevault.vaults"));
        Assert.Equal(5, Value(open, "facevault.gallery.templates"));
        Assert.Equal(0, Value(open, "facevault.callers.waiting"));
        Assert.True(Value(open, "facevault.flushes") > 0);
        Assert.True(open.Where(t => t.Instrument.Name.StartsWith("facevault.memory", StringComparison.Ordinal) && t["facevault.memory.use"] == "gallery").Sum(t => t.Value) > 5 * 64 * 4);
        Assert.True(open.Where(t => t.Instrument.Name.StartsWith("facevault.memory", StringComparison.Ordinal) && t["facevault.memory.use"] == "secrets").Sum(t => t.Value) > 0);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
        Assert.Equal(4, Value(recorder.Observe(origin), "facevault.gallery.templates"));
        await test.Vault.GetGalleryAsync(Door, null, GalleryMode.Sealed);
        Assert.Equal(["open 4", "sealed 4"], recorder.Observe(origin).Where(t => t.Instrument.Name == "facevault.gallery.templates" && t["facevault.origin"] == origin).Select(t => $"{t["facevault.gallery.mode"]} {t.Value}").Order());

        await test.Vault.DisposeAsync();
        Assert.DoesNotContain(recorder.Observe(origin), t => t["facevault.origin"] == origin);

        double Value(List<Taken> observed, string instrument) => observed.Where(t => t.Instrument.Name == instrument && t["facevault.origin"] == origin).Sum(t => t.Value);
    }

    [Fact]
    public void A_closed_vault_is_kept_alive_by_nobody_who_listens()
    {
        using var recorder = new Recorder();
        WeakReference closed = Close(recorder);
        for (int i = 0; i < 20 && closed.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(closed.IsAlive);
    }

    [Fact]
    public async Task No_tag_name_or_status_holds_an_identifier_or_a_score()
    {
        using var recorder = new Recorder();
        (string origin, List<string> secrets, RecordedLog log) = await LiveAsync(recorder);
        Assert.True(secrets.Count > 10);
        List<Activity> spans = recorder.SpansOf(origin);
        string[] words =
        [
            .. recorder.Of(origin).SelectMany(t => t.Tags.SelectMany(tag => new[] { tag.Key, Assert.IsType<string>(tag.Value) }).Append(t.Instrument.Name)),
            .. spans.SelectMany(a => a.TagObjects.SelectMany(tag => new[] { tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture)! })
                .Concat([a.OperationName, a.DisplayName, a.StatusDescription ?? "", a.TraceStateString ?? "", .. a.Baggage.SelectMany(b => new[] { b.Key, b.Value ?? "" })])),
        ];
        Assert.True(words.Length > 200);
        Assert.All(words.Distinct(), word => Assert.DoesNotContain(secrets, secret => word.Contains(secret, StringComparison.Ordinal)));
        Assert.All(spans, a => Assert.All(a.TagObjects, tag => Assert.True(tag.Value is string or int, tag.Key)));
        Assert.All(spans, a => Assert.Empty(a.Events));
        Assert.All(recorder.Of(origin).SelectMany(t => t.Tags), tag => Assert.StartsWith("facevault.", tag.Key, StringComparison.Ordinal));

        string[] logged = [.. log.All.SelectMany(e => e.State.SelectMany(s => new[] { s.Key, Convert.ToString(s.Value, CultureInfo.InvariantCulture)! }).Append(e.Text).Append(e.Category))];
        Assert.True(logged.Length > 100);
        Assert.All(logged.Distinct(), word => Assert.DoesNotContain(secrets, secret => word.Contains(secret, StringComparison.Ordinal)));
        Assert.All(log.All, e => Assert.Null(e.Exception));
        Assert.All(log.All, e => Assert.All(e.State, s => Assert.True(s.Value is string or int or long or bool, s.Key)));
    }

    [Fact]
    public async Task The_document_lists_every_instrument_with_its_kind_unit_tags_and_meaning()
    {
        using var recorder = new Recorder();
        (string origin, _, _) = await LiveAsync(recorder);
        string[] measured = [.. recorder.Instruments.DistinctBy(i => i.Name).Select(i => string.Join(" | ",
            $"| `{i.Name}`", KindOf(i), $"`{i.Unit}`", TagsOf(recorder.Of(origin).Where(t => t.Instrument.Name == i.Name).Select(t => t.Tags.Select(tag => tag.Key))), i.Description + " |")).Order(StringComparer.Ordinal)];
        string[] documented = [.. Repository.Lines("docs/telemetry.md").Select(Sorted).Where(line => InstrumentRow().IsMatch(line)).Order(StringComparer.Ordinal)];
        Assert.Equal(documented, measured);
    }

    [Fact]
    public async Task The_document_lists_every_span_with_its_tags()
    {
        using var recorder = new Recorder();
        (string origin, _, _) = await LiveAsync(recorder);
        string[] seen = [.. recorder.SpansOf(origin).GroupBy(a => a.OperationName).Select(spans => $"| `{spans.Key}` | {TagsOf(spans.Select(a => a.TagObjects.Select(tag => tag.Key).Where(tag => tag != "error.type")))} |").Order(StringComparer.Ordinal)];
        string[] documented = [.. Repository.Lines("docs/telemetry.md").SkipWhile(line => line != "## Spans").Select(line => SpanRow().Match(Sorted(line))).Where(m => m.Success).Select(m => m.Value).Order(StringComparer.Ordinal)];
        Assert.Equal(documented, seen);
    }

    [Fact]
    public void The_document_lists_every_message_with_its_id_name_level_and_text()
    {
        LoggerMessageAttribute Event(MethodInfo method) => method.GetCustomAttribute<LoggerMessageAttribute>()!;
        MethodInfo[] events = [.. typeof(VaultEvents).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => Event(method) is not null).OrderBy(method => Event(method).EventId)];
        string[] declared = [.. events.Select(method => $"| {Event(method).EventId} | `{method.Name}` | {Event(method).Level} | {Event(method).Message} |")];
        string[] documented = [.. Repository.Lines("docs/telemetry.md").SkipWhile(line => line != "## Messages").Select(line => MessageRow().Match(line)).Where(m => m.Success).Select(m => m.Value)];
        Assert.Equal(Enumerable.Range(1, events.Length), events.Select(method => Event(method).EventId));
        Assert.Equal(documented, declared);
    }

    [Fact]
    public async Task What_a_caller_waits_for_is_below_the_callers_span_and_a_commit_is_a_trace_of_its_own()
    {
        using var recorder = new Recorder();
        using var source = new ActivitySource("test");
        await using TestVault test = await TestVault.InMemoryAsync();
        ActivityTraceId trace;
        using (Activity request = source.StartActivity("request")!)
        {
            trace = request.TraceId;
            await test.EnrollAsync(2);
            Gallery gallery = await test.Vault.GetGalleryAsync(Door);
            Task<IReadOnlyList<Match>> answer = gallery.IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly);
            Assert.Same(request, Activity.Current);
            await answer;
            Assert.Same(request, Activity.Current);
            await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        }

        ILookup<string, Activity> spans = recorder.SpansOf(test.Vault.Origin).ToLookup(a => a.OperationName);
        Assert.All((string[])["facevault.gallery.load", "facevault.identify", "facevault.withdraw"], name => Assert.Equal(trace, Assert.Single(spans[name]).TraceId));
        Assert.Contains(spans["facevault.commit"], a => (string?)a.GetTagItem("facevault.commit.kind") == "destroying");
        Assert.All(spans["facevault.commit"], a => Assert.Null(a.Parent));
        Assert.All(spans["facevault.commit"], a => Assert.NotEqual(trace, a.TraceId));
    }

    [Fact]
    public async Task A_failure_is_told_by_its_code_and_nothing_else()
    {
        using var recorder = new Recorder();
        using var source = new ActivitySource("test");
        Activity request = source.StartActivity("request")!;
        await using (var vault = new Vault(VaultOptions.InMemoryForTests()))
            await Assert.ThrowsAsync<VaultException>(() => vault.OpenAsync());
        request.Dispose();

        Activity open = Assert.Single(recorder.SpansOf(null), a => a.TraceId == request.TraceId && a.OperationName == "facevault.open");
        Assert.Equal(ActivityStatusCode.Error, open.Status);
        Assert.Null(open.StatusDescription);
        KeyValuePair<string, object?> tag = Assert.Single(open.TagObjects);
        Assert.Equal("error.type", tag.Key);
        Assert.Equal("VaultNotFound", tag.Value);
    }

    /// <summary>A life in which everything that is measured happens. The identifiers and scores come back, to be looked for.</summary>
    private static async Task<(string Origin, List<string> Secrets, RecordedLog Log)> LiveAsync(Recorder recorder)
    {
        using var pauses = new Pauses();
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        using Pauses.Release release = pauses.LetGoAtEnd();
        string origin = test.Vault.Origin;
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, Gate));
        for (int person = 0; person < 2; person++)
        {
            await test.Vault.GrantConsentAsync(Grant(test, person));
            await test.Vault.EnrollAsync(Id(person), null, TestVault.Face(person));
        }

        await test.Vault.GrantConsentAsync(Grant(test, 9, Gate));
        await test.Vault.EnrollAsync(Id(9), null, TestVault.Face(9));
        await test.Vault.ImportAsync(Door, null, Enrollments(test));

        await test.Vault.DisposeAsync();
        test.Wrap = pauses.Around;
        test.MaxWaitingCallers = 1;
        test.Renew();
        await test.Vault.OpenAsync();
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        await test.Vault.WithdrawConsentAsync(Id(0));
        IReadOnlyList<Match> found = await gallery.IdentifyAsync(TestVault.Face(1, capture: 1), 5, Threshold.At(0.9f));
        using var probes = new ProbeBatch(gallery, 3);
        foreach (int person in (int[])[1, 2, 77])
            probes.Add(TestVault.Face(person, capture: 2));
        var listed = new MatchBuffer(3, 5);
        gallery.Identify(probes, Threshold.At(0.9f), listed);

        pauses.TemplateRead.Arm();
        Task<FaceVerification> slow = test.Vault.VerifyFaceAsync(Id(9), TestVault.Face(9, capture: 1), Threshold.At(0.9f));
        await pauses.TemplateRead.Reached.Task.WaitAsync(Observation.Patience);
        VaultException busy = await Assert.ThrowsAsync<VaultException>(() => test.Vault.VerifyFaceAsync(Id(9), TestVault.Face(9), Threshold.At(0.9f)).WaitAsync(Observation.Patience));
        Assert.Equal(VaultErrorCode.Busy, busy.Code);
        pauses.TemplateRead.LetGo();
        FaceVerification match = await slow, same = await AgainAsync(() => test.Vault.VerifyFaceAsync(Id(9), TestVault.Face(9, capture: 2), Threshold.At(0.9f)));
        FaceVerification other = await AgainAsync(() => test.Vault.VerifyFaceAsync(Id(9), TestVault.Face(5), Threshold.At(0.9f)));
        Assert.Equal(VerificationOutcome.Refused, (await AgainAsync(() => test.Vault.VerifyFaceAsync(Id(0), TestVault.Face(5), Threshold.At(0.9f)))).Outcome);

        await test.Vault.ReplaceTemplatesAsync(Id(1), null, [TestVault.Face(31)]);
        await test.Vault.CopyTemplatesAsync(Id(1), static (_, _) => { }, reference: Canary + "-request");
        await test.Vault.EraseSubjectAsync(Subject(1), Canary + "-order");
        await test.Vault.AuditAsync();
        recorder.Observe(origin);
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        Assert.Equal(5, (await test.Vault.SweepAsync()).Expired);
        string[] scores = [.. found.Select(m => m.Score).Concat([listed[0][0].Score, listed[1][0].Score, match.Score, same.Score, other.Score]).Select(s => s.ToString(CultureInfo.InvariantCulture))];
        Assert.All(scores, score => Assert.True(score.Length > 6, score)); // none is one that anything else might be
        List<string> secrets = [Canary, .. scores.Select(s => s[..6])];
        secrets.AddRange(Enumerable.Range(0, 10).Select(person => Id(person).DangerousValue()));
        return (origin, secrets, test.Log);
    }

    /// <summary>A place is given back a moment after the answer.</summary>
    private static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (VaultException busy) when (busy.Code == VaultErrorCode.Busy)
            {
                await Task.Yield();
            }
        }
    }

    private static async IAsyncEnumerable<Enrollment> Enrollments(TestVault test)
    {
        await Task.Yield();
        for (int person = 2; person < 6; person++)
            yield return new Enrollment(Grant(test, person), TestVault.Face(person));
    }

    private static ConsentGrant Grant(TestVault test, int person, string purpose = TestVault.Door) => test.Grant(Id(person).DangerousValue(), $"{Canary}-subject-{person}", purpose);

    private static ConsentId Id(int person) => new($"{Canary}-consent-{person}");

    private static SubjectId Subject(int person) => new($"{Canary}-subject-{person}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Close(Recorder recorder)
    {
        using var vault = new Vault(VaultOptions.InMemoryForTests());
        vault.InitializeAsync().GetAwaiter().GetResult();
        Assert.Contains(recorder.Observe(vault.Origin), t => t["facevault.origin"] == vault.Origin);
        return new WeakReference(vault.Engine);
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<double> => "histogram",
        ObservableCounter<long> => "observed counter",
        ObservableUpDownCounter<long> => "observed up-down counter",
        _ => instrument.GetType().Name,
    };

    private static string TagsOf(IEnumerable<IEnumerable<string>> tags) => string.Join(' ', tags.SelectMany(t => t).Distinct().Order(StringComparer.Ordinal).Select(tag => $"`{tag}`"));

    /// <summary>The tags of a row in the order of their names.</summary>
    private static string Sorted(string row) => Tags().Replace(row, tags => string.Join(' ', tags.Value.Split(' ').Order(StringComparer.Ordinal)));

    [GeneratedRegex(@"^\| `facevault\.[a-z.]+` \| (counter|histogram|observed)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InstrumentRow();

    [GeneratedRegex(@"^\| `facevault\.[a-z.]+` \| [^|]+\|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SpanRow();

    [GeneratedRegex(@"^\| [0-9]+ \| `\w+` \| \w+ \| [^|]+\|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MessageRow();

    [GeneratedRegex("`facevault[a-z._]+`( `facevault[a-z._]+`)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tags();
}
