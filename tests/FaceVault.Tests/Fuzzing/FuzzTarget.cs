namespace FaceVault.Tests.Fuzzing;

/// <summary>One parser.</summary>
/// <param name="Name">What the tests and the corpus call it.</param>
/// <param name="Samples">Inputs that it accepts.</param>
/// <param name="Read">Reads an input. Null: refused without an exception. Otherwise the input written again, or the input itself where there is no one spelling.</param>
/// <param name="IsRefusal">Whether an exception is the documented answer to a malformed input.</param>
/// <param name="Mend">Recomputes what stands at the end of a mutation by rule (checksums), so that what lies behind is reached; null where nothing does.</param>
/// <param name="SpellsOnce">Whether what is accepted must be written again as it was.</param>
internal sealed record FuzzTarget(string Name, byte[][] Samples, Func<byte[], byte[]?> Read, Func<Exception, bool> IsRefusal, Action<byte[]>? Mend = null, bool SpellsOnce = true)
{
    /// <summary>Fixed cost of one reading in allocated bytes, over which only the length of the input counts.</summary>
    public long AllowedBytes { get; init; } = 256 * 1024;

    /// <summary>Allocated bytes for each byte of the input.</summary>
    public long AllowedPerByte { get; init; } = 200;

    public override string ToString() => Name;
}
