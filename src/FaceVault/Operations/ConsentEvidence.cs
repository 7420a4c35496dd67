using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Ledger;

namespace FaceVault.Operations;

/// <summary>What destroying commits ask of consent records: read for the ledger, and sealed again with what happened.</summary>
internal sealed class ConsentEvidence(byte[] vaultId, PurposeRegistry purposes) : IConsentEvidence
{
    public RecordFacts Read(KeyEntry entry, uint slot, ReadOnlySpan<byte> sealedRecord)
    {
        ConsentRecord record = SealedConsentRecord.Open(entry.EvidenceKey, vaultId, slot, entry.RecordVersion, sealedRecord);
        return new OpenedRecord(sealedRecord.ToArray(), record);
    }

    public byte[] Stopped(KeyEntry entry, in StopRequest request, ReadOnlySpan<byte> sealedRecord, DateTimeOffset time) =>
        WithStop(ConsentEventKind.Stopped, entry, request, SealedConsentRecord.Open(entry.EvidenceKey, vaultId, request.Slot, entry.RecordVersion, sealedRecord), time);

    public byte[] Restricted(KeyEntry entry, in StopRequest request, ReadOnlySpan<byte> sealedRecord, DateTimeOffset time)
    {
        ConsentRecord record = SealedConsentRecord.Open(entry.EvidenceKey, vaultId, request.Slot, entry.RecordVersion, sealedRecord);
        if (record.LastStep is { Kind: ConsentEventKind.Restricted, Trigger: null }) // on request: the stop is still to be told
            return WithStop(ConsentEventKind.Stopped, entry, request, record, time);
        return record.State >= ConsentEventKind.Restricted ? sealedRecord.ToArray() : WithStop(ConsentEventKind.Restricted, entry, request, record, time);
    }

    public byte[] Held(KeyEntry entry, uint slot, ReadOnlySpan<byte> sealedRecord, bool set, DateTimeOffset time, string? reference)
    {
        if (!SealedConsentRecord.HasRoom(sealedRecord))
            return sealedRecord.ToArray(); // the entry says whether it is held; the record only why
        ConsentRecord record = SealedConsentRecord.Open(entry.EvidenceKey, vaultId, slot, entry.RecordVersion, sealedRecord);
        return SealedConsentRecord.Seal(entry.EvidenceKey, vaultId, slot, entry.NextRecordVersion, Append(record, new ConsentEvent(set ? ConsentEventKind.Held : ConsentEventKind.Released, time, null, reference)));
    }

    public byte[] Complete(KeyEntry entry, uint slot, ReadOnlySpan<byte> sealedRecord, DestructionFacts facts, long certificateIndex, RecordFacts? read)
    {
        ConsentRecord before = read is OpenedRecord opened && sealedRecord.SequenceEqual(opened.Sealed) ? opened.Record : SealedConsentRecord.Open(entry.EvidenceKey, vaultId, slot, entry.RecordVersion, sealedRecord);
        ConsentRecord record = before.WithCertificate(certificateIndex);
        if (facts.ConsentGoesOn && record.State is not (ConsentEventKind.Given or ConsentEventKind.Rekeyed))
            return SealedConsentRecord.Seal(entry.EvidenceKey, vaultId, slot, entry.NextRecordVersion, record); // stopped meanwhile: what happens to it goes one way
        ConsentEventKind kind = facts.ConsentGoesOn ? ConsentEventKind.Rekeyed : ConsentEventKind.Removed;
        return SealedConsentRecord.Seal(entry.EvidenceKey, vaultId, slot, entry.NextRecordVersion, Append(record, new ConsentEvent(kind, Retention.FromMinutes(facts.Minute), LedgerNames.Of(facts.Trigger))));
    }

    public uint EvidenceEnds(uint purposeVersion, DateTimeOffset death) =>
        Retention.ToMinutes(Retention.EvidenceEnds(death, purposes.OfVersion(purposeVersion).Version.Registered.EvidenceRetention!));

    private byte[] WithStop(ConsentEventKind kind, KeyEntry entry, in StopRequest request, ConsentRecord record, DateTimeOffset time) => SealedConsentRecord.Seal(
        entry.EvidenceKey, vaultId, request.Slot, entry.NextRecordVersion, Append(record, new ConsentEvent(kind, time, LedgerNames.Of(request.Trigger), request.Reference, request.Role)));

    /// <summary>A record that opens and whose history cannot go on so is not the one that the vault wrote last.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>.</exception>
    private static ConsentRecord Append(ConsentRecord record, ConsentEvent next) => record.Takes(next) ? record.Append(next) : throw Error.ConsentRecordDamaged();

    private static byte[] Commit(ConsentRecord record, string? reference)
    {
        var commitment = new byte[Commitments.Size];
        Span<byte> subject = stackalloc byte[256], consent = stackalloc byte[256];
        Commitments.Consent(
            record.Salt.Span, subject[..record.Grant.Subject.CopyUtf8To(subject)], consent[..record.Grant.Id.CopyUtf8To(consent)],
            System.Text.Encoding.UTF8.GetBytes(reference ?? ""), commitment);
        return commitment;
    }

    private sealed record OpenedRecord(byte[] Sealed, ConsentRecord Record) : RecordFacts(Record.CreatedIndex, Commit(Record, Record.LastStep is { Trigger: not null } step ? step.Reference : null));
}
