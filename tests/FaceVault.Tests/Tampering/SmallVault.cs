using FaceVault.Storage;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Tampering;

/// <summary>A small history with one of everything: two purposes, two encodings, re-keyed, renewed, withdrawn and erased consents. What lay on the disk after each step is kept.</summary>
internal sealed class SmallVault
{
    public static readonly People People = new(["c-0", "c-1", "c-2", "c-3", "r-1", "v-0", "v-1", "v-2"], [0, 1, 2, 20, 21, 30]);

    public required VaultImage Last { get; init; }

    /// <summary>The stores after each step, oldest first; the last is <see cref="Last"/>.</summary>
    public required IReadOnlyList<(KeyStoreImage Keys, RowTable Templates)> Copies { get; init; }

    public static async Task<SmallVault> MakeAsync(int variant = 0)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        return await GoOnAsync(test, variant, 0);
    }

    /// <summary>Another vault whose history parts from this one's after a step: a clone, root keys and all.</summary>
    public async Task<SmallVault> CloneAsync(int variant, int after)
    {
        await using TestVault test = TestVault.Thaw(Half ?? throw new InvalidOperationException("No half-way image."));
        test.Clock.Now += TimeSpan.FromHours(1); // so that nothing it writes is what the other wrote
        await test.Vault.OpenAsync();
        return await GoOnAsync(test, variant, after);
    }

    /// <summary>The closed vault after half of the steps.</summary>
    public VaultImage? Half { get; private init; }

    private static async Task<SmallVault> GoOnAsync(TestVault test, int variant, int from)
    {
        var copies = new List<(KeyStoreImage, RowTable)>();
        VaultImage? half = null;
        Func<Task>[] steps = Steps(test, variant);
        for (int i = from; i < steps.Length; i++)
        {
            await steps[i]();
            copies.Add((test.Store.Snapshot()!, test.Templates.Snapshot()!));
            if (i + 1 != HalfWay)
                continue;
            await test.Vault.DisposeAsync();
            half = test.Freeze();
            test.Renew();
            await test.Vault.OpenAsync();
        }

        await test.Vault.DisposeAsync();
        copies.Add((test.Store.Snapshot()!, test.Templates.Snapshot()!));
        return new SmallVault { Last = test.Freeze(), Copies = copies, Half = half };
    }

    public const int HalfWay = 5;

    private static Func<Task>[] Steps(TestVault test, int variant) =>
    [
        () => test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift")),
        () => EnrollAsync(test, "c-0", TestVault.Door, 0),
        () => EnrollAsync(test, "c-1", TestVault.Door, 1),
        () => EnrollAsync(test, "v-0", "lift", 0),
        () => EnrollAsync(test, "v-1", "lift", 1),
        () => test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate")),
        () => test.Vault.AddPurposeVersionAsync(TestVault.Purpose(PurposeKind.Verification, "gate") with { Description = $"Opening gate {variant}" }),
        () => EnrollAsync(test, "v-2", "lift", 2 + variant),
        () => EnrollAsync(test, "c-2", TestVault.Door, 2 + variant),
        () => EnrollAsync(test, "c-3", TestVault.Door, 30 + variant),
        () => test.Vault.ReplaceTemplatesAsync(Scenario.Id("c-0"), null, [TestVault.Face(20 + variant)]),
        () => test.Vault.ReplaceTemplatesAsync(Scenario.Id("c-0"), null, [TestVault.Face(21 + variant)]),
        () => test.Vault.ReplaceTemplatesAsync(Scenario.Id("v-1"), "synthetic8", [TestVault.Face(1)]),
        () => test.Vault.RenewConsentAsync(Scenario.Id("c-1"), test.Grant("r-1", "subject of c-1")),
        () => test.Vault.WithdrawConsentAsync(Scenario.Id("c-2")),
        () => test.Vault.EraseSubjectAsync(new SubjectId("subject of c-3"), $"order {variant}"),
    ];

    private static async Task EnrollAsync(TestVault test, string consent, string purpose, int face)
    {
        await test.Vault.GrantConsentAsync(test.Grant(consent, purpose: purpose));
        await test.Vault.EnrollAsync(Scenario.Id(consent), null, TestVault.Face(face));
        await test.Vault.EnrollAsync(Scenario.Id(consent), "synthetic8", TestVault.Face(face));
    }
}
