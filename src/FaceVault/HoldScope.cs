namespace FaceVault;

/// <summary>What a legal hold is set on or lifted from. A hold stands on consents: one that is given later is under none.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class HoldScope
{
    private HoldScope()
    {
    }

    internal IReadOnlyList<ConsentId>? Consents { get; private init; }

    internal SubjectId? Subject { get; private init; }

    internal PurposeId? Purpose { get; private init; }

    /// <summary>These consents; every one must be known.</summary>
    /// <param name="consents">Copied.</param>
    /// <exception cref="ArgumentException">An id is the default of its type.</exception>
    public static HoldScope OfConsents(IReadOnlyList<ConsentId> consents)
    {
        ArgumentNullException.ThrowIfNull(consents);
        foreach (ConsentId consent in consents)
            ConsentId.Check(consent, nameof(consents));
        return new HoldScope { Consents = [.. consents] };
    }

    /// <summary>Every consent of a subject whose evidence lives.</summary>
    /// <exception cref="ArgumentException">The id is the default of its type.</exception>
    public static HoldScope OfSubject(SubjectId subject)
    {
        SubjectId.Check(subject, nameof(subject));
        return new HoldScope { Subject = subject };
    }

    /// <summary>Every consent to a purpose, of all its versions, whose evidence lives.</summary>
    /// <exception cref="ArgumentException">The id is the default of its type.</exception>
    public static HoldScope OfPurpose(PurposeId purpose)
    {
        PurposeId.Check(purpose, nameof(purpose));
        return new HoldScope { Purpose = purpose };
    }

    /// <summary>The type's name: it may name a person.</summary>
    public override string ToString() => nameof(HoldScope);
}
