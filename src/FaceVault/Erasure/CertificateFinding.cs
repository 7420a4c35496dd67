namespace FaceVault;

/// <summary>What checking a deletion certificate found. Zero is not success; <see cref="CertificateFindings"/> says whether a finding is, and what it means.</summary>
public enum CertificateFinding
{
    /// <summary>Not checked.</summary>
    None = 0,

    /// <summary>Everything holds, and every place named was confirmed.</summary>
    Valid = 1,

    /// <summary>Everything holds; at least one place named was retired while it was away, so that the vault could not confirm it.</summary>
    ValidWithUnconfirmedPlaces = 2,

    /// <summary>Not a certificate in its one spelling.</summary>
    Malformed = 3,

    /// <summary>The certificate is of another vault than the verifier key.</summary>
    OtherVault = 4,

    /// <summary>Signed in the vault's name, but by another key than the verifier key.</summary>
    OtherSigningKey = 5,

    /// <summary>No signature in the vault's name.</summary>
    NotSigned = 6,

    /// <summary>A signature by the verifier key is wrong.</summary>
    BadSignature = 7,

    /// <summary>The three proofs do not stand under one and the same checkpoint.</summary>
    DifferentCheckpoints = 8,

    /// <summary>An entry is not of the kind that belongs in its place.</summary>
    WrongEntryKind = 9,

    /// <summary>The entry that created the key is not in the ledger as its proof says.</summary>
    CreatedNotInLedger = 10,

    /// <summary>The entry that removed the key is not in the ledger as its proof says.</summary>
    RemovedNotInLedger = 11,

    /// <summary>The entry that completed the destruction is not in the ledger as its proof says.</summary>
    CompletedNotInLedger = 12,

    /// <summary>The body is not the one that the completing entry binds.</summary>
    BodyMismatch = 13,

    /// <summary>The removing entry is about another creating entry.</summary>
    CreatedIndexMismatch = 14,

    /// <summary>The completing entry is about another removing entry.</summary>
    RemovedIndexMismatch = 15,

    /// <summary>The key that was removed is not the key that was created.</summary>
    KeyMismatch = 16,

    /// <summary>The consent commitments differ although no erasure with a reference was ordered.</summary>
    ConsentMismatch = 17,

    /// <summary>Body and ledger give different triggers.</summary>
    TriggerMismatch = 18,

    /// <summary>Body and ledger give different epochs, or the epoch did not grow.</summary>
    EpochMismatch = 19,

    /// <summary>Body and ledger disagree whether the consent was synthetic.</summary>
    SyntheticMismatch = 20,

    /// <summary>The body was not made when the ledger says that the destruction was complete.</summary>
    TimeMismatch = 21,

    /// <summary>No root location or no store is named as confirmed.</summary>
    PlacesMissing = 22,

    /// <summary>A store that is named as confirmed was not read back, or reading back failed.</summary>
    NotReadBack = 23,

    /// <summary>The certificate is not about the consent of the receipt.</summary>
    ReceiptMismatch = 24,

    /// <summary>Everything holds, but a witness that was asked for has not cosigned the checkpoint.</summary>
    NotCosigned = 25,
}
