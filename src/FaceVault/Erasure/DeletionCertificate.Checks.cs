using System.Text;
using FaceVault.Ledger;

namespace FaceVault;

/// <content>What has to hold. None means: nothing found.</content>
public sealed partial class DeletionCertificate
{
    private CertificateFinding FindInLedger(VerifierKey key)
    {
        var checkpoint = TreeHead.Parse(notes[2].Text);
        if (checkpoint.Origin != key.Name)
            return CertificateFinding.OtherVault;
        if (notes.Any(note => note.Text != notes[2].Text))
            return CertificateFinding.DifferentCheckpoints;
        foreach (SignedNote note in notes.DistinctBy(note => note.ToString()))
        {
            switch (note.Check(key))
            {
                case NoteFinding.Signed:
                    break;
                case NoteFinding.NotSignedByKey:
                    return note.Signatures.Any(signature => signature.Name == key.Name) ? CertificateFinding.OtherSigningKey : CertificateFinding.NotSigned;
                default:
                    return CertificateFinding.BadSignature;
            }
        }
        if (Created.Kind != LedgerEntryKind.KeyCreated || Removed.Kind != LedgerEntryKind.KeyRemoved || Completed.Kind != LedgerEntryKind.DestructionCompleted)
            return CertificateFinding.WrongEntryKind;
        if (!proofs[0].Check(Created.LeafHash(), checkpoint.Size, checkpoint.Root))
            return CertificateFinding.CreatedNotInLedger;
        if (!proofs[1].Check(Removed.LeafHash(), checkpoint.Size, checkpoint.Root))
            return CertificateFinding.RemovedNotInLedger;
        return proofs[2].Check(Completed.LeafHash(), checkpoint.Size, checkpoint.Root) ? CertificateFinding.None : CertificateFinding.CompletedNotInLedger;
    }

    private CertificateFinding FindInBody(VerifierKey key)
    {
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        CertificateBody.Hash(bodyUtf8, hash);
        if (Completed.Body != Convert.ToHexStringLower(hash))
            return CertificateFinding.BodyMismatch;
        if (!RecoveredOrigin.Continues(key.Name, Vault)) // a vault that accepted a loss since signs under a longer name
            return CertificateFinding.OtherVault;
        if (Removed.Created != CreatedIndex || CreatedIndex >= RemovedIndex)
            return CertificateFinding.CreatedIndexMismatch;
        if (Completed.Removed != RemovedIndex || RemovedIndex >= CompletedIndex)
            return CertificateFinding.RemovedIndexMismatch;
        if (Created.Key != Removed.Key)
            return CertificateFinding.KeyMismatch;
        // Only an erasure may carry a reference, which goes into the commitment of the removing entry.
        if (Created.Consent != Removed.Consent && Removed.Trigger != DeletionTrigger.Erased)
            return CertificateFinding.ConsentMismatch;
        if (Trigger != Removed.Trigger)
            return CertificateFinding.TriggerMismatch;
        if (EpochFrom != Removed.EpochFrom || EpochTo != Removed.EpochTo || EpochTo <= EpochFrom)
            return CertificateFinding.EpochMismatch;
        if (Synthetic != Created.Synthetic)
            return CertificateFinding.SyntheticMismatch;
        return MadeAt != Completed.Time ? CertificateFinding.TimeMismatch : FindInPlaces();
    }

    private CertificateFinding FindInPlaces()
    {
        if (Confirmed(LocationType.Root) == 0 || Confirmed(LocationType.Store) == 0)
            return CertificateFinding.PlacesMissing;
        if (ReadBack.Any(result => !result.Passed || !result.Crown) || Missing(LocationType.Store) || Missing(LocationType.Mirror))
            return CertificateFinding.NotReadBack;
        return Locations.All(location => location.Confirmed) ? CertificateFinding.Valid : CertificateFinding.ValidWithUnconfirmedPlaces;

        int Confirmed(LocationType type) => Locations.Count(location => location.Type == type && location.Confirmed);

        bool Missing(LocationType type) => ReadBack.Count(result => result.Type == type) != Confirmed(type);
    }
}
