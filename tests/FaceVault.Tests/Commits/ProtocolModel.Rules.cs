namespace FaceVault.Tests.Commits;

/// <summary>What must hold in every state, by name.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>NOLOSS: after a crash now, a key at hand opens a crown with everybody in it whom nobody asked to destroy.</item>
/// <item>STOPPED: once a stop was acknowledged the consent is never usable again.</item>
/// <item>ACKNOWLEDGED: nothing that was granted with an answer is missing after a crash.</item>
/// <item>ONELOST: the same three when the primary, the mirror or either root location is lost at that moment; for the mirror alone, what was acknowledged while it was current.</item>
/// <item>EARLY: a completion is never written while a location holds a key that opens any crown ever written with that consent in it. Places that are on no list count too, but one that was retired while it was away and is named.</item>
/// <item>ERASED: nor is a certificate given.</item>
/// <item>HELD: what is on hold with an answer is not destroyed.</item>
/// <item>NEEDLESS: a loss is not accepted while a mirror has what seems lost. RISEN: who has a certificate is in no vault that opens.</item>
/// <item>SLOTS: after an accepted loss no slot is given out that was given out with an answer. SIGNED: a signing key signs no ledger that does not continue what it signed. NAMED: a name has one signing key.</item>
/// <item>ROLLBACK: an open vault stands at its newest head or beyond it.</item>
/// <item>REFUSED: without a lie of the disk or a copy put back, the vault opens, whatever is away; and in any case beside a mirror that it has fenced off.</item>
/// <item>AREAS: a location never needs a third record area.</item>
/// <item>RUNAWAY: a vault that nobody asks anything of does not write for ever.</item>
/// <item>LIVE: when nothing fails any more the vault reaches the certificate of every stop.</item>
/// </list>
/// </remarks>
internal sealed partial class ProtocolModel
{
    private readonly List<ModelState> crashes = [];
    private readonly List<ModelState> onward = [];
    private readonly HashSet<ModelState> reaches = [];
    private readonly HashSet<int> rows = [];

    /// <summary>The rows of the recovery table that were met.</summary>
    public IReadOnlySet<int> Rows => rows;

    /// <summary>The rule that this state breaks, or null.</summary>
    public string? Check(in ModelState s)
    {
        if (s.R1.First == 0 && s.R2.First == 0)
            return "NOLOSS";
        if (s.P.Commit > 60)
            return "RUNAWAY";
        return AfterCrash(s) ?? Promises(s) ?? Opened(s);
    }

    private string? AfterCrash(in ModelState s)
    {
        crashes.Clear();
        Crash(s.Newest.Exists ? s with { P = s.Newest } : s, crashes);
        foreach (ModelState t in crashes)
        {
            // What was acknowledged is on the primary; with a lying disk only where the mirror was current as well.
            bool lied = s.Lied;
            string? bad = Readable(t, t.P, t.M, true, true, lied);
            if (bad != null)
                return bad;
            bad = (!t.P.HasMirror || t.TakenAway ? null : Readable(t, default, t.M, true, true, true))
                ?? (lied ? null : Readable(t, t.P, default, true, true, false))
                ?? (t.P.HasSecond ? Readable(t, t.P, t.M, true, false, lied) : null)
                ?? (t.P.HasSecond && !t.Wiped ? Readable(t, t.P, t.M, false, true, lied) : null);
            if (bad != null)
                return "ONELOST";
        }

        return null;
    }

    private static string? Readable(in ModelState t, Crown p, Crown m, bool first, bool second, bool asMirror)
    {
        Crown best = default;
        if (Opens(t, p, first, second))
            best = p;
        if (Opens(t, m, first, second) && m.Commit > best.Commit)
            best = m;
        if (!best.Exists || (best.Born & ~best.Alive & ~t.Asked) != 0)
            return "NOLOSS";
        byte stops = asMirror ? t.StopsOnMirror : t.Stops;
        if ((t.Holds & ~best.Alive) != 0)
            return "HELD";
        if ((stops & best.Alive & ~best.Pending & ~best.Kept) != 0)
            return "STOPPED";
        if (best.Granted < (asMirror ? t.GrantedOnMirror : t.Granted) && !t.LossAccepted)
            return "ACKNOWLEDGED";
        return null;
    }

    private static bool Opens(in ModelState t, Crown crown, bool first, bool second) =>
        crown.Exists && ((first && t.R1.HoldsKey(crown.Key)) || (second && t.R2.HoldsKey(crown.Key)));

    private static string? Promises(in ModelState s)
    {
        int settled = s.Certified | s.P.Done | s.M.Done, named = s.P.Named | s.M.Named;
        for (int key = 1; settled != 0 && key < 16; key++)
        {
            int held = (s.HoldsKey(key, told: false) ? settled & ~named : 0) | (s.HoldsKey(key, told: true) ? settled & named : 0);
            for (int alive = 0; held != 0 && alive < 4; alive++)
            {
                if ((s.History >> (key * 4 + alive) & 1) != 0 && (alive & held) != 0)
                    return (alive & held & s.Certified) != 0 ? "ERASED" : "EARLY";
            }
        }

        return null;
    }

    private string? Opened(in ModelState s)
    {
        bool atHead = HeadOf(s.P, Head(s)) == FaceVault.Commits.HeadState.Ok;
        if (s.At is At.Idle or At.Recover && !atHead)
            return "ROLLBACK";
        if (s.At == At.Idle && (s.Certified & s.P.Alive) != 0)
            return "RISEN";
        bool explained = (!options.LyingDisk && !s.LossAccepted) || (atHead && s.P.Fenced != 0 && s.P.Fenced == s.M.Key);
        if (s.At == At.Open && explained)
        {
            onward.Clear();
            WhenOpening(s, onward);
            if (!onward.Exists(t => t.At is At.Recover or At.Open))
                return "REFUSED";
        }

        return null;
    }

    /// <summary>With no further faults and everything back: can the run end idle with every stop certified?</summary>
    public bool IsLive(in ModelState s)
    {
        var seen = new HashSet<ModelState>();
        var next = new List<ModelState>();
        var todo = new Stack<ModelState>();
        todo.Push(s with { Faults = 0, Absences = 0, Changes = 0, MirrorUp = !Solo, R2Up = !Solo, Copy = default });
        while (todo.TryPop(out ModelState t))
        {
            if (reaches.Contains(t) || IsSettled(t))
            {
                reaches.UnionWith(seen);
                return true;
            }

            if (!seen.Add(t))
                continue;
            next.Clear();
            Steps(t, next);
            foreach (ModelState u in next)
            {
                if (u.At != At.Ordinary && !u.Copy.Exists)
                    todo.Push(u);
            }
        }

        return false;
    }

    private static bool IsSettled(in ModelState s) =>
        s.At == At.Idle && !s.Degraded && (s.P.Pending | s.P.Kept) == 0 && (s.Stops & ~s.Certified) == 0 && (s.P.Done | s.P.Alive) == s.P.Born;
}
