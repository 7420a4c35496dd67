using FaceVault.Commits;

namespace FaceVault.Tests.Commits;

/// <summary>The full product of the inputs of <see cref="Recovery.Decide"/>, impossible combinations included, with 0, 1 and 2 mirrors.</summary>
internal static class EveryObservation
{
    private static readonly bool[] Both = [false, true];

    public static readonly MirrorObservation[] EveryMirror =
    [
        .. from state in Enum.GetValues<MirrorState>()
           from position in Enum.GetValues<MirrorPosition>()
           where position == MirrorPosition.Behind || state is MirrorState.OpensWithCurrent or MirrorState.OpensWithStaged
           select new MirrorObservation(state, position),
    ];

    private static readonly MirrorObservation[][] EveryMirrors =
    [
        [],
        .. EveryMirror.Select(a => new[] { a }),
        .. from a in EveryMirror from b in EveryMirror select new[] { a, b },
    ];

    public static IEnumerable<Observations> All() =>
        from mirrors in EveryMirrors
        from primary in Enum.GetValues<PrimaryState>()
        from head in Enum.GetValues<HeadState>()
        from root in Both
        from staged in Both
        from fenced in Both
        from reached in Both
        from lower in Both
        from owed in Both
        from failed in Both
        select new Observations
        {
            HasRootRecord = root,
            HasStaged = staged,
            StagedIsFenced = fenced,
            AllLocationsReached = reached,
            Primary = primary,
            ClearCommitIsLower = lower,
            Head = head,
            Mirrors = mirrors,
            CompletionOwed = owed,
            StepFailed = failed,
        };

    public static string Describe(in Observations o) => $"{o with { Mirrors = [] }} mirrors [{string.Join(", ", o.Mirrors)}]";
}
