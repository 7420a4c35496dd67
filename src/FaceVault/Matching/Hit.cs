using System.Runtime.InteropServices;

namespace FaceVault.Matching;

/// <summary>A template that reached the threshold of a search for all of them. Ordered by how good it is: score falling, then probe, slot and ordinal rising.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Hit(float Score, int Probe, uint Slot, int Lane, ushort Ordinal) : IComparable<Hit>
{
    /// <summary>By probe, and for each by rank.</summary>
    public static readonly Comparison<Hit> ByProbe = static (a, b) => a.Probe != b.Probe ? a.Probe.CompareTo(b.Probe) : a.CompareTo(b);

    /// <summary>By probe and slot, and for each by rank.</summary>
    public static readonly Comparison<Hit> ByConsent = static (a, b) =>
        a.Probe != b.Probe ? a.Probe.CompareTo(b.Probe) : a.Slot != b.Slot ? a.Slot.CompareTo(b.Slot) : a.CompareTo(b);

    public int CompareTo(Hit other) =>
        Score != other.Score ? other.Score.CompareTo(Score) : Probe != other.Probe ? Probe.CompareTo(other.Probe)
        : Slot != other.Slot ? Slot.CompareTo(other.Slot) : Ordinal.CompareTo(other.Ordinal);
}
