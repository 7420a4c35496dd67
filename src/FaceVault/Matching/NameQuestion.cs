namespace FaceVault.Matching;

/// <summary>Somebody who wants candidates named, and where the answer goes. Answered once: with names, with a failure, or because the caller gave up. What awaits the answer runs on no thread that gives it.</summary>
internal sealed class NameQuestion
{
    private readonly TaskCompletionSource<IReadOnlyList<Match>> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Exception?>? ending;
    private readonly CancellationTokenRegistration registration;
    private bool isAnswered;

    /// <param name="ending">Called once, just before the answer is there, with the failure if it is one; null for nothing.</param>
    /// <param name="token">Gives up.</param>
    public NameQuestion(Action<Exception?>? ending, CancellationToken token)
    {
        this.ending = ending;
        registration = token.UnsafeRegister(static (state, token) => ((NameQuestion)state!).GiveUp(token), this);
    }

    public Task<IReadOnlyList<Match>> Task => answer.Task;

    /// <summary>Whom to name, in the order of the answer.</summary>
    public IReadOnlyList<Candidate> Candidates { get; set; } = [];

    /// <summary>Whether nobody waits for names any more.</summary>
    public bool IsAnswered => Volatile.Read(ref isAnswered);

    public void Answer(IReadOnlyList<Match> matches)
    {
        if (End(null))
            answer.SetResult(matches);
    }

    public void Fail(Exception reason)
    {
        if (End(reason))
            answer.SetException(reason);
    }

    private void GiveUp(CancellationToken token)
    {
        if (End(new TaskCanceledException()))
            answer.SetCanceled(token);
    }

    private bool End(Exception? failure)
    {
        if (Interlocked.Exchange(ref isAnswered, true))
            return false;
        registration.Unregister();
        ending?.Invoke(failure);
        return true;
    }
}
