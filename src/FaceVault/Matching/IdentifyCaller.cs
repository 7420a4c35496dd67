using FaceVault.Telemetry;

namespace FaceVault.Matching;

/// <summary>Somebody who waits for a search, and the place in the queue that goes with it: given back when the search does not hold the probe any more and the caller has what was asked for, or has given up.</summary>
/// <param name="leave">Gives the place back.</param>
/// <param name="holds">How many things must be over before that.</param>
internal abstract class IdentifyCaller(Action leave, int holds)
{
    private int holds = holds;

    /// <summary>What was found.</summary>
    public abstract void Finish(IReadOnlyList<Candidate> candidates);

    public abstract void Fail(Exception reason);

    /// <summary>One of the things that hold the place is over.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref holds) == 0)
            leave();
    }
}

/// <summary>A caller who wants candidates: has them, on a thread of the pool, as soon as they are found.</summary>
internal sealed class FindCaller : IdentifyCaller
{
    private readonly TaskCompletionSource<IReadOnlyList<Candidate>> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration registration;

    public FindCaller(Action leave, CancellationToken token)
        : base(leave, holds: 1) =>
        registration = token.UnsafeRegister(static (state, token) => ((FindCaller)state!).answer.TrySetCanceled(token), this);

    public Task<IReadOnlyList<Candidate>> Task => answer.Task;

    public override void Finish(IReadOnlyList<Candidate> candidates)
    {
        registration.Unregister();
        answer.TrySetResult(candidates);
    }

    public override void Fail(Exception reason)
    {
        registration.Unregister();
        answer.TrySetException(reason);
    }
}

/// <summary>A caller who wants names, and keeps the place until they are there.</summary>
internal sealed class NameCaller : IdentifyCaller
{
    private readonly TraceSpan span;

    /// <param name="leave">Gives the place back.</param>
    /// <param name="span">Over the whole call; ended with it.</param>
    /// <param name="token">Gives up.</param>
    public NameCaller(Action leave, TraceSpan span, CancellationToken token)
        : base(leave, holds: 2)
    {
        this.span = span;
        Question = new NameQuestion(End, token);
    }

    public NameQuestion Question { get; }

    public override void Finish(IReadOnlyList<Candidate> candidates)
    {
        if (candidates.Count == 0)
            Question.Answer([]);
        else
            Question.Candidates = candidates;
    }

    public override void Fail(Exception reason) => Question.Fail(reason);

    private void End(Exception? failure)
    {
        if (failure is not null)
            span.Failed(failure);
        span.End();
        Release();
    }
}
