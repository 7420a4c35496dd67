using FaceVault.Matching;

namespace FaceVault;

/// <content>Thresholds that are measured: for which size of gallery they count.</content>
public sealed partial class Gallery
{
    private PersonCount counted = new(0, 0, -1, 0);

    /// <summary>How many consents have a template that can be found.</summary>
    internal int CountPersons()
    {
        PersonCount last = Volatile.Read(ref counted);
        (uint change, long added, int templates) = (store.Change, store.Added, store.Count);
        if ((last.Change, last.Added, last.Templates) == (change, added, templates))
            return last.Persons;
        GallerySnapshot snapshot = TakeSnapshot();
        var slots = new HashSet<uint>();
        for (int column = 0; column < snapshot.Count; column++)
            slots.Add(snapshot[column].Slot);
        Volatile.Write(ref counted, new PersonCount(change, added, templates, slots.Count)); // what came or went meanwhile has another number
        return slots.Count;
    }

    /// <summary>Whether no more persons and templates can be found than so many. Persons are counted only where templates alone do not answer, 10 ms a million after each change.</summary>
    internal bool HoldsAtMost(int persons, int templates)
    {
        _ = Begin(); // who has ended does not count
        int count = store.Count;
        return count <= templates && (count <= persons || CountPersons() <= persons);
    }

    /// <summary>The lowest score that is a match.</summary>
    private float FloorOf(Threshold threshold, string parameter)
    {
        float floor = threshold.Floor(parameter);
        if (!threshold.IsCalibrated)
            return floor;
        try
        {
            return options.Calibrated is { } calibrated ? calibrated(this) : throw new RefusedException([Error.NotCalibrated()]);
        }
        catch (RefusedException refused)
        {
            CountRefusal(refused);
            throw;
        }
    }

    /// <summary>What was counted, and of which state.</summary>
    private sealed record PersonCount(uint Change, long Added, int Templates, int Persons);
}
