using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

public class IdentifyAsyncTests
{
    private static readonly TemplateModel Model = MatchingData.Model(16);

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public async Task Callers_who_wait_together_get_what_each_asked_for(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(48, encoding);
        using Gallery gallery = MatchingData.Gallery(model, MatchingData.Vectors(2000, 48, 1), MatchingData.Options(2));
        float[][] probes = MatchingData.Vectors(600, 48, 2);
        Task<IReadOnlyList<Candidate>>[] answers = [.. probes.Select((probe, i) => gallery.FindAsync(probe, 1 + i % 40, Wanted(i)))];
        for (int i = 0; i < probes.Length; i++)
            Assert.Equal(MatchingData.Find(gallery, [probes[i]], 1 + i % 40, Wanted(i))[0], await answers[i]);

        static Threshold Wanted(int i) => i % 3 == 0 ? Threshold.At(0.2f) : Threshold.RankOnly;
    }

    [Fact]
    public async Task Whoever_comes_while_a_search_runs_shares_the_next_one_and_too_many_are_told_so()
    {
        using var release = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var clock = new ManualClock(DateTimeOffset.UnixEpoch)
        {
            WhenAsked = () =>
            {
                begun.Set();
                release.Wait();
            },
        };
        using Gallery gallery = MatchingData.Gallery(Model, MatchingData.Vectors(100, 16, 1), MatchingData.Options() with { TimeProvider = clock, MaxWaiting = 11 });
        float[][] probes = MatchingData.Vectors(12, 16, 2);
        var answers = new List<Task<IReadOnlyList<Candidate>>> { gallery.FindAsync(probes[0], 3, Threshold.RankOnly) };
        begun.Wait();
        using var cancel = new CancellationTokenSource();
        for (int i = 1; i < 11; i++)
            answers.Add(gallery.FindAsync(probes[i], 3, Threshold.RankOnly, i == 5 ? cancel.Token : default));
        VaultException busy = Assert.Throws<VaultException>(() => { _ = gallery.FindAsync(probes[11], 3, Threshold.RankOnly); });
        Assert.Equal(VaultErrorCode.Busy, busy.Code);
        Assert.True(busy.IsTransient);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answers[5]);

        release.Set();
        for (int i = 0; i < 11; i++)
            if (i != 5)
                Assert.Equal(3, (await answers[i]).Count);
        Assert.Equal(2, clock.Asked);
        Assert.Equal(3, (await gallery.FindAsync(probes[11], 3, Threshold.RankOnly)).Count);
    }

    [Fact]
    public async Task Callers_who_wait_when_the_gallery_closes_learn_that_it_closed()
    {
        using var begun = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var clock = new ManualClock(DateTimeOffset.UnixEpoch)
        {
            WhenAsked = () =>
            {
                begun.Set();
                release.Wait();
            },
        };
        Gallery gallery = MatchingData.Gallery(Model, MatchingData.Vectors(100, 16, 1), MatchingData.Options() with { TimeProvider = clock });
        float[] probe = MatchingData.Vectors(1, 16, 2)[0];
        Task<IReadOnlyList<Candidate>> running = gallery.FindAsync(probe, 3, Threshold.RankOnly);
        begun.Wait();
        Task<IReadOnlyList<Candidate>> waiting = gallery.FindAsync(probe, 3, Threshold.RankOnly);
        Task closing = Task.Run(gallery.Dispose);
        while (!Closed())
            await Task.Yield();
        release.Set();
        await closing;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);

        bool Closed()
        {
            try
            {
                _ = gallery.FindAsync(probe, 3, Threshold.RankOnly, new CancellationToken(canceled: true));
                return false;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task Names_come_from_the_vault_and_a_private_gallery_has_none()
    {
        float[][] vectors = MatchingData.Vectors(100, 16, 1);
        using Gallery gallery = MatchingData.Gallery(Model, vectors);
        await Assert.ThrowsAsync<InvalidOperationException>(() => gallery.IdentifyAsync(vectors[3], 1, Threshold.RankOnly));
        gallery.Namer = (questions, _) => questions.Single().Answer(
            [.. questions.Single().Candidates.Where(c => c.Slot != 5).Select(c => new Match(new SubjectId("subject-" + c.Slot), new ConsentId("consent-" + c.Slot), c.Score))]);
        Match match = Assert.Single(await gallery.IdentifyAsync(vectors[3], 1, Threshold.RankOnly));
        Assert.Equal("consent-4", match.Consent.DangerousValue());
        Assert.Equal(1f, match.Score, 1e-6f);
        Assert.Empty(await gallery.IdentifyAsync(vectors[4], 1, Threshold.At(0.99f)));
    }

    [Fact]
    public void Questions_that_cannot_be_answered_are_refused_at_once_and_by_name()
    {
        using Gallery gallery = MatchingData.Gallery(Model, MatchingData.Vectors(10, 16, 1));
        float[] probe = MatchingData.Vectors(1, 16, 2)[0];
        Assert.Equal("top", Assert.Throws<ArgumentOutOfRangeException>(() => { _ = gallery.IdentifyAsync(probe, 0, Threshold.RankOnly); }).ParamName);
        Assert.Equal("top", Assert.Throws<ArgumentOutOfRangeException>(() => { _ = gallery.IdentifyAsync(probe, 1001, Threshold.RankOnly); }).ParamName);
        Assert.Equal("probe", Assert.Throws<ArgumentException>(() => { _ = gallery.IdentifyAsync(new float[15], 1, Threshold.RankOnly); }).ParamName);
        Assert.Equal("probe", Assert.Throws<ArgumentException>(() => { _ = gallery.IdentifyAsync(new float[16], 1, Threshold.RankOnly); }).ParamName);
        Assert.Equal("threshold", Assert.Throws<ArgumentException>(() => { _ = gallery.IdentifyAsync(probe, 1, default); }).ParamName);
        Assert.Throws<RefusedException>(() => { _ = gallery.IdentifyAsync(probe, 1, Threshold.Calibrated); });
        Assert.True(gallery.IdentifyAsync(probe, 1, Threshold.RankOnly, new CancellationToken(canceled: true)).IsCanceled);
    }
}
