using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>A view of the 126 bytes of one slot in a leaf page; writing to it changes the page.</summary>
/// <remarks>
/// <code>
///   0 template key 32 · 32 evidence key 32 · 64 subject tag 16 · 80 consent tag 16 · 96 purpose version u32 · 100 state u8
/// 101 first ordinal u16 · 103 next ordinal u16 · 105 live u16 · 107 given u32 · 111 use ends u32 · 115 evidence ends u32 · 119 age band ends u32
/// 123 held 1 bit (the highest), trigger 7 bits · 124 record version u16
/// </code>
/// Integers are little-endian; dates are Unix minutes UTC, 0 for none. A dead key is 32 zero bytes; an empty slot is 126 zero bytes.
/// </remarks>
internal readonly ref struct KeyEntry
{
    public const int Size = 126;

    private readonly Span<byte> bytes;

    public KeyEntry(Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        this.bytes = bytes;
    }

    public Span<byte> DangerousTemplateKey => bytes[..32];

    public Span<byte> DangerousEvidenceKey => bytes[32..64];

    public TemplateKey TemplateKey => new(DangerousTemplateKey);

    public EvidenceKey EvidenceKey => new(DangerousEvidenceKey);

    public Span<byte> SubjectTag => bytes[64..80];

    public Span<byte> ConsentTag => bytes[80..96];

    public uint PurposeVersion
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(bytes[96..]);
        set => BinaryPrimitives.WriteUInt32LittleEndian(bytes[96..], value);
    }

    public SlotState State
    {
        get => (SlotState)bytes[100];
        set => bytes[100] = (byte)value;
    }

    /// <summary>Rows below it are garbage of an earlier key.</summary>
    public ushort FirstOrdinal
    {
        get => BinaryPrimitives.ReadUInt16LittleEndian(bytes[101..]);
        set => BinaryPrimitives.WriteUInt16LittleEndian(bytes[101..], value);
    }

    /// <summary>Rows at or above it are orphans of a commit that never happened.</summary>
    public ushort NextOrdinal
    {
        get => BinaryPrimitives.ReadUInt16LittleEndian(bytes[103..]);
        set => BinaryPrimitives.WriteUInt16LittleEndian(bytes[103..], value);
    }

    /// <summary>Templates that the slot counts.</summary>
    public ushort Live
    {
        get => BinaryPrimitives.ReadUInt16LittleEndian(bytes[105..]);
        set => BinaryPrimitives.WriteUInt16LittleEndian(bytes[105..], value);
    }

    public uint Given
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(bytes[107..]);
        set => BinaryPrimitives.WriteUInt32LittleEndian(bytes[107..], value);
    }

    public uint UseEnds
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(bytes[111..]);
        set => BinaryPrimitives.WriteUInt32LittleEndian(bytes[111..], value);
    }

    public uint EvidenceEnds
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(bytes[115..]);
        set => BinaryPrimitives.WriteUInt32LittleEndian(bytes[115..], value);
    }

    public uint AgeBandEnds
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(bytes[119..]);
        set => BinaryPrimitives.WriteUInt32LittleEndian(bytes[119..], value);
    }

    /// <summary>When use stops: at its end, or before, with the age band (C6). A sweep looks at the end alone.</summary>
    public uint UseStops => AgeBandEnds == 0 ? UseEnds : Math.Min(UseEnds, AgeBandEnds);

    /// <summary>Whether a legal hold forbids that a key of this slot dies.</summary>
    public bool IsHeld
    {
        get => (bytes[123] & 0x80) != 0;
        set => bytes[123] = (byte)((bytes[123] & 0x7F) | (value ? 0x80 : 0));
    }

    /// <summary>Number of the trigger that stopped a <see cref="SlotState.Restricted"/> slot: its destruction begins when no hold keeps it. 0 for one that was restricted on request.</summary>
    public byte Trigger
    {
        get => (byte)(bytes[123] & 0x7F);
        set => bytes[123] = (byte)((bytes[123] & 0x80) | (value & 0x7F));
    }

    /// <summary>Whether the slot is stopped and kept by a hold.</summary>
    public bool IsKept => IsHeld && State == SlotState.Restricted && Trigger != 0;

    /// <summary>Whether the slot was restricted on request and nothing has stopped it since (PIPL 47(2); GDPR 18).</summary>
    public bool IsSetAside => State == SlotState.Restricted && Trigger == 0;

    /// <summary>How often the slot's consent record was written since it was granted, modulo 65,536: part of what its seal authenticates, so that no earlier record passes for it.</summary>
    public ushort RecordVersion => BinaryPrimitives.ReadUInt16LittleEndian(bytes[124..]);

    /// <summary>The version under which the record is sealed next.</summary>
    public ushort NextRecordVersion => (ushort)((RecordVersion + 1) & 0xFFFF);

    /// <summary>Counts that the record was written, in the commit that writes it.</summary>
    public void CountRecord() => BinaryPrimitives.WriteUInt16LittleEndian(bytes[124..], NextRecordVersion);

    public bool IsEmpty => !bytes.ContainsAnyExcept((byte)0);

    /// <summary>Whether the template key lives.</summary>
    public bool IsLiving => DangerousTemplateKey.ContainsAnyExcept((byte)0);

    /// <summary>Whether the evidence key lives.</summary>
    public bool HasEvidence => DangerousEvidenceKey.ContainsAnyExcept((byte)0);

    /// <summary>Destroys the template key in this page: the rest of the entry stays as evidence.</summary>
    public void Shred()
    {
        DangerousTemplateKey.Clear();
        State = SlotState.Shredded;
        Trigger = 0;
        FirstOrdinal = NextOrdinal;
        Live = 0;
    }

    /// <summary>Zeroes the whole entry.</summary>
    public void Clear() => bytes.Clear();

    /// <summary>Copies another slot's bytes.</summary>
    public void CopyFrom(KeyEntry other) => other.bytes.CopyTo(bytes);
}
