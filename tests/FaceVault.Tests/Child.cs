using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FaceVault.Cryptography;
using FaceVault.Interop;
using FaceVault.Matching;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Tests;

/// <summary>What a child process of the tests printed and how it ended.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Errors);

/// <summary>The test assembly as a program: scenarios that need a process of their own, because they die, hold a lock, or run with fewer rights.</summary>
internal static class Child
{
    private static readonly Dictionary<string, Func<string[], int>> Scenarios = new()
    {
        ["allocations"] = FaceVault.Tests.Telemetry.QuietTests.AllocationsChild,
        ["crash"] = Crash.CrashChild.Run,
        ["idle"] = Crash.CrashChild.Idle,
        ["lock"] = Lock,
        ["memory"] = Memory,
        ["memory-log"] = FaceVault.Tests.Telemetry.LogTests.MemoryChild,
        ["memory-room"] = MemoryRoom,
        ["memory-scan"] = FaceVault.Tests.Memory.MemoryScenario.Run,
        ["memory-sealed"] = FaceVault.Tests.Memory.MemoryScenario.RunSealed,
        ["passphrase"] = Crash.PassphraseRehearsal.Child,
        ["places"] = Crash.PlacesCrashTests.Child,
        ["restore"] = Crash.RestoreBesideALogTests.Child,
        ["sodium"] = Sodium,
    };

    /// <summary>Starts a scenario; <paramref name="prefix"/> is a command that runs the rest of its arguments (setpriv, unshare …).</summary>
    public static Process Start(string[] prefix, string scenario, params string[] arguments)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] command = [.. prefix, dotnet, "exec", typeof(Child).Assembly.Location, scenario, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TC_QuickJit"] = "1"; // a short life is not spent on optimising
        return Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
    }

    /// <summary>Runs a scenario to its end.</summary>
    public static ChildResult Run(string[] prefix, string scenario, params string[] arguments)
    {
        using Process child = Start(prefix, scenario, arguments);
        child.StandardInput.Close();
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return new ChildResult(child.ExitCode, output, errors.Result);
    }

    internal static int Main(string[] arguments)
    {
        if (arguments.Length > 0 && Scenarios.TryGetValue(arguments[0], out Func<string[], int>? scenario))
            return scenario(arguments[1..]);
        Console.Error.WriteLine("This program holds tests; run them with: dotnet test");
        return 2;
    }

    /// <summary>Takes the lock of a file, says whether it has it, and keeps it until stdin ends.</summary>
    private static int Lock(string[] arguments)
    {
        using SafeFileHandle file = Posix.OpenFile(arguments[0], write: true);
        Console.WriteLine(Posix.TryLock(file) ? "locked" : "refused");
        Console.In.ReadToEnd();
        return 0;
    }

    /// <summary>Uses keys and large buffers, says how much of the memory is locked.</summary>
    private static int Memory(string[] arguments)
    {
        using var large = new SecretBuffer(int.Parse(arguments[0], CultureInfo.InvariantCulture));
        using SecretKey key = SecretKey.Random();
        large.DangerousBytes.Fill(7);
        Span<byte> sealedBytes = stackalloc byte[3 + Aead.Overhead];
        Span<byte> opened = stackalloc byte[3];
        Aead.Seal(key.DangerousBytes, [1, 2, 3], [], sealedBytes);
        bool works = Aead.TryOpen(key.DangerousBytes, sealedBytes, [], opened) && opened.SequenceEqual((byte[])[1, 2, 3]);
        Console.WriteLine($"{SecretArena.LockedBytes} {SecretArena.UnlockedBytes} {(works ? "works" : "broken")}");
        return 0;
    }

    /// <summary>After the first key, templates take all memory that may be locked; then come more keys. Says how many of their bytes are not locked.</summary>
    private static int MemoryRoom(string[] arguments)
    {
        using SecretKey first = SecretKey.Random();
        var templates = new List<GalleryMemory>();
        do
            templates.Add(new GalleryMemory(64 * 1024));
        while (templates[^1].IsLocked && templates.Count < 1024);
        SecretKey[] keys = [.. Enumerable.Range(0, int.Parse(arguments[0], CultureInfo.InvariantCulture)).Select(_ => SecretKey.Random())];
        Console.WriteLine($"{(templates[^1].IsLocked ? "no limit" : "limit reached")} {SecretArena.UnlockedBytes} {LockedGalleryAsync(required: false).Result} {LockedGalleryAsync(required: true).Result}");
        foreach (IDisposable used in (IDisposable[])[.. templates, .. keys])
            used.Dispose();
        return 0;
    }

    private static async Task<string> LockedGalleryAsync(bool required)
    {
        VaultOptions options = VaultOptions.InMemoryForTests();
        options.RequireLockedGalleries = required;
        await using var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(Operations.TestVault.Purpose());
        await vault.GrantConsentAsync(Operations.TestVault.GrantAt(DateTimeOffset.UtcNow, "c-1"));
        await vault.EnrollAsync(new ConsentId("c-1"), null, Operations.TestVault.Face(1));
        try
        {
            return (await vault.GetGalleryAsync(new PurposeId(Operations.TestVault.Door))).IsLocked ? "locked" : "unlocked";
        }
        catch (VaultException refused)
        {
            return refused.Code.ToString();
        }
    }

    /// <summary>Loads libsodium twice and prints the message of each failure.</summary>
    private static int Sodium(string[] arguments)
    {
        for (int i = 0; i < 2; i++)
        {
            try
            {
                Libsodium.EnsureLoaded();
                Console.WriteLine("loaded " + Marshal.PtrToStringUTF8(Libsodium.sodium_version_string()));
            }
            catch (PlatformNotSupportedException failure)
            {
                Console.WriteLine(failure.Message);
            }
        }

        return 0;
    }
}
