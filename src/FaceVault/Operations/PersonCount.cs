using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FaceVault.Keys;

namespace FaceVault.Operations;

/// <summary>Counts persons, not templates and not consents (P11: CAC 15): the distinct subjects whose templates can be decrypted under purposes of a set of versions. Knows them by their tags.</summary>
/// <param name="versions">The purpose versions that count together.</param>
internal sealed class PersonCount(IReadOnlySet<uint> versions)
{
    private readonly Dictionary<UInt128, uint> firstGiven = [];

    public int Persons => firstGiven.Count;

    /// <summary>Takes an entry of the tree into account.</summary>
    public void Add(KeyEntry entry)
    {
        if (entry.IsLiving && versions.Contains(entry.PurposeVersion))
            Add(entry.SubjectTag, entry.Given);
    }

    /// <summary>Takes a person into account who consented at a Unix minute.</summary>
    public void Add(ReadOnlySpan<byte> subjectTag, uint given)
    {
        ref uint first = ref CollectionsMarshal.GetValueRefOrAddDefault(firstGiven, BinaryPrimitives.ReadUInt128LittleEndian(subjectTag), out bool exists);
        first = exists ? Math.Min(first, given) : given;
    }

    /// <summary>The Unix minute at which there were so many of these persons; null when there are fewer.</summary>
    public uint? ReachedAt(long threshold)
    {
        if (threshold < 1 || threshold > firstGiven.Count)
            return null;
        uint[] given = [.. firstGiven.Values];
        Array.Sort(given);
        return given[threshold - 1];
    }
}
