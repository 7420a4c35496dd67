using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.RuleHistories;

/// <summary>What can be asked of a vault, and what time does.</summary>
internal enum Act
{
    None = 0,
    AddVersion,
    AdmitModel,
    RetireModel,
    Grant,
    Enroll,
    Verify,
    Analyze,
    Identify,
    Replace,
    Renew,
    Withdraw,
    Restrict,
    Hold,
    Lift,
    Sweep,
    PassTime,

    /// <summary>A table of several enrolments.</summary>
    Import,
    ChangeCalendar,
    RecordFiling,
    CompareFiling,

    /// <summary>The clock is set back.</summary>
    SetBack,
    AcceptClock,
    Reopen,

    /// <summary>Any row of an import: no move of its own, as all that follow.</summary>
    Row,

    /// <summary>A row whose consent is new.</summary>
    Found,

    /// <summary>A row whose consent is there.</summary>
    Join,

    /// <summary>A row whose consent an earlier row has.</summary>
    Again,
}

/// <summary>What is done; a number that says to whom and when; and what is wrong with it, as bits.</summary>
internal sealed record RuleMove(Act Act, int Number, int Defects)
{
    private const int AllDefects = (1 << 15) - 1;

    private static readonly Act[] Often =
        [Act.Grant, Act.Grant, Act.Grant, Act.Grant, Act.Import, Act.Import, Act.Enroll, Act.Enroll, Act.Enroll, Act.Verify, Act.Verify, Act.Identify, Act.Identify, Act.Analyze, Act.PassTime, Act.PassTime, Act.Renew, Act.Replace, Act.Withdraw];

    /// <summary>Histories of up to so many moves. Half of what is asked has nothing wrong with it, the rest one thing or several.</summary>
    public static Gen<RuleMove[]> Histories(int most) =>
        (from act in Gen.Elements([.. Enum.GetValues<Act>().Where(a => a is not Act.None and < Act.Row), .. Often])
         from number in Gen.Choose(0, 1_000_000)
         from one in Gen.Choose(0, 15)
         from several in Gen.Choose(0, AllDefects)
         from how in Gen.Choose(0, 7)
         select new RuleMove(act, number, how < 4 ? 0 : how < 7 ? (1 << one) & AllDefects : several)).ListOf(most).Select(moves => moves.ToArray());

    public bool Has(int bit) => (Defects >> bit & 1) != 0;
}
