namespace FaceVault.Commits;

/// <summary>Something that wants to be written. Everything the vault writes is an item of the one writer queue.</summary>
internal abstract class WriterItem
{
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => completion.Task;

    /// <summary>Whether the answer must wait until the head stands in a root location.</summary>
    public virtual bool NeedsHead => false;

    /// <summary>The caller's token: counts until the item is applied.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal void Succeed() => completion.TrySetResult();

    internal void Fail(Exception failure)
    {
        if (failure is OperationCanceledException canceled)
            completion.TrySetCanceled(canceled.CancellationToken);
        else
            completion.TrySetException(failure);
    }
}

/// <summary>An ordinary item: shares a commit with its neighbours.</summary>
internal abstract class OrdinaryItem : WriterItem
{
    /// <summary>Whether it takes no neighbours: it validates against more than the draft shows.</summary>
    public virtual bool StandsAlone => false;

    /// <summary>Validates against the draft (memory plus the items before), then changes it. Throwing before the first change makes the item leave the group.</summary>
    public abstract void Apply(CommitDraft draft);

    /// <summary>The number of the commit it became part of; known when that is durable.</summary>
    public long CommitNumber { get; internal set; }

    /// <summary>Runs on the writer thread after the commit is durable, before the answer.</summary>
    public virtual void Committed()
    {
    }

    /// <summary>Runs on the writer thread when it is over, however it ended: wipes and gives back leases.</summary>
    public virtual void Ended()
    {
    }
}

/// <summary>An item that has the writer to itself: a destroying commit, a fence, the closing.</summary>
internal abstract class ExclusiveItem : WriterItem
{
    /// <summary>Whether it only looks: then it runs in a fenced vault too.</summary>
    public virtual bool ReadsOnly => false;

    public abstract void Run(VaultEngine engine);
}
