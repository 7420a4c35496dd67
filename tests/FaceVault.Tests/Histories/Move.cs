using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Histories;

/// <summary>What can happen to a vault.</summary>
internal enum MoveKind
{
    None = 0,
    Come,
    Enroll,
    Identify,
    Withdraw,
    WithdrawMany,
    Erase,
    Replace,
    RemoveOne,
    Renew,
    RegisterPurpose,
    RetirePurpose,
    ChangeModels,
    Hold,
    LiftHold,
    Sweep,
    PassTime,

    /// <summary>A thief copies everything and tries what it can read.</summary>
    Attack,
    ArchiveTemplates,
    RestoreTemplates,
    MirrorAway,
    MirrorBack,

    /// <summary>A mirror loses its file, or an older copy of it is put back.</summary>
    MirrorFallsBack,
    RefillMirror,
    RootAway,
    RootBack,
    Reopen,
    Crash,
    Fault,
}

/// <summary>What is done, and a number that says to whom, when or how.</summary>
internal sealed record Move(MoveKind Kind, int Number)
{
    private static readonly MoveKind[] Often =
        [MoveKind.Come, MoveKind.Come, MoveKind.Enroll, MoveKind.Enroll, MoveKind.Withdraw, MoveKind.Replace, MoveKind.Fault, MoveKind.Fault, MoveKind.Crash, MoveKind.Reopen, MoveKind.Sweep];

    /// <summary>Histories of up to so many moves; people come and enroll more often than the rest.</summary>
    public static Gen<Move[]> Histories(int most) =>
        (from kind in Gen.Elements([.. Enum.GetValues<MoveKind>().Where(k => k != MoveKind.None), .. Often])
         from number in Gen.Choose(0, 1_000_000)
         select new Move(kind, number)).ListOf(most).Select(moves => moves.ToArray());
}
