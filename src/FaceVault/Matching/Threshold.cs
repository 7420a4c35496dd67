namespace FaceVault;

/// <summary>From which score on a candidate is a match. Always said by the caller: there is no default, and <c>default(Threshold)</c> is refused.</summary>
/// <remarks>A threshold belongs to one model, to 1:1 or 1:N, and to a largest gallery: the same number accepts nobody under one model and everybody under another.</remarks>
public readonly struct Threshold : IEquatable<Threshold>
{
    private readonly Kind kind;
    private readonly float value;

    private Threshold(Kind kind, float value)
    {
        this.kind = kind;
        this.value = value;
    }

    private enum Kind : byte
    {
        Unset = 0,
        At,
        RankOnly,
        Calibrated,
    }

    /// <summary>No threshold: the best candidates whatever their scores. For ranking experiments, not for letting people in.</summary>
    public static Threshold RankOnly => new(Kind.RankOnly, float.NegativeInfinity);

    /// <summary>The threshold that was measured for the purpose's model (<see cref="Vault.SetCalibrationAsync"/>); refused where there is none, or where the gallery holds more than it was measured for.</summary>
    public static Threshold Calibrated => new(Kind.Calibrated, float.NaN);

    /// <summary>Whether a value was chosen at all.</summary>
    public bool IsSet => kind != Kind.Unset;

    /// <summary>Whether the gallery's own threshold was asked for.</summary>
    public bool IsCalibrated => kind == Kind.Calibrated;

    /// <summary>Whether two thresholds are the same.</summary>
    public static bool operator ==(Threshold left, Threshold right) => left.Equals(right);

    /// <summary>Whether two thresholds differ.</summary>
    public static bool operator !=(Threshold left, Threshold right) => !left.Equals(right);

    /// <summary>A score of <paramref name="score"/> or more is a match.</summary>
    /// <param name="score">Cosine similarity, -1 to 1.</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The score is outside -1 to 1, or not a number.</exception>
    public static Threshold At(float score) => score is >= -1f and <= 1f ? new(Kind.At, score) : throw Error.ThresholdOutOfRange(nameof(score));

    /// <inheritdoc/>
    public bool Equals(Threshold other) => kind == other.kind && value.Equals(other.value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Threshold other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(kind, value);

    /// <summary>The lowest score that is a match; NaN for <see cref="Calibrated"/>, which the gallery or the consent at hand knows.</summary>
    /// <param name="parameter">The caller's parameter, for the exception.</param>
    internal float Floor(string parameter) => kind switch
    {
        Kind.At or Kind.RankOnly or Kind.Calibrated => value,
        _ => throw Error.ThresholdUnset(parameter),
    };
}
