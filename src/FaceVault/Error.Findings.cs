namespace FaceVault;

/// <content>What checking a certificate found, in sentences.</content>
internal static partial class Error
{
    public static string Explain(CertificateFinding finding) => finding switch
    {
        CertificateFinding.None => "The certificate was not checked.",
        CertificateFinding.Valid => "The certificate holds: the vault signed that the key was destroyed in every place named.",
        CertificateFinding.ValidWithUnconfirmedPlaces =>
            "The certificate holds, but it names a place that was retired while it was away: the vault could not confirm that nothing is left there.",
        CertificateFinding.Malformed => "The file is not a deletion certificate, or it was changed. Ask for the file again and keep it unchanged.",
        CertificateFinding.OtherVault => "The certificate is of another vault than the verifier key. Check it with the key of the vault that it names.",
        CertificateFinding.OtherSigningKey =>
            "The certificate is signed in the vault's name by another key. Ask the vault's keeper for the key that signed at that time, and how the change is recorded in the ledger.",
        CertificateFinding.NotSigned => "The certificate carries no signature of the vault. Do not rely on it.",
        CertificateFinding.BadSignature => "A signature of the vault is wrong: the certificate was changed or forged. Do not rely on it.",
        CertificateFinding.DifferentCheckpoints => "The proofs lead to different checkpoints. Do not rely on the certificate; ask for it again.",
        CertificateFinding.WrongEntryKind => "A ledger entry is not of the kind that belongs in its place. Do not rely on the certificate.",
        CertificateFinding.CreatedNotInLedger => "The ledger does not contain the entry that created the key where the proof says. Do not rely on the certificate.",
        CertificateFinding.RemovedNotInLedger => "The ledger does not contain the entry that removed the key where the proof says. Do not rely on the certificate.",
        CertificateFinding.CompletedNotInLedger => "The ledger does not contain the entry that completed the destruction where the proof says. Do not rely on the certificate.",
        CertificateFinding.BodyMismatch => "The body is not the one that the ledger binds: it was changed. Do not rely on the certificate.",
        CertificateFinding.CreatedIndexMismatch => "The removing entry is about another key than the creating entry. Do not rely on the certificate.",
        CertificateFinding.RemovedIndexMismatch => "The completing entry is about another removal. Do not rely on the certificate.",
        CertificateFinding.KeyMismatch => "The key that was removed is not the key that was created. Do not rely on the certificate.",
        CertificateFinding.ConsentMismatch => "Creating and removing entry are about different consents. Do not rely on the certificate.",
        CertificateFinding.TriggerMismatch => "Body and ledger give different reasons for the destruction. Do not rely on the certificate.",
        CertificateFinding.EpochMismatch => "Body and ledger do not agree that the root key was replaced. Do not rely on the certificate.",
        CertificateFinding.SyntheticMismatch => "Body and ledger do not agree whether the consent was synthetic. Do not rely on the certificate.",
        CertificateFinding.TimeMismatch => "The body was not made when the ledger says that the destruction was complete. Do not rely on the certificate.",
        CertificateFinding.PlacesMissing => "The certificate names no confirmed root location or no confirmed store. Do not rely on it.",
        CertificateFinding.NotReadBack => "A store was not read back, or reading back failed. Do not rely on the certificate.",
        CertificateFinding.ReceiptMismatch => "The certificate holds, but it is not about the consent of this receipt. Ask for the certificate of that consent.",
        CertificateFinding.NotCosigned => "The certificate holds, but a witness you named has not cosigned its checkpoint. Ask the vault's keeper for a cosigned one.",
        _ => throw new ArgumentOutOfRangeException(nameof(finding)),
    };
}
