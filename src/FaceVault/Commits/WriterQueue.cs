using System.Collections.Concurrent;

namespace FaceVault.Commits;

/// <summary>The one queue and the one thread that write. Ordinary items that wait together share a group; an exclusive item runs alone, in its turn.</summary>
/// <remarks>The thread never waits for a lease or for a caller. Between groups it calls <paramref name="idle"/>, which records the head when that is due; when nothing came for a quarter of a second, <paramref name="rest"/> too.</remarks>
internal sealed class WriterQueue(Action<IReadOnlyList<OrdinaryItem>> commitGroup, Action<ExclusiveItem> runExclusive, Action idle, Action rest) : IDisposable
{
    /// <summary>Items that may share one commit.</summary>
    public const int MostInGroup = 4096;

    private const int MostSpins = 60;

    private static readonly TimeSpan IdleWake = TimeSpan.FromMilliseconds(250);

    private readonly BlockingCollection<WriterItem> items = new(new ConcurrentQueue<WriterItem>());
    private Thread? thread;

    public void Start()
    {
        thread = new Thread(Run) { IsBackground = true, Name = "FaceVault writer" };
        thread.UnsafeStart(); // without the context of whoever opened the vault
    }

    /// <summary>Queues an item; its completion answers when it is durable.</summary>
    public Task Enqueue(WriterItem item)
    {
        try
        {
            items.Add(item, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            item.Fail(new ObjectDisposedException("Vault"));
            (item as OrdinaryItem)?.Ended();
        }

        return item.Completion;
    }

    /// <summary>Lets the queued items end, then ends the thread.</summary>
    public void Dispose()
    {
        items.CompleteAdding();
        thread?.Join();
        items.Dispose();
    }

    /// <summary>Callers that were answered together often call again together: a moment for them, so that the next commit is not the first one's alone. Tens of microseconds at most, nothing after a lone item.</summary>
    private void AwaitNeighbours(int answered)
    {
        var spinner = default(SpinWait);
        while (answered > 1 && items.Count < answered && spinner.Count < MostSpins)
            spinner.SpinOnce(sleep1Threshold: -1);
    }

    private void Run()
    {
        var group = new List<OrdinaryItem>();
        WriterItem? next = null;
        while (next is not null || !items.IsCompleted)
        {
            if (next is null && !items.TryTake(out next, IdleWake))
            {
                idle();
                rest();
                continue;
            }

            if (next is ExclusiveItem exclusive)
            {
                next = null;
                runExclusive(exclusive);
                continue;
            }

            group.Clear();
            while (next is OrdinaryItem ordinary && (group.Count == 0 || !ordinary.StandsAlone))
            {
                group.Add(ordinary);
                next = null;
                if (ordinary.StandsAlone || group.Count == MostInGroup || !items.TryTake(out next))
                    break;
            }

            commitGroup(group);
            AwaitNeighbours(group.Count);
            idle();
        }
    }
}
