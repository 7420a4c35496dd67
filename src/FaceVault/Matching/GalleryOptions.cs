using FaceVault.Records;
using FaceVault.Telemetry;
using FaceVault.Templates;

namespace FaceVault.Matching;

/// <summary>How a gallery is kept. Plain values, copied by the gallery when it is made.</summary>
internal sealed record GalleryOptions
{
    /// <summary>The purpose the templates belong to; null for a private gallery.</summary>
    public PurposeId? Purpose { get; init; }

    /// <summary>How the templates were turned when they were encoded, and how probes are; null (default) = not at all.</summary>
    public Rotation? Rotation { get; init; }

    /// <summary>How the templates are kept; open by default.</summary>
    public GalleryMode Mode { get; init; } = GalleryMode.Open;

    /// <summary>Whether the gallery belongs to a vault: disposing it then does nothing, and only <see cref="Gallery.Close"/> ends it. False (default) = its maker disposes it.</summary>
    public bool IsShared { get; init; }

    /// <summary>The most threads that one search uses, the caller's own included; 0 (default) = as many as there are processors, at most 64.</summary>
    public int Threads { get; init; }

    /// <summary>Whether templates may only lie in memory that cannot be swapped out. False (default) = locked where the system allows it.</summary>
    public bool RequireLockedMemory { get; init; }

    /// <summary>The threads that the galleries of a vault share; null (default) = <see cref="Threads"/> of its own.</summary>
    public ThreadBudget? Budget { get; init; }

    /// <summary>What measures the searches; null (default) = nothing does.</summary>
    public SearchMeter? Meter { get; init; }

    /// <summary>Where searches are counted for the processing records; null (default) = nowhere.</summary>
    public PurposeCounts? Counts { get; init; }

    /// <summary>How many callers of <see cref="Gallery.IdentifyAsync"/> may wait at once, 1 to 65,536 (default 1,024).</summary>
    public int MaxWaiting { get; init; } = 1024;

    /// <summary>What <see cref="Threshold.Calibrated"/> means for the gallery as it is now, or a refusal; null (default) = nothing was calibrated.</summary>
    public Func<Gallery, float>? Calibrated { get; init; }

    /// <summary>Says before every search why nothing may be done for the purpose now (P4, P6, P7, P8); null (default) = nothing forbids it.</summary>
    public Func<IReadOnlyList<Violation>>? Rules { get; init; }

    /// <summary>The clock that use ends are held against.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>The float32 kernel; the fastest by default, another one in tests.</summary>
    public FloatKernel FloatKernel { get; init; } = DotKernels.BestFloat;

    /// <summary>The int8 kernel; the fastest by default, another one in tests.</summary>
    public ByteKernel ByteKernel { get; init; } = DotKernels.BestByte;
}
