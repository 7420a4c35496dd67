namespace FaceVault;

/// <summary>One point of a detection error trade-off curve: what goes wrong at a threshold.</summary>
/// <param name="Threshold">A score of so much or more is a match; -1 to 1.</param>
/// <param name="FalsePositiveRate">1:1: the share of comparisons of two persons that match (FMR). 1:N: the share of searches for somebody who is not enrolled that find anybody, among the persons searched (FPIR).</param>
/// <param name="FalseNegativeRate">The share of comparisons of one person that do not match (FNMR), or of searches for somebody enrolled that do not find that person (FNIR).</param>
public readonly record struct DetPoint(float Threshold, double FalsePositiveRate, double FalseNegativeRate);
