namespace FaceVault;

/// <summary>A probe of which somebody knows whose it is.</summary>
/// <param name="Subject">The person.</param>
/// <param name="Embedding">As many finite numbers as the model has dimensions. Not copied: leave it alone until the call returns.</param>
public readonly record struct LabelledProbe(SubjectId Subject, ReadOnlyMemory<float> Embedding)
{
    /// <summary>The type's name: a labelled probe names a person.</summary>
    public override string ToString() => nameof(LabelledProbe);
}
