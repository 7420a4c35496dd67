namespace FaceVault.Benchmarks.Peers;

/// <summary>A contestant: makes what it needs from the data set when it is made, and searches.</summary>
internal abstract class Peer(string engine, string mode, TemplateEncoding encoding) : IDisposable
{
    public const int Top = 10;

    public string Engine { get; } = engine;

    /// <summary><c>open</c>, <c>sealed</c>, or how the engine works.</summary>
    public string Mode { get; } = mode;

    public TemplateEncoding Encoding { get; } = encoding;

    public string EncodingName() => Encoding == TemplateEncoding.Int8 ? "int8" : "float32";

    /// <summary>How far a score may lie from the exact cosine.</summary>
    public virtual float Tolerance => Encoding == TemplateEncoding.Int8 ? 0.02f : 1e-4f;

    /// <summary>Whether it takes minutes rather than seconds: then it runs with one probe, three rounds.</summary>
    public virtual bool IsSlow => false;

    /// <summary>Whether it may miss a candidate.</summary>
    public virtual bool IsApproximate => false;

    /// <summary>Said under the table: version, build options, what differs.</summary>
    public virtual string? Remark => null;

    /// <summary>One call, from packed probes to filled results; the first <paramref name="probes"/> of the data set.</summary>
    public abstract void Search(int probes);

    /// <summary>What the last search found for a probe, best first: row and score.</summary>
    public abstract (int Row, float Score)[] Found(int probe);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
