using System.Globalization;
using System.Runtime.InteropServices;

namespace FaceVault.Cli.Commands;

/// <summary>How a check came out.</summary>
internal enum DiagnosisState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, with a risk the operator should know.</summary>
    Warning,

    /// <summary>Keeps a vault from working.</summary>
    Bad,
}

/// <summary>One line of <c>doctor</c>.</summary>
internal sealed record Diagnosis(string Check, DiagnosisState State, string Sentence)
{
    private static readonly DateTimeOffset Release = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What can be said of the machine alone.</summary>
    public static IEnumerable<Diagnosis> OfMachine(TimeProvider clock)
    {
        VaultEnvironment machine = VaultEnvironment.Read();
        yield return Ok("runtime", string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors"));
        yield return machine.LibsodiumTrouble is { } trouble ? Bad("libsodium", trouble) : Ok("libsodium", machine.Libsodium!);
        yield return Ok("sqlite", machine.Sqlite);
        yield return machine.CanLockMemory
            ? Ok("memory", "keys are kept out of swap")
            : Warning("memory", "The system refuses to lock memory, so that keys may be swapped out. Raise RLIMIT_MEMLOCK (ulimit -l; LimitMEMLOCK= of a systemd unit), or turn swap off.");
        yield return machine.FloatVectors is "Vector256" or "Vector512"
            ? Ok("vectors", $"float32 {machine.FloatVectors}, int8 {machine.Int8Vectors}")
            : Warning("vectors", $"float32 {machine.FloatVectors}, int8 {machine.Int8Vectors}: searches are several times slower than on a processor with 256-bit vectors.");
        DateTimeOffset now = clock.GetUtcNow();
        yield return now >= Release
            ? Ok("clock", now.UtcDateTime.ToString("u", CultureInfo.InvariantCulture))
            : Bad("clock", "The clock is set to a time before this program was made. Set it: expiry and retention are counted by it.");
    }

    public static Diagnosis Ok(string check, string sentence) => new(check, DiagnosisState.Ok, sentence);

    public static Diagnosis Warning(string check, string sentence) => new(check, DiagnosisState.Warning, sentence);

    public static Diagnosis Bad(string check, string sentence) => new(check, DiagnosisState.Bad, sentence);
}
