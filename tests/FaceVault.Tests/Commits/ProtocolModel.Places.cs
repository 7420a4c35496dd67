namespace FaceVault.Tests.Commits;

internal sealed partial class ProtocolModel
{
    /// <summary>The mirror and the second root location come and go. The first location stays: the two are alike.</summary>
    private void ChangePlaces(in ModelState s, List<ModelState> next)
    {
        if (s.Changes == 0)
            return;
        ModelState t = s with { Changes = (byte)(s.Changes - 1) };
        if (s.P.HasMirror)
            next.Add(t with { At = At.Unlist, Change = Change.DropMirror });
        else if (Flaw == Flaw.ListBeforeCopy)
            next.Add(t with { At = At.ListMirror });
        else if (s.MirrorUp)
            CommitMirror(s, t with { At = At.ListMirror, MirrorCurrent = true }, t, next);   // a full copy

        if (!s.P.HasSecond)
            next.Add(t with { At = At.Stage, Change = Change.AddRoot });
        else if (!s.R2Up)
            next.Add(t with { At = At.Unlist, Change = Change.RetireAway });
        else
            next.Add(t with { At = Flaw == Flaw.UnlistBeforeWipe ? At.Unlist : At.Wipe, Change = Change.Retire });
    }

    private void WhenListingMirror(in ModelState s, List<ModelState> next) =>
        CommitPrimary(s, s.P.Next() with { Places = (byte)(s.P.Places | Crown.Mirror), Size = (byte)(s.P.Size + 1) }, At.Acknowledge, next);

    /// <summary>The new location is made with a key that opens nothing; the staged one it gets when the transaction that lists it stands. What lay at the place before lies in a drawer now.</summary>
    private void AddRoot(in ModelState s, List<ModelState> next)
    {
        byte first = Flaw == Flaw.AddWithStagedKey ? s.Staged : Flaw == Flaw.AddWithLivingKey ? RootAreas.Record(s.P.Epoch, s.P.Key) : RootAreas.Record(s.P.Epoch, s.Keys);
        int drawer = s.Strays;
        foreach (byte record in new[] { s.R2.First, s.R2.Second })
            drawer |= record == 0 ? 0 : 1 << RootAreas.KeyOf(record);
        next.Add(s with
        {
            Strays = (ushort)drawer,
            R2 = new RootAreas(first, 0, default),
            R2Up = true,
            Wiped = true,
            Keys = (byte)(s.Keys + 1),
            At = Flaw == Flaw.AddWithLivingKey ? At.Unlist : At.StageSecond,
        });
    }

    /// <summary>At the location that is to be retired a key is staged that opens nothing.</summary>
    private void WhenWiping(in ModelState s, List<ModelState> next)
    {
        bool isUnderWay = s.R1.Second != 0 || s.R2.Second != 0 || RootAreas.EpochOf(s.R1.First) != RootAreas.EpochOf(s.R2.First);
        byte nothing = RootAreas.Record(s.P.Epoch + 1, s.Keys);
        next.Add(isUnderWay || !s.R2Up ? LookAgain(s) : s with { R2 = s.R2.Stage(nothing), Keys = (byte)(s.Keys + 1), Staged = nothing, At = At.WipeRest });
    }

    private void WhenWipingTheRest(in ModelState s, List<ModelState> next) =>
        next.Add(s.R2Up ? s with { R2 = s.R2.Keep(RootAreas.KeyOf(s.Staged)), Wiped = true, At = Flaw == Flaw.UnlistBeforeWipe ? At.Look : At.Unlist } : LookAgain(s));

    /// <summary>One commit changes the list.</summary>
    private void WhenUnlisting(in ModelState s, List<ModelState> next)
    {
        int places = s.Change switch
        {
            Change.DropMirror => s.P.Places & ~Crown.Mirror,
            Change.AddRoot => s.P.Places | Crown.Second,
            Change.RetireAway when Flaw != Flaw.ForgetStray => (s.P.Places & ~Crown.Second) | Crown.StrayOpens,
            _ => s.P.Places & ~Crown.Second,
        };
        Crown crown = s.P.Next() with { Places = (byte)places, Size = (byte)(s.P.Size + 1) };
        CommitPrimary(s, Flaw == Flaw.CloseStrayAtOnce ? crown.CloseStray() : crown, s.Change == Change.Retire && Flaw == Flaw.UnlistBeforeWipe ? At.Wipe : At.Look, next);
    }

    /// <summary>Whose certificate names the place that was retired while it was away: everybody who was granted before the root key was next replaced.</summary>
    private byte NamedBy(in Crown crown) => Flaw == Flaw.NameStrayByEpoch ? (crown.Places & Crown.StrayOpens) != 0 ? (byte)3 : (byte)0 : crown.Stray;
}
