namespace FaceVault.Matching;

/// <summary>Callers who share one search: their probes, what each asked for, and where each answer goes.</summary>
/// <remarks>Filled under the queue's lock, then used by its thread alone.</remarks>
internal sealed class IdentifyRound(TemplateModel model) : IDisposable
{
    public const int MaxCallers = 256;

    private readonly int[] tops = new int[MaxCallers];
    private readonly float[] floors = new float[MaxCallers];
    private readonly Waiter[] waiters = new Waiter[MaxCallers];

    public ProbeBatch Probes { get; } = new(model, MaxCallers);

    public int Count => Probes.Count;

    public bool IsFull => Count == MaxCallers;

    public ReadOnlySpan<int> Tops => tops.AsSpan(0, Count);

    public ReadOnlySpan<float> Floors => floors.AsSpan(0, Count);

    public Task<IReadOnlyList<Candidate>> Add(ReadOnlySpan<float> probe, int top, float floor, CancellationToken token)
    {
        int index = Count;
        Probes.Add(probe);
        var waiter = new Waiter(token);
        tops[index] = top;
        floors[index] = floor;
        waiters[index] = waiter;
        return waiter.Task;
    }

    /// <summary>Hands an answer over. Inside the store's read side, so that no removal can finish between the check and the handing over.</summary>
    public void Complete(int index, TopCandidates found, GalleryStore store, uint since)
    {
        var candidates = new List<Candidate>(found.Count(index));
        for (int i = 0; i < found.Count(index); i++)
        {
            Candidate candidate = found.Get(index, i, out int lane);
            if (store.MayName(lane, candidate.Slot, since))
                candidates.Add(candidate);
        }

        waiters[index].Finish(candidates);
    }

    public void Fail(Exception reason)
    {
        for (int i = 0; i < Count; i++)
            waiters[i].Fail(reason);
    }

    /// <summary>Wipes the probes and forgets the callers.</summary>
    public void Clear()
    {
        Array.Clear(waiters);
        Probes.Clear();
    }

    public void Dispose() => Probes.Dispose();

    private sealed class Waiter : TaskCompletionSource<IReadOnlyList<Candidate>>
    {
        private readonly CancellationTokenRegistration registration;

        public Waiter(CancellationToken token)
            : base(TaskCreationOptions.RunContinuationsAsynchronously) =>
            registration = token.UnsafeRegister(static (state, token) => ((Waiter)state!).TrySetCanceled(token), this);

        public void Finish(IReadOnlyList<Candidate> candidates)
        {
            registration.Unregister();
            TrySetResult(candidates);
        }

        public void Fail(Exception reason)
        {
            registration.Unregister();
            TrySetException(reason);
        }
    }
}
