namespace FaceVault.Operations;

/// <summary>Threads of the vault's own for calls that read the stores: verifying and naming. Such a call may wait for a commit; no thread of its caller's, or of the pool, is held meanwhile.</summary>
/// <remarks>The number of callers is bounded; one more is told so. Threads start when first needed. Thread-safe.</remarks>
internal sealed class ReadThreads(int most, int maxCounted) : IDisposable
{
    private readonly object gate = new();
    private readonly Queue<Call> waiting = new();
    private readonly List<Thread> threads = [];
    private int counted;
    private int idle;
    private bool ended;

    /// <summary>Callers who are not answered yet, but those that are counted elsewhere.</summary>
    public int Counted => Volatile.Read(ref counted);

    /// <summary>Runs a call on one of the threads.</summary>
    /// <param name="work">What to do. Not begun when the token is cancelled before; run to its end when it is cancelled later.</param>
    /// <param name="mayBeBusy">Whether the caller is counted here and may be told that too many wait; there is always room for others.</param>
    /// <param name="cancellationToken">Counts until the work begins.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: too many callers wait already.</exception>
    public Task<T> RunAsync<T>(Func<T> work, bool mayBeBusy, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(ended, typeof(Vault));
            if (mayBeBusy && counted == maxCounted)
                throw Error.Busy();
            var call = new Call<T>(work, mayBeBusy, cancellationToken);
            counted += mayBeBusy ? 1 : 0;
            waiting.Enqueue(call);
            if (idle < waiting.Count && threads.Count < most)
            {
                var thread = new Thread(Serve) { IsBackground = true, Name = "FaceVault reader" };
                threads.Add(thread);
                thread.UnsafeStart(); // without the first caller's context
            }

            Monitor.Pulse(gate);
            return call.Task;
        }
    }

    /// <summary>Tells whoever waits that the vault is closed, and ends the threads after the calls that run.</summary>
    public void Dispose()
    {
        Call[] left;
        lock (gate)
        {
            ended = true;
            left = [.. waiting];
            waiting.Clear();
            Monitor.PulseAll(gate);
        }

        foreach (Call call in left)
            call.Refuse(new ObjectDisposedException(nameof(Vault)));
        foreach (Thread thread in threads)
            thread.Join();
    }

    private void Serve()
    {
        while (Next() is { } call)
        {
            call.Run();
            lock (gate)
                counted -= call.IsCounted ? 1 : 0;
        }
    }

    private Call? Next()
    {
        lock (gate)
        {
            idle++;
            while (waiting.Count == 0 && !ended)
                Monitor.Wait(gate);
            idle--;
            return ended ? null : waiting.Dequeue();
        }
    }

    private abstract class Call
    {
        public abstract bool IsCounted { get; }

        public abstract void Run();

        public abstract void Refuse(Exception reason);
    }

    private sealed class Call<T> : Call
    {
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Func<T> work;
        private readonly CancellationTokenRegistration registration;
        private int begun;

        public Call(Func<T> work, bool isCounted, CancellationToken token)
        {
            this.work = work;
            IsCounted = isCounted;
            registration = token.UnsafeRegister(static (state, token) => ((Call<T>)state!).Cancel(token), this);
        }

        public override bool IsCounted { get; }

        public Task<T> Task => answer.Task;

        public override void Run()
        {
            if (!Begin())
                return;
            try
            {
                answer.SetResult(work());
            }
            catch (OperationCanceledException canceled)
            {
                answer.SetCanceled(canceled.CancellationToken);
            }
            catch (Exception failure)
            {
                answer.SetException(failure);
            }
        }

        public override void Refuse(Exception reason)
        {
            if (Begin())
                answer.SetException(reason);
        }

        private void Cancel(CancellationToken token)
        {
            if (Interlocked.Exchange(ref begun, 1) == 0)
                answer.SetCanceled(token);
        }

        private bool Begin()
        {
            if (Interlocked.Exchange(ref begun, 1) != 0)
                return false;
            registration.Unregister();
            return true;
        }
    }
}
