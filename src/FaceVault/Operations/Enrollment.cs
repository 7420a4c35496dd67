namespace FaceVault;

/// <summary>One item of an import: a consent and a template under it.</summary>
/// <param name="Grant">The consent, recorded unless it is there already.</param>
/// <param name="Embedding">As many finite numbers as the model has dimensions.</param>
/// <param name="CapturedAt">When the face was captured, if that is known: not before the consent (C7: SPC 2(2); PIPL 17), and at most five minutes ahead of the vault's clock. It is not stored.</param>
public readonly record struct Enrollment(ConsentGrant Grant, ReadOnlyMemory<float> Embedding, DateTimeOffset? CapturedAt = null)
{
    /// <summary>The type's name: an enrollment names a person.</summary>
    public override string ToString() => nameof(Enrollment);
}

/// <summary>What an import did.</summary>
/// <param name="Granted">Consents recorded.</param>
/// <param name="Enrolled">Templates stored.</param>
/// <param name="Skipped">Items that were there already.</param>
/// <param name="Receipts">One for each consent recorded, in no particular order.</param>
public sealed record ImportResult(long Granted, long Enrolled, long Skipped, IReadOnlyList<ConsentReceipt> Receipts);
