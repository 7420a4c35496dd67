namespace FaceVault.Matching;

/// <summary>One pass over the blocks: at most 264 probes of a batch, and how they are compared.</summary>
/// <param name="Probes">The batch.</param>
/// <param name="First">The first probe of the pass, a multiple of <see cref="GalleryScanner.ProbesPerTile"/>.</param>
/// <param name="Count">How many probes, at most <see cref="CandidateSieve.MaxProbes"/>.</param>
/// <param name="Rescore">Whether what an int8 score lets through is scored again in float32.</param>
/// <param name="Progress">Told after blocks, on the calling thread; null = nobody asked.</param>
/// <param name="Cancellation">Looked at between blocks.</param>
internal readonly record struct SearchPass(ProbeBatch Probes, int First, int Count, bool Rescore, SearchProgress? Progress, CancellationToken Cancellation);
