namespace FaceVault.Tests.Commits;

internal sealed partial class ProtocolModel
{
    /// <summary>Holds come and go between the choice of a batch and its destroying commit, which reads them again. Lifting is free, so that every hold can end.</summary>
    private void HoldOrDestroy(in ModelState s, List<ModelState> next)
    {
        for (byte who = X; who <= Y; who++)
        {
            if ((s.P.Held & who) != 0)
                next.Add(s with { At = At.Hold, Who = who, Change = Change.Lift, Holds = (byte)(s.Holds & ~who) });
            else if (s.Changes > 0 && (s.P.Alive & who) != 0)
                next.Add(s with { At = At.Hold, Who = who, Change = Change.Hold, Changes = (byte)(s.Changes - 1) });
        }

        byte batch = (byte)(s.Batch & (Flaw == Flaw.ForgetHoldsAtStaging ? s.P.Alive : s.P.Pending));
        if (batch != 0 && !s.Degraded)
            next.Add(s with { At = At.Stage, Who = batch, Batch = 0 });
        else if (s.P.Pending != 0 && !s.Degraded)
            next.Add(s with { Batch = s.P.Pending });
    }

    private void WhenHolding(in ModelState s, List<ModelState> next)
    {
        Crown crown = s.P.Next() with { Size = (byte)(s.P.Size + 1) };
        CommitPrimary(s, s.Change == Change.Hold
            ? crown with
            {
                Held = (byte)(crown.Held | s.Who),
                Kept = (byte)(crown.Kept | (crown.Pending & s.Who)),
                Pending = (byte)(crown.Pending & ~s.Who),
            }
            : crown with
            {
                Held = (byte)(crown.Held & ~s.Who),
                Kept = (byte)(crown.Kept & ~s.Who),
                Pending = (byte)(crown.Pending | (Flaw == Flaw.ForgetStopAtLifting ? 0 : crown.Kept & s.Who)),
            }, At.Acknowledge, next);
    }

    /// <summary>A stop takes effect under a hold too; what is held does not come into the work list.</summary>
    private static Crown Stopped(in Crown crown, byte who) => crown.Next() with
    {
        Pending = (byte)(crown.Pending | (who & ~crown.Held)),
        Kept = (byte)(crown.Kept | (who & crown.Held)),
    };
}
