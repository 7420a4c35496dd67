namespace FaceVault.Matching;

/// <summary>Somebody who waits for a search, and the place in the queue that goes with it: given back when the search does not hold the probe any more and the caller has what was asked for.</summary>
internal sealed class IdentifyCaller : TaskCompletionSource<IReadOnlyList<Candidate>>
{
    private readonly CancellationTokenRegistration registration;
    private readonly Action leave;
    private readonly bool isNamed;
    private IReadOnlyList<Candidate> found = [];
    private int holds;

    /// <param name="isNamed">Whether the caller keeps the place until names are found, and gives it back with <see cref="Release"/>.</param>
    /// <param name="leave">Gives the place back.</param>
    /// <param name="token">Gives up waiting.</param>
    public IdentifyCaller(bool isNamed, Action leave, CancellationToken token)
        : base(isNamed ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously)
    {
        this.isNamed = isNamed;
        this.leave = leave;
        holds = isNamed ? 2 : 1;
        registration = token.UnsafeRegister(static (state, token) => ((IdentifyCaller)state!).TrySetCanceled(token), this);
    }

    /// <summary>What was found. Whoever asked for no names has it now, on a thread of the pool.</summary>
    public void Finish(IReadOnlyList<Candidate> candidates)
    {
        registration.Unregister();
        found = candidates;
        if (!isNamed)
            TrySetResult(candidates);
    }

    /// <summary>Goes on with the names on this thread, which only hands the question to others: a round of callers wakes no thread of the pool before each has its names.</summary>
    public void GoOn()
    {
        if (isNamed)
            TrySetResult(found);
    }

    public void Fail(Exception reason)
    {
        registration.Unregister();
        TrySetException(reason);
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref holds) == 0)
            leave();
    }
}
