using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

/// <summary>Does something in the middle of a bulk search of more than one pass, on no other thread than it would be done on: a caller of the queue waits, is let in between two passes, and when that search asks for the time it happens.</summary>
internal sealed class MidSearch
{
    private readonly ManualClock clock = new(DateTimeOffset.UnixEpoch);

    public GalleryOptions Options(int threads) => MatchingData.Options(threads) with { TimeProvider = clock };

    /// <summary>Runs a search of at least two passes, with <paramref name="between"/> between them.</summary>
    public void Run(Gallery gallery, Action search, Action between)
    {
        int asked = 0;
        Task? shared = null;
        clock.WhenAsked = () =>
        {
            if (++asked == 1)
            {
                shared = gallery.FindAsync(MatchingData.Vectors(1, gallery.Model.Dimensions, 99)[0], 1, Threshold.RankOnly);
                SpinWait.SpinUntil(() => gallery.SharedWaits);
            }
            else if (asked == 2)
            {
                between();
            }
        };
        try
        {
            search();
        }
        finally
        {
            clock.WhenAsked = null;
            Assert.Equal(2, asked);
            ((IAsyncResult)shared!).AsyncWaitHandle.WaitOne();
        }
    }
}
