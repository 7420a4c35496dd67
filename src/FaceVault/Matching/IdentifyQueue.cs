using FaceVault.Templates;

namespace FaceVault.Matching;

/// <summary>Lets callers who wait at the same time share one search. A thread of its own takes whoever waits, at most 256 at a time, so nobody waits for company: company gathers while a search runs.</summary>
/// <remarks>The number of callers who are not answered yet is bounded; one more is told so. The thread starts with the first caller. Thread-safe.</remarks>
internal sealed class IdentifyQueue(TemplateModel model, Rotation? rotation, int maxWaiting, Action<IdentifyRound> search) : IDisposable
{
    private readonly object gate = new();
    private readonly Queue<IdentifyRound> waiting = new();
    private readonly Stack<IdentifyRound> idle = new();
    private IdentifyRound? filling;
    private Thread? thread;
    private int callers;
    private bool ended;

    /// <summary>Callers who have a place.</summary>
    public int Callers => Volatile.Read(ref callers);

    /// <summary>Adds a probe to the round that fills.</summary>
    /// <param name="probe">Copied.</param>
    /// <param name="top">How many candidates at most.</param>
    /// <param name="floor">The lowest score that counts.</param>
    /// <param name="isCalibrated">Whether that is measured, and asked for again when the search begins.</param>
    /// <param name="caller">Who asks; gives the place back with <see cref="Leave"/>.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: no place is left.</exception>
    public void Enqueue(ReadOnlySpan<float> probe, int top, float floor, bool isCalibrated, IdentifyCaller caller)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(ended, typeof(Gallery));
            if (Callers == maxWaiting)
                throw Error.Busy();
            if (filling is null || filling.IsFull)
            {
                filling = idle.TryPop(out IdentifyRound? used) ? used : new IdentifyRound(model, rotation);
                waiting.Enqueue(filling);
            }

            filling.Add(probe, top, floor, isCalibrated, caller);
            Interlocked.Increment(ref callers);
            if (thread is null)
            {
                thread = new Thread(Serve) { IsBackground = true, Name = "FaceVault identify" };
                thread.UnsafeStart(); // without the first caller's context
            }

            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Gives a caller's place back.</summary>
    public void Leave() => Interlocked.Decrement(ref callers);

    /// <summary>Ends the thread after the search that runs; whoever still waits learns that the gallery is closed.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (ended)
                return;
            ended = true;
            Monitor.PulseAll(gate);
        }

        thread?.Join();
        foreach (IdentifyRound round in waiting)
        {
            round.Fail(new ObjectDisposedException(nameof(Gallery)));
            round.Dispose();
        }

        foreach (IdentifyRound round in idle)
            round.Dispose();
    }

    private void Serve()
    {
        while (Next() is { } round)
        {
            try
            {
                search(round);
            }
            catch (Exception e)
            {
                round.Fail(e);
            }

            round.Clear();
            lock (gate)
                idle.Push(round);
        }
    }

    private IdentifyRound? Next()
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !ended)
                Monitor.Wait(gate);
            if (ended)
                return null;
            IdentifyRound round = waiting.Dequeue();
            if (round == filling)
                filling = null;
            return round;
        }
    }
}
