using FaceVault.Keys;

namespace FaceVault.Commits;

/// <summary>What a destroying commit must know of a consent record, and how it changes one. The engine itself cannot read them.</summary>
internal interface IConsentEvidence
{
    /// <summary>Reads what the ledger needs from a sealed record.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreDamaged"/>.</exception>
    RecordFacts Read(KeyEntry entry, uint slot, ReadOnlySpan<byte> sealedRecord);

    /// <summary>The record sealed again, as the next version, with a pending destruction's trigger, the reference of its order and who asked. The entry must count it in the same commit.</summary>
    byte[] Stopped(KeyEntry entry, in StopRequest request, ReadOnlySpan<byte> sealedRecord, DateTimeOffset time);

    /// <summary>The record sealed again, as the next version, with the stop of a consent that a hold keeps; unchanged where a stop stands in it already.</summary>
    byte[] Restricted(KeyEntry entry, in StopRequest request, ReadOnlySpan<byte> sealedRecord, DateTimeOffset time);

    /// <summary>The record sealed again, as the next version, with a hold that was set, for the reason that is referred to, or lifted; unchanged where the record is full.</summary>
    byte[] Held(KeyEntry entry, uint slot, ReadOnlySpan<byte> sealedRecord, bool set, DateTimeOffset time, string? reference);

    /// <summary>The record sealed again, as the next version, with the completed destruction noted: its certificate's index, when and why, and whether the consent ended with it.</summary>
    /// <param name="entry">The slot's entry as it stands, with the evidence key. It must count the record in the same commit.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="sealedRecord">The record as it is stored now.</param>
    /// <param name="facts">What the destroying commit knew.</param>
    /// <param name="certificateIndex">Ledger index of the <c>destruction completed</c> line.</param>
    /// <param name="read">What <see cref="Read"/> answered a moment ago, or null: an unchanged record is not opened again.</param>
    byte[] Complete(KeyEntry entry, uint slot, ReadOnlySpan<byte> sealedRecord, DestructionFacts facts, long certificateIndex, RecordFacts? read);

    /// <summary>When the evidence of a consent to this purpose version ends, counted from the death of its template key; Unix minutes.</summary>
    uint EvidenceEnds(uint purposeVersion, DateTimeOffset death);
}

/// <summary>What the ledger needs from a consent record.</summary>
/// <param name="CreatedIndex">Ledger index of the living key's <c>key created</c> line.</param>
/// <param name="Consent">Commitment to the consent, with the reference of the trigger that is pending (32 bytes).</param>
internal record RecordFacts(long CreatedIndex, byte[] Consent);
