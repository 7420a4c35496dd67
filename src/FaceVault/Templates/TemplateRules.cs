namespace FaceVault.Templates;

/// <summary>Rule S5: what is no template of a model is refused before anything is computed from it. Pure; all violations at once.</summary>
internal static class TemplateRules
{
    private const int FewestForPixels = 16;

    /// <summary>All reasons not to take this vector as a template or probe of the model; empty when there are none. About 0.2 µs for 512 numbers.</summary>
    public static IReadOnlyList<Violation> Check(TemplateModel model, ReadOnlySpan<float> embedding)
    {
        double squares = EmbeddingMath.SumOfSquares(embedding);
        bool isDirection = double.IsFinite(squares) && squares > 0;
        if (embedding.Length == model.Dimensions && isDirection && !LooksLikePixels(embedding))
            return [];
        var found = new List<Violation>();
        if (embedding.Length != model.Dimensions)
            found.Add(Error.TemplateLengthWrong(model.Dimensions));
        if (!double.IsFinite(squares))
            found.Add(Error.TemplateNotFinite());
        else if (squares == 0)
            found.Add(Error.TemplateZero());
        else if (LooksLikePixels(embedding))
            found.Add(Error.TemplateOfPixels());
        return found;
    }

    /// <summary>Whether every number is an integer from 0 to 255, as the bytes of an image are. Embeddings never are; the first number almost always tells.</summary>
    private static bool LooksLikePixels(ReadOnlySpan<float> numbers)
    {
        if (numbers.Length < FewestForPixels)
            return false;
        foreach (float number in numbers)
        {
            if (number is < 0 or > 255 || number != MathF.Floor(number))
                return false;
        }

        return true;
    }
}
