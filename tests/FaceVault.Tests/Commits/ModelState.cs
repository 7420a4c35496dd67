using System.Numerics;
using System.Runtime.InteropServices;
using FaceVault.Commits;

namespace FaceVault.Tests.Commits;

/// <summary>One root location: two record areas, and the newest head.</summary>
internal readonly record struct RootAreas(byte First, byte Second, Crown Head)
{
    public static byte Record(int epoch, int key) => (byte)(epoch << 4 | key);

    public static int EpochOf(byte record) => record >> 4;

    public static int KeyOf(byte record) => record & 15;

    public bool Holds(byte record) => record != 0 && (First == record || Second == record);

    public bool HoldsKey(int key) => (First != 0 && KeyOf(First) == key) || (Second != 0 && KeyOf(Second) == key);

    /// <summary>The record of a later epoch, or 0.</summary>
    public byte Above(int epoch) => EpochOf(First) > epoch ? First : EpochOf(Second) > epoch ? Second : (byte)0;

    /// <summary>Writes into the free area.</summary>
    public RootAreas Stage(byte record) => Holds(record) ? this
        : First == 0 ? this with { First = record }
        : Second == 0 ? this with { Second = record }
        : throw new ModelViolationException("AREAS");

    /// <summary>Overwrites every area that does not hold this key.</summary>
    public RootAreas Keep(int key) => this with
    {
        First = First != 0 && KeyOf(First) == key ? First : Second != 0 && KeyOf(Second) == key ? Second : (byte)0,
        Second = 0,
    };

    public override string ToString() =>
        $"[{string.Join(' ', new[] { First, Second }.Where(r => r != 0).Select(r => $"e{EpochOf(r)}k{KeyOf(r)}"))} head c{Head.Commit}]";
}

/// <summary>What a commit is made for besides.</summary>
internal enum Change : byte
{
    None, AddRoot, Retire, RetireAway, DropMirror, Hold, Lift,
}

/// <summary>Where the process stands: the next thing it does.</summary>
internal enum At : byte
{
    Down, Open, Recover, Idle, Ordinary, Stop, Stage, StageSecond, Destroy, DestroyMirror, Promote, PromoteSecond, Complete,
    Mirror, Head, Acknowledge,
    ListMirror, Unlist, AddRoot, Wipe, WipeRest, Look, Hold, Accept,
}

/// <summary>Disks, root locations, what the process remembers, and what was promised to the callers. Packed, so that equal states have equal bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct ModelState
{
    // disks: what a reader sees; a failed commit that may still appear; what a crash may fall back to when a flush was a lie
    public Crown P { get; init; }
    public Crown PFailed { get; init; }
    public Crown PBefore { get; init; }
    public Crown M { get; init; }
    public Crown MFailed { get; init; }
    public RootAreas R1 { get; init; }
    public RootAreas R2 { get; init; }
    public bool MirrorUp { get; init; }
    public bool R2Up { get; init; }

    // a copy of the primary that somebody keeps, what stood there when it was put back, and what was given up for it; the name in vault.json
    public Crown Copy { get; init; }
    public Crown Newest { get; init; }
    public Crown Lost { get; init; }
    public byte Name { get; init; }

    // the process
    public At At { get; init; }
    public At Then { get; init; }
    public RecoverySteps Todo { get; init; }
    public byte Who { get; init; }
    public byte Staged { get; init; }
    public bool Degraded { get; init; }
    public bool MirrorCurrent { get; init; }
    public bool StepFailed { get; init; }
    public Change Change { get; init; }
    public byte Batch { get; init; }

    // ghosts: every (key, alive) ever handed to a store, and promises
    public ulong History { get; init; }
    public byte Asked { get; init; }
    public byte Stops { get; init; }
    public byte StopsOnMirror { get; init; }
    public byte Certified { get; init; }
    public byte Granted { get; init; }
    public byte GrantedOnMirror { get; init; }
    public byte Keys { get; init; }
    public byte Faults { get; init; }
    public byte Absences { get; init; }
    public byte Changes { get; init; }
    public bool Lied { get; init; }
    public bool LossAccepted { get; init; }

    // ghosts of places, of an accepted loss and of holds: a key of the second location was overwritten on purpose, keys at media that nobody looks at any more,
    // a person took the mirror away; slots answered, whether a loss was accepted, what was signed; holds answered
    public bool Wiped { get; init; }
    public ushort Strays { get; init; }
    public bool TakenAway { get; init; }
    public uint Given { get; init; }
    public bool Accepted { get; init; }
    public Ledgers Ledgers { get; init; }
    public byte Holds { get; init; }

    /// <summary>Whether a listed location holds a key; also one that is not listed, unless everybody who is concerned was told of it.</summary>
    public bool HoldsKey(int key, bool told) => R1.HoldsKey(key) || (!(told && !P.HasSecond) && R2.HoldsKey(key)) || (!told && (Strays >> key & 1) != 0);

    public bool Equals(ModelState other) => Bytes(this).SequenceEqual(Bytes(other));

    public override int GetHashCode()
    {
        ReadOnlySpan<byte> bytes = Bytes(this);
        ulong hash = 14695981039346656037;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(bytes)) * 0x9E3779B97F4A7C15, 29);
        foreach (byte last in bytes)
            hash = (hash ^ last) * 1099511628211;
        return (hash ^ hash >> 32).GetHashCode();
    }

    public ModelState Remember(Crown crown) => this with { History = History | 1UL << (crown.Key * 4 + crown.Alive) };

    public override string ToString() =>
        $"{At,-14} P={P}{Also(" failed ", PFailed)}{Also(" before ", PBefore)}{Also(" newest ", Newest)} M={M}{Also(" failed ", MFailed)} r1={R1} r2={R2} "
        + $"up={(MirrorUp ? 1 : 0)}{(R2Up ? 1 : 0)} {(Degraded ? "degraded " : "")}{(At == At.Recover ? $"todo={Todo} " : "")}{(Change == Change.None ? "" : Change + " ")}stops={Stops} certified={Certified} faults={Faults}";

    private static ReadOnlySpan<byte> Bytes(in ModelState s) => MemoryMarshal.AsBytes(new ReadOnlySpan<ModelState>(in s));

    private static string Also(string word, Crown crown) => crown.Exists ? word + crown : "";
}

/// <summary>A rule of the protocol does not hold in some state.</summary>
internal sealed class ModelViolationException(string rule) : Exception(rule)
{
    public string Rule => Message;
}
