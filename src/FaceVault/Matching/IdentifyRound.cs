using FaceVault.Templates;

namespace FaceVault.Matching;

/// <summary>Callers who share one search: their probes, what each asked for, and where each answer goes.</summary>
/// <remarks>Filled under the queue's lock, then used by its thread alone.</remarks>
internal sealed class IdentifyRound(TemplateModel model, Rotation? rotation) : IDisposable
{
    public const int MaxCallers = 256;

    private readonly int[] tops = new int[MaxCallers];
    private readonly float[] floors = new float[MaxCallers];
    private readonly bool[] areCalibrated = new bool[MaxCallers];
    private readonly IdentifyCaller[] callers = new IdentifyCaller[MaxCallers];

    public ProbeBatch Probes { get; } = new(model, MaxCallers, rotation);

    public int Count => Probes.Count;

    public bool IsFull => Count == MaxCallers;

    public ReadOnlySpan<int> Tops => tops.AsSpan(0, Count);

    public ReadOnlySpan<float> Floors => floors.AsSpan(0, Count);

    public void Add(ReadOnlySpan<float> probe, int top, float floor, bool isCalibrated, IdentifyCaller caller)
    {
        int index = Count;
        Probes.Add(probe);
        tops[index] = top;
        floors[index] = floor;
        areCalibrated[index] = isCalibrated;
        callers[index] = caller;
    }

    /// <summary>Asks for the measured threshold as it counts for the search that begins; whoever wanted it where it does not count is told so, and finds nobody.</summary>
    public void SetFloors(Func<float> calibrated)
    {
        if (!areCalibrated.AsSpan(0, Count).Contains(true))
            return;
        float floor = float.PositiveInfinity;
        RefusedException? refused = null;
        try
        {
            floor = calibrated();
        }
        catch (RefusedException refusal)
        {
            refused = refusal;
        }

        for (int i = 0; i < Count; i++)
        {
            if (!areCalibrated[i])
                continue;
            floors[i] = floor;
            if (refused is not null)
                callers[i].Fail(refused);
        }
    }

    /// <summary>Hands an answer over. Inside the store's read side, so that no removal can finish between the check and the handing over.</summary>
    /// <returns>Whether anybody was found.</returns>
    public bool Complete(int index, TopCandidates found, GalleryStore store, uint since)
    {
        var candidates = new List<Candidate>(found.Count(index));
        for (int i = 0; i < found.Count(index); i++)
        {
            Candidate candidate = found.Get(index, i, out int lane);
            if (store.MayName(lane, candidate.Slot, since))
                candidates.Add(candidate);
        }

        callers[index].Finish(candidates);
        return candidates.Count > 0;
    }

    /// <summary>Those who wait for names of what was found.</summary>
    public List<NameQuestion> Questions()
    {
        var questions = new List<NameQuestion>(Count);
        for (int i = 0; i < Count; i++)
            if (callers[i] is NameCaller { Question: { IsAnswered: false } question })
                questions.Add(question);
        return questions;
    }

    public void Fail(Exception reason)
    {
        for (int i = 0; i < Count; i++)
            callers[i].Fail(reason);
    }

    /// <summary>Wipes the probes and forgets the callers; they leave unless they wait for names.</summary>
    public void Clear()
    {
        int count = Count;
        Probes.Clear();
        for (int i = 0; i < count; i++)
            callers[i].Release();
        Array.Clear(callers);
    }

    public void Dispose() => Probes.Dispose();
}
