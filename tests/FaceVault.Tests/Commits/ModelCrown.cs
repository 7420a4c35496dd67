using System.Runtime.CompilerServices;

namespace FaceVault.Tests.Commits;

/// <summary>What one durable commit of a key store says. Key 0 is no crown.</summary>
/// <remarks>Sets of consents are bits: X is 1, Y is 2.</remarks>
internal readonly record struct Crown
{
    /// <summary>Bits of <see cref="Places"/>: the second root location and the mirror are listed; a place was retired while it was away, and the root key has not been replaced since.</summary>
    public const byte Second = 1, Mirror = 2, StrayOpens = 4;

    private const int StrayShift = 3;

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

    /// <summary>On hold.</summary>
    public byte Held { get; init; }

    /// <summary>Stopped under a hold: in no work list, usable by nobody.</summary>
    public byte Kept { get; init; }

    public byte Places { get; init; }

    /// <summary>Whose certificate names the place that was retired while it was away.</summary>
    public byte Named { get; init; }

    /// <summary>The next slot. X has the first, Y the second.</summary>
    public byte Slot { get; init; }

    /// <summary>Ledger entries.</summary>
    public byte Size { get; init; }

    /// <summary>The branch: a bit for every parting of ways on the path to it.</summary>
    public byte Line { get; init; }

    /// <summary>The line of the head whose loss it accepts: it names that one among those that it went on from.</summary>
    public byte Forgiven { get; init; }

    public bool Exists => Key != 0;

    public bool HasSecond => (Places & Second) != 0;

    public bool HasMirror => (Places & Mirror) != 0;

    /// <summary>Consents that were ever granted.</summary>
    public byte Born => (byte)(Slot > 2 ? 3 : 1);

    public byte Owed => (byte)(Born & ~Alive & ~Done);

    /// <summary>Consents that a place which was retired while it was away may open.</summary>
    public byte Stray => (byte)((Places & StrayOpens) != 0 ? 3 : Places >> StrayShift & 3);

    public Crown Next() => this with { Commit = (byte)(Commit + 1) };

    /// <summary>The root key is replaced: what is granted from now on no retired place can open.</summary>
    public Crown CloseStray() => (Places & StrayOpens) == 0 ? this : this with { Places = (byte)((Places & ~StrayOpens) | Born << StrayShift) };

    public bool Equals(Crown other) => Unsafe.BitCast<Crown, UInt128>(this) == Unsafe.BitCast<Crown, UInt128>(other);

    public override int GetHashCode() => Unsafe.BitCast<Crown, UInt128>(this).GetHashCode();

    public override string ToString() => !Exists ? "-"
        : $"e{Epoch}c{Commit}k{Key}a{Alive}p{Pending}d{Done}g{Granted}{Also('f', Fenced)}{Also('h', Held)}{Also('r', Kept)}@{Places}{Also('n', Named)}z{Size}{(Line > 1 ? $"/{Line:b}" : "")}";

    private static string Also(char name, byte value) => value == 0 ? "" : $"{name}{value}";
}
