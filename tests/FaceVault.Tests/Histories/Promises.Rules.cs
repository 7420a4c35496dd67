using System.Text;
using FaceVault.Commits;
using FaceVault.Tests.Attack;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Histories;

/// <content>Purposes, their models, and legal holds.</content>
internal sealed partial class Promises
{
    private static readonly TemplateModel Extra = new("extra", 64, TemplateEncoding.Float32);

    // What purposes that were registered with an answer say of themselves, by id.
    private readonly Dictionary<string, List<string>> said = [];
    private readonly List<string> unsaid = [];

    // Seeds of the rotations of purposes that were retired.
    private readonly HashSet<string> forgotten = [];
    private int nextPurpose;
    private int nextDescription;
    private bool? extraIsAdmitted = false;

    private async Task RegisterPurposeAsync(Move move)
    {
        string id = nextPurpose > 0 && move.Number % 2 == 0 ? $"purpose-{nextPurpose}" : $"purpose-{++nextPurpose}";
        string description = $"Opening door {++nextDescription}.";
        Purpose purpose = TestVault.Purpose(PurposeKind.Verification, id) with { Description = description };
        said.TryAdd(id, []);
        said[id].Add(description);
        await TryAsync(async () =>
        {
            if ((await bed.Vault.ListPurposesAsync()).Any(p => p.Definition.Id == purpose.Id))
                await bed.Vault.AddPurposeVersionAsync(purpose);
            else
                await bed.Vault.EnsurePurposeAsync(purpose);
        });
    }

    /// <summary>A purpose takes all its consents with it, and then what it said.</summary>
    private async Task RetirePurposeAsync(Move move)
    {
        if (nextPurpose == 0)
            return;
        string id = $"purpose-{1 + (move.Number % nextPurpose)}";
        Person[] consented = [.. people.Values.Where(p => p.Purpose == id && p.Standing is not (Standing.Gone or Standing.None))];
        foreach (Person person in consented)
            person.Asked ??= Now;
        (ushort Purpose, string Seed)[] seeds = [];
        Exception? failure = await TryAsync(async () =>
        {
            seeds = Seeds() ?? [];
            await bed.Vault.RetirePurposeAsync(new PurposeId(id));
        });
        if (failure is RefusedException)
            return;
        foreach (Person person in consented)
        {
            if (failure is null && person.Standing != Standing.Unsure)
                End(person);
            else if (failure is not null && person.Standing != Standing.Stopped)
                person.Standing = Standing.Unsure;
        }

        if (failure is not null)
            return;
        if (Seeds() is { } standing)
            forgotten.UnionWith(seeds.Where(seed => standing.All(other => other.Purpose != seed.Purpose)).Select(seed => seed.Seed));
        unsaid.AddRange(said[id]);
        said[id].Clear();
    }

    private async Task ChangeModelsAsync()
    {
        var door = new PurposeId(TestVault.Door);
        bool admit = extraIsAdmitted == false;
        Exception? failure = await TryAsync(async () =>
        {
            if (extraIsAdmitted == null)
                return;
            if (admit)
                await bed.Vault.AdmitModelAsync(door, Extra, makeCurrent: false);
            else
                await bed.Vault.RetireModelAsync(door, Extra.Name, leaveTemplates: true);
        });
        extraIsAdmitted = failure is null && extraIsAdmitted is not null ? admit : null;
    }

    private async Task HoldAsync(Move move)
    {
        if (Pick(move, Standing.Living) is not { } person)
            return;
        if (await TryAsync(() => bed.Vault.SetHoldAsync(HoldScope.OfConsents([person.Id]), $"case {move.Number}")) is null)
            person.IsHeld = true;
        else
            person.Standing = Standing.Unsure;
    }

    private async Task LiftHoldAsync(Move move)
    {
        Person[] held = [.. people.Values.Where(p => p.IsHeld && p.Standing is Standing.Living or Standing.Kept)];
        if (held.Length == 0)
            return;
        await LiftAsync(held[move.Number % held.Length]);
    }

    /// <summary>Who was stopped under it is destroyed.</summary>
    private async Task LiftAsync(Person person)
    {
        Exception? failure = await TryAsync(() => bed.Vault.LiftHoldAsync(HoldScope.OfConsents([person.Id])));
        if (failure is null && person.Standing == Standing.Kept)
            End(person);
        else if (failure is not null)
            person.Standing = Standing.Unsure;
        person.IsHeld = false;
    }

    /// <summary>Null when a planned fault hit this look.</summary>
    private (ushort Purpose, string Seed)[]? Seeds()
    {
        try
        {
            using ReadScope view = bed.Vault.Engine.Read();
            return [.. view.Crown.Purposes.Where(purpose => purpose.IsRotated).Select(purpose => (purpose.Number, Convert.ToHexString(purpose.DangerousSeed)))];
        }
        catch (VaultException)
        {
            return null;
        }
    }

    private void AssertUnsaid(Attacker attacker)
    {
        Assert.All(unsaid, text => Assert.False(attacker.Reads(Encoding.UTF8.GetBytes(text)), $"a retired purpose still says \"{text}\""));
        Assert.All(forgotten, seed => Assert.False(attacker.Reads(Convert.FromHexString(seed)), "the rotation of a retired purpose can still be read"));
    }
}
