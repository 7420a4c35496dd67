using FaceVault.Tests.Operations;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Histories;

/// <summary>E3 and E4 over random histories: calls, single faults, places that go and come, deaths of the process and of the machine, thefts of everything; against a model of who was promised what.</summary>
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class HistoryTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Whatever_happens_in_any_order_promises_are_kept(int roots, int mirrors) =>
        Prop.ForAll(Move.Histories(30).ToArbitrary(), moves => RunAsync(new MemoryBed(roots, mirrors), moves).GetAwaiter().GetResult()).Check(Deep.Config(40));

    internal static async Task RunAsync(Bed making, Move[] moves)
    {
        await using Bed bed = making;
        var promised = new Promises(bed);
        await promised.BeginAsync();
        foreach (Move move in moves)
            await promised.TakeAsync(move);
        await promised.EndAsync();
    }
}
