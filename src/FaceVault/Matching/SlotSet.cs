namespace FaceVault.Matching;

/// <summary>A set of slots to look for among the lanes of a block: one slot by vector search, several through a hash.</summary>
/// <remarks>A gallery keeps no index from slots to lanes: at 4 bytes a lane, looking through a million lanes for one slot takes under a millisecond.</remarks>
internal readonly struct SlotSet
{
    private readonly uint single;
    private readonly HashSet<uint>? many;

    public SlotSet(IReadOnlyCollection<uint> slots)
    {
        many = [.. slots];
        many.Remove(0);
        single = 0;
        if (many.Count > 1)
            return;
        foreach (uint slot in many)
            single = slot;
        many = null;
    }

    /// <summary>The first lane at or after <paramref name="from"/> that belongs to the set, or -1.</summary>
    public int Next(ReadOnlySpan<uint> lanes, int from)
    {
        if (many is null)
        {
            if (single == 0)
                return -1;
            int found = lanes[from..].IndexOf(single);
            return found < 0 ? -1 : from + found;
        }

        for (int lane = from; lane < lanes.Length; lane++)
            if (lanes[lane] != 0 && many.Contains(lanes[lane]))
                return lane;
        return -1;
    }
}
