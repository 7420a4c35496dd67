using System.Reflection;
using FaceVault.Commits;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Templates;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Memory;

/// <summary>A program that is nothing but a vault: it uses faces in every way, destroys some of them, and looks for what is left of them in its own memory.</summary>
/// <remarks>Prints <c>before|withdrawn|after  secret  region  kept out of dumps</c> for every hit, and at the end how much memory is locked.</remarks>
internal static class MemoryScenario
{
    private const string Gate = "gate", Mood = "mood";
    private static readonly string[] Names = ["withdrawn", "withdrawn gate", "replaced", "removed", "renewed", "living", "withdrawn mood"];
    private static readonly List<string> Models = ["synthetic", "synthetic8"];
    private static readonly FieldInfo RootKey = typeof(VaultEngine).GetField("rootKey", BindingFlags.NonPublic | BindingFlags.Instance)!;

    private static readonly FieldInfo Signs = typeof(Rotation).GetField("signs", BindingFlags.NonPublic | BindingFlags.Instance)!;

    public static int Run(string[] arguments)
    {
        RunAsync(arguments[0]).GetAwaiter().GetResult();
        return 0;
    }

    /// <summary>Nobody leaves: faces are enrolled, loaded into sealed galleries and searched for, and then looked for while no search runs. At the end open galleries show that they would have been found.</summary>
    public static int RunSealed(string[] arguments)
    {
        RunSealedAsync(arguments[0]).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task RunSealedAsync(string folder)
    {
        using var memory = new ProcessMemory();
        await using TestVault test = await TestVault.InFilesAsync(folder, 2, 1);
        using var faces = new CarefulCaller(memory, test.Vault);
        var door = new PurposeId(TestVault.Door);
        for (int i = 0; i < 4; i++)
            await test.Vault.GrantConsentAsync(test.Grant($"f-{i}"));
        await EnrollAsync("loaded", 0);
        await EnrollAsync("loaded", 1);
        foreach (string model in Models)
            await test.Vault.GetGalleryAsync(door, model, GalleryMode.Sealed);
        Print("sealed and loaded", memory.Scan());
        await EnrollAsync("enrolled", 2);
        await EnrollAsync("enrolled", 3);
        foreach (string model in Models)
        {
            Gallery gallery = await test.Vault.GetGalleryAsync(door, model, GalleryMode.Sealed);
            int found = 0;
            await CarefulCaller.UseAsync(Models.IndexOf(model) * 10, async probe => found = (await gallery.IdentifyAsync(probe, 4, Threshold.At(0.99f))).Count);
            Console.WriteLine($"found\t{found} of {gallery.Count} in {gallery.Mode}");
        }

        Print("sealed and searched", memory.Scan());
        foreach (string model in Models)
            await test.Vault.GetGalleryAsync(door, model);
        Print("open", memory.Scan());

        async Task EnrollAsync(string name, int person)
        {
            await faces.EnrollAsync(name, person, null, 32);
            await faces.EnrollAsync(name, person + 10, "synthetic8", 16);
        }
    }

    private static async Task RunAsync(string folder)
    {
        using var memory = new ProcessMemory();
        await using TestVault test = await TestVault.InFilesAsync(folder, 2, 1);
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, Gate));
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Analysis, Mood));
        using var faces = new CarefulCaller(memory, test.Vault);
        for (int i = 0; i < Names.Length; i++)
        {
            await test.Vault.GrantConsentAsync(test.Grant($"f-{i}", purpose: i switch { 1 => Gate, 6 => Mood, _ => TestVault.Door }));
            await faces.EnrollAsync(i == 4 ? "living renewed" : Names[i], i, null, 32);
            await faces.EnrollAsync(i is 3 or 4 ? "living beside" : Names[i], i + 10, "synthetic8", 16);
        }

        for (int i = 0; i < 80; i++)
            await test.Vault.GrantConsentAsync(test.Grant($"c-{i}"));
        await test.Vault.GrantConsentAsync(test.Grant("f-8"));
        await test.Vault.GrantConsentAsync(test.Grant("f-9"));
        await faces.EnrollAsync("withdrawn tail", 9, null, 32);
        foreach (string model in (string[])["synthetic", "synthetic8"])
        {
            Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door), model);
            await CarefulCaller.UseAsync(0, async probe => _ = await gallery.IdentifyAsync(probe, 5, Threshold.RankOnly));
            await CarefulCaller.UseAsync(1, async probe => _ = await test.Vault.VerifyFaceAsync(Scenario.Id("f-1"), probe, Threshold.At(0.5f), model));
            await test.Vault.AnalyzeAsync(Scenario.Id("f-6"), static template => template[0] > template[1], model);
        }

        await FailToImportAsync(test, faces);
        RememberKeys(memory, test.Vault.Engine, Names);
        ScanBefore(memory, test.Vault.Engine);
        await test.Vault.WithdrawConsentsAsync([Scenario.Id("f-0"), Scenario.Id("f-1"), Scenario.Id("f-6"), Scenario.Id("f-8"), Scenario.Id("f-9")]);
        Print("withdrawn", memory.Scan());
        await CarefulCaller.UseAsync(30, async face => await test.Vault.ReplaceTemplatesAsync(Scenario.Id("f-2"), null, [face]));
        await test.Vault.RemoveTemplateAsync(Scenario.Id("f-3"), 0);
        await test.Vault.RenewConsentAsync(Scenario.Id("f-4"), test.Grant("r-4", "subject of f-4"));
        Print("after", memory.Scan());
        await test.Vault.RetirePurposeAsync(new PurposeId(Mood));
        Print("retired", memory.Scan());
        VaultStatus status = await test.Vault.GetStatusAsync();
        Console.WriteLine($"locked\t{status.LockedBytes}\t{status.UnlockedBytes}\t{File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmLck", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]}");
    }

    /// <summary>An import that looks at the templates which are there, and breaks off over a damaged one.</summary>
    private static async Task FailToImportAsync(TestVault test, CarefulCaller faces)
    {
        await faces.EnrollAsync("withdrawn import", 8, null, 32);
        await CarefulCaller.UseAsync(31, async face => await test.Vault.EnrollAsync(Scenario.Id("f-8"), null, face));
        uint slot;
        using (ReadScope view = test.Vault.Engine.Read())
            slot = view.FindConsent("f-8"u8);
        test.Vault.Engine.Templates.Append([new TemplateRow(slot, 1, new byte[TemplateCodec.SealedSize(TestVault.Model)])]);
        await CarefulCaller.UseAsync(8, async face =>
        {
            try
            {
                await test.Vault.ImportAsync(new PurposeId(TestVault.Door), null, One(new Enrollment(test.Grant("f-8"), face)));
                Console.WriteLine("before\tthe damaged template was not noticed\timport\tFalse");
            }
            catch (VaultException failure) when (failure.Code == VaultErrorCode.IntegrityViolated)
            {
                // seen: what was opened before it must be wiped
            }
        });
    }

    private static async IAsyncEnumerable<Enrollment> One(Enrollment item)
    {
        await Task.CompletedTask;
        yield return item;
    }

    /// <summary>While a view is held, the pages on the way to the faces are in memory too.</summary>
    private static void ScanBefore(ProcessMemory memory, VaultEngine engine)
    {
        using ReadScope view = engine.Read();
        view.Tree.TryGet(1, out _);
        using var tail = new TreeCursor(view.Store, view.Crown);
        tail.TryGet(view.Crown.NextSlot - 1, out _);
        Print("before", memory.Scan());
    }

    private static void RememberKeys(ProcessMemory memory, VaultEngine engine, IReadOnlyList<string> names)
    {
        using ReadScope view = engine.Read();
        memory.Remember("root key", ((SecretKey)RootKey.GetValue(engine)!).DangerousBytes);
        memory.Remember("crown: tail-leaf key", view.Crown.DangerousTailLeafKey);
        memory.Remember("crown: branch key", view.Crown.DangerousBranchKey(0));
        memory.Remember("living: ledger key", view.Crown.DangerousLedgerKey);
        using KeyPage? branch = TreeCursor.OpenPage(view.Store, view.Crown.VaultId, PageKind.Branch, 0, KeyTable.Branch, view.Crown.DangerousBranchKey(0));
        memory.Remember("branch: leaf key", branch!.DangerousChildKey(0));
        for (uint slot = 1; slot <= names.Count; slot++)
        {
            view.Tree.TryGet(slot, out KeyEntry entry);
            memory.Remember($"{names[(int)slot - 1]}: template key", entry.TemplateKey.DangerousBytes);
        }

        RememberRotation(memory, view.Crown.Purposes[0], "living: rotation");
        RememberRotation(memory, view.Crown.Purposes[2], "living until retired: rotation");
        view.Tree.TryGet(view.Crown.NextSlot - 1, out KeyEntry last);
        memory.Remember("withdrawn tail: template key", last.TemplateKey.DangerousBytes);
    }

    /// <summary>The seed, and what is expanded from it while the vault is open.</summary>
    private static void RememberRotation(ProcessMemory memory, PurposeSecret purpose, string name)
    {
        memory.Remember($"{name} seed", purpose.DangerousSeed);
        using var rotation = new Rotation(new RotationSeed(purpose.DangerousSeed), TestVault.Model);
        memory.Remember($"{name} signs", ((SecretBuffer)Signs.GetValue(rotation)!).DangerousBytes);
    }

    private static void Print(string when, List<MemoryHit> hits)
    {
        foreach (MemoryHit hit in hits)
            Console.WriteLine($"{when}\t{hit.Secret}\t{hit.Region}\t{hit.IsLeftOut}");
    }
}
