using System.Runtime.InteropServices;

namespace FaceVault;

/// <summary>A template that a search found: where it is and how alike it is. 12 bytes; the default (slot 0) is no candidate.</summary>
/// <remarks>A slot names nobody. <see cref="Gallery.ResolveAsync"/> turns candidates into the living subjects behind them.</remarks>
/// <param name="Slot">The slot of the consent, 1 or more.</param>
/// <param name="Ordinal">Which of the consent's templates it was, from 0.</param>
/// <param name="Score">Cosine similarity, -1 to 1.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Candidate(uint Slot, int Ordinal, float Score)
{
    /// <summary>Whether there is no candidate here.</summary>
    public bool IsNone => Slot == 0;

    /// <summary>The type's name: scores and slots do not belong in logs.</summary>
    /// <returns>Always <c>Candidate</c>.</returns>
    public override string ToString() => nameof(Candidate);
}
