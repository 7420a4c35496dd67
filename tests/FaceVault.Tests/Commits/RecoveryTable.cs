using System.Text.RegularExpressions;
using FaceVault.Commits;

namespace FaceVault.Tests.Commits;

/// <summary>
/// The recovery table a second time, written as text. An observation becomes one line,
/// <c>root primary staged head mirrors locations owed tried</c>, and the first pattern that matches the whole line is the row.
/// </summary>
/// <remarks>
/// root: r or -. primary: F no file, N no crown, x neither key, C, S. staged: s, z where it is fenced, or -. head: - missing, 0, k ok, o older, f forked.
/// mirrors, in angle brackets, a letter each: u unreachable, e empty, d dead, b behind, q equal, a ahead, y branch. locations: L all reached, or l. owed: w or -.
/// tried: ! a step failed, or -. lower: v or -.
/// </remarks>
internal static class RecoveryTable
{
    private sealed record Row(int Number, string Pattern, RecoveryAction Action, VaultErrorCode Code, RecoverySteps Steps, bool Degraded);

    private const RecoverySteps Up = RecoverySteps.BringMirrorsUp;
    private const RecoverySteps Finish = RecoverySteps.Promote | RecoverySteps.Complete;
    private const RecoverySteps Begin = RecoverySteps.StageWhereMissing | RecoverySteps.ReadBack;

    //                                  root primary staged head mirrors locations owed tried lower
    private static readonly Row[] Rows =
    [
        No(1, "- .     . .     <.*>     . . . .", VaultErrorCode.RootKeyMissing),
        new(2, "r [FN] . 0     <e*>     . . . .", RecoveryAction.NotInitialized, VaultErrorCode.VaultNotFound, RecoverySteps.None, false),
        No(3, "r [FN]  . .     <.*>     . . . .", VaultErrorCode.StoreMissing),
        No(3, "r x     . .     <.*>     . . . v", VaultErrorCode.StoreRolledBack),
        No(3, "r x     . .     <.*>     . . . -", VaultErrorCode.StoreDamaged),
        No(4, "r [CS]  . o     <.*>     . . . .", VaultErrorCode.StoreRolledBack),
        No(4, "r [CS]  . f     <.*>     . . . .", VaultErrorCode.StoreForked),
        No(4, "r [CS]  . -     <.*>     . . . .", VaultErrorCode.HeadMissing),
        No(8, "r [CS]  . [0k]  <.*a.*>  . . . .", VaultErrorCode.StoreRolledBack),
        No(8, "r [CS]  . [0k]  <.*y.*>  . . . .", VaultErrorCode.StoreForked),

        Yes(13, "r C    - .     <q*>     L w - .", Finish),
        Yes(13, "r C    - .     <[bq]*>  L w - .", Up | Finish),
        Low(13, "r C    - .     <.*b.*>  . w - .", Up),
        Low(13, "r C    - .     <.*>     . w . .", RecoverySteps.None),

        Yes(5, "r C     - .     <q*>     L - - .", RecoverySteps.None),
        Yes(6, "r C     - .     <[bq]*>  L - - .", Up),
        Low(7, "r C     - .     <.*b.*>  . - - .", Up),
        Low(7, "r C     - .     <.*>     . - . .", RecoverySteps.None),

        Yes(9, "r C     [sz] .  <[bq]*>  L . - .", RecoverySteps.Fence | RecoverySteps.StageWhereMissing | Up | RecoverySteps.Discard),
        Low(10, "r C    s .     <.*>     . . - .", RecoverySteps.Fence),
        Low(10, "r C    [sz] .  <.*>     . . . .", RecoverySteps.None),

        Yes(11, "r S    s .     <q*>     L . - .", Begin | Finish),
        Yes(11, "r S    s .     <[bq]*>  L . - .", Begin | Up | Finish),
        Low(12, "r S    s .     <.*>     . . . .", RecoverySteps.None),
    ];

    private static readonly (Row Row, Regex Pattern)[] Compiled =
        [.. Rows.Select(r => (r, new Regex($"^{Regex.Replace(r.Pattern, " +", " ")}$", RegexOptions.Compiled)))];

    private static readonly Dictionary<string, Row> Seen = [];

    /// <summary>The decision the table holds; the remedy is not part of it.</summary>
    public static RecoveryDecision Expect(in Observations o)
    {
        string line = Line(o);
        if (!Seen.TryGetValue(line, out Row? row))
            Seen[line] = row = Compiled.First(r => r.Pattern.IsMatch(line)).Row;
        return new RecoveryDecision(row.Number, row.Action, row.Code, row.Steps, row.Degraded, RecoveryRemedy.None);
    }

    /// <summary>How each mirror letter comes about, by what the primary opens with, whether S is fenced, and what the mirror shows (state, position).</summary>
    private static readonly Dictionary<string, string> Letters = new()
    {
        //          C at < = > Y   S at < = > Y
        ["C fenced"] = "bqay" + "bbbb",
        ["C open"] = "bqay" + "aaay",
        ["S fenced"] = "baay" + "bqay",
        ["S open"] = "baay" + "bqay",
        ["? fenced"] = "oooo" + "oooo",
        ["? open"] = "oooo" + "oooo",
    };

    private static string Line(in Observations o)
    {
        char primary = "FNxCS"[(int)o.Primary];
        string key = (primary is 'C' or 'S' ? primary : '?') + (o.StagedIsFenced ? " fenced" : " open");
        char[] mirrors = new char[o.Mirrors.Count];
        bool staged = o.HasStaged || primary == 'S';
        for (int i = 0; i < mirrors.Length; i++)
        {
            MirrorObservation m = o.Mirrors[i];
            staged |= m.State == MirrorState.OpensWithStaged;
            mirrors[i] = m.State switch
            {
                MirrorState.Unreachable => 'u',
                MirrorState.Empty => 'e',
                MirrorState.Dead => 'd',
                _ => Letters[key][((int)m.State - (int)MirrorState.OpensWithCurrent) * 4 + (int)m.Position],
            };
        }

        return $"{(o.HasRootRecord ? 'r' : '-')} {primary} {(!staged ? '-' : o.StagedIsFenced && primary == 'C' ? 'z' : 's')} {"-0kof"[(int)o.Head]} <{new string(mirrors)}> "
            + $"{(o.AllLocationsReached ? 'L' : 'l')} {(o.CompletionOwed ? 'w' : '-')} {(o.StepFailed ? '!' : '-')} {(o.ClearCommitIsLower ? 'v' : '-')}";
    }

    private static Row No(int number, string pattern, VaultErrorCode code) => new(number, pattern, RecoveryAction.Refuse, code, RecoverySteps.None, false);

    private static Row Yes(int number, string pattern, RecoverySteps steps) => new(number, pattern, RecoveryAction.Open, VaultErrorCode.None, steps, false);

    private static Row Low(int number, string pattern, RecoverySteps steps) => new(number, pattern, RecoveryAction.Open, VaultErrorCode.None, steps, true);
}
