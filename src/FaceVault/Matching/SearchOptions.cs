namespace FaceVault;

/// <summary>How a bulk search of a <see cref="Gallery"/> answers. Plain values; make it once, use it for every search.</summary>
public sealed record SearchOptions
{
    /// <summary>Whether each template is a candidate of its own. False (default) = each consent appears once, with its best template.</summary>
    public bool PerTemplate { get; init; }

    /// <summary>Whether an int8 gallery's candidates are scored again with the float32 numbers of the probe. False (default) = the score is that of the quantised probe. A float32 gallery has nothing to score again.</summary>
    /// <remarks>The answer is exact: what scoring every template this way would give, order, threshold and scores. It is that of a float32 gallery of the same embeddings wherever the gap to the next score exceeds what the
    /// templates lost when they were quantised (docs/matching.md). Costs about a microsecond for each score within the probe's own rounding of the list's last.</remarks>
    public bool Rescore { get; init; }

    /// <summary>Gets the number of comparisons done, of <see cref="ProbeBatch.Count"/> × <see cref="Gallery.Count"/> in all; null (default) = nobody asks.</summary>
    /// <remarks>Called on the thread that searches: at most ten times a second, and once when all are done, before the answers are handed over. It must not wait for anything that needs the gallery: other searches wait for
    /// this one. What it throws ends the search.</remarks>
    public IProgress<long>? Progress { get; init; }
}
