using System.Runtime.CompilerServices;
using FaceVault.Commits;

namespace FaceVault.Tests.Commits;

/// <summary>What one durable commit of a key store says. Key 0 is no crown.</summary>
/// <remarks>Sets of consents are bits: X is 1, Y is 2.</remarks>
internal readonly record struct Crown
{
    public byte Epoch { get; init; }
    public byte Commit { get; init; }
    public byte Key { get; init; }

    /// <summary>Consents whose key is in it.</summary>
    public byte Alive { get; init; }

    /// <summary>Stopped, destruction pending.</summary>
    public byte Pending { get; init; }

    /// <summary>Destruction completed.</summary>
    public byte Done { get; init; }

    /// <summary>The staged key this crown fences off, or 0.</summary>
    public byte Fenced { get; init; }

    /// <summary>Ordinary things granted.</summary>
    public byte Granted { get; init; }

    public bool Exists => Key != 0;

    public byte Owed => (byte)(3 & ~Alive & ~Done);

    public Crown Next() => this with { Commit = (byte)(Commit + 1) };

    public bool Equals(Crown other) => Unsafe.BitCast<Crown, ulong>(this) == Unsafe.BitCast<Crown, ulong>(other);

    public override int GetHashCode() => Unsafe.BitCast<Crown, ulong>(this).GetHashCode();

    public override string ToString() =>
        Exists ? $"e{Epoch}c{Commit}k{Key}a{Alive}p{Pending}d{Done}g{Granted}{(Fenced == 0 ? "" : "f" + Fenced)}" : "-";
}

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

/// <summary>Where the process stands: the next thing it does.</summary>
internal enum At : byte
{
    Down, Open, Recover, Idle, Ordinary, Stop, Stage, StageSecond, Destroy, DestroyMirror, Promote, PromoteSecond, Complete,
    Mirror, Head, Acknowledge,
}

/// <summary>Disks, root locations, what the process remembers, and what was promised to the callers.</summary>
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

    // a copy of the primary that somebody keeps, and what stood there when it was put back
    public Crown Copy { get; init; }
    public Crown Newest { get; init; }

    // the process
    public At At { get; init; }
    public At Then { get; init; }
    public RecoverySteps Todo { get; init; }
    public byte Who { get; init; }
    public byte Staged { get; init; }
    public bool Degraded { get; init; }
    public bool MirrorCurrent { get; init; }
    public bool StepFailed { get; init; }

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
    public bool Lied { get; init; }
    public bool LossAccepted { get; init; }

    public bool HoldsKey(int key) => R1.HoldsKey(key) || R2.HoldsKey(key);

    /// <summary>Not every field: the ones left out hardly ever tell two states apart.</summary>
    public override int GetHashCode()
    {
        int process = (int)At | (int)Then << 4 | (int)Todo << 8 | Who << 16 | Faults << 18 | Absences << 20 | (Degraded ? 1 << 22 : 0)
            | (MirrorUp ? 1 << 23 : 0) | (R2Up ? 1 << 24 : 0) | (MirrorCurrent ? 1 << 25 : 0) | (StepFailed ? 1 << 26 : 0) | (Lied ? 1 << 27 : 0);
        int promises = Asked | Stops << 2 | StopsOnMirror << 4 | Certified << 6 | Granted << 8 | GrantedOnMirror << 10 | R1.First << 12 | R1.Second << 20;
        int disks = HashCode.Combine(P, PFailed, PBefore, M, MFailed, R1.Head, R2, Copy);
        return HashCode.Combine(process, promises, disks, History, Newest);
    }

    public ModelState Remember(Crown crown) => this with { History = History | 1UL << (crown.Key * 4 + crown.Alive) };

    public override string ToString() =>
        $"{At,-14} P={P}{Also(" failed ", PFailed)}{Also(" before ", PBefore)}{Also(" newest ", Newest)} M={M}{Also(" failed ", MFailed)} r1={R1} r2={R2} "
        + $"up={(MirrorUp ? 1 : 0)}{(R2Up ? 1 : 0)} {(Degraded ? "degraded " : "")}{(At == At.Recover ? $"todo={Todo} " : "")}stops={Stops} certified={Certified} faults={Faults}";

    private static string Also(string word, Crown crown) => crown.Exists ? word + crown : "";
}

/// <summary>A rule of the protocol does not hold in some state.</summary>
internal sealed class ModelViolationException(string rule) : Exception(rule)
{
    public string Rule => Message;
}
