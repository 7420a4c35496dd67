using System.Buffers.Binary;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>The 126 bytes of a slot, byte for byte as the protocol says.</summary>
public sealed class KeyEntryTests
{
    [Fact]
    public void Every_field_lies_where_the_layout_says_and_nowhere_else()
    {
        var bytes = new byte[KeyEntry.Size];
        var entry = new KeyEntry(bytes);
        Assert.True(entry.IsEmpty);
        Fill(entry.DangerousTemplateKey, 0x10);
        Fill(entry.DangerousEvidenceKey, 0x40);
        Fill(entry.SubjectTag, 0x70);
        Fill(entry.ConsentTag, 0x90);
        entry.PurposeVersion = 0x00030002;
        entry.State = SlotState.Restricted;
        entry.FirstOrdinal = 0x0102;
        entry.NextOrdinal = 0x0304;
        entry.Live = 0x0506;
        entry.Given = 0x0708090a;
        entry.UseEnds = 0x0b0c0d0e;
        entry.EvidenceEnds = 0x0f101112;
        entry.AgeBandEnds = 0x13141516;
        entry.IsHeld = true;
        entry.Trigger = 0x17;
        for (int i = 0; i < 0x0203; i++)
            entry.CountRecord();

        var expected = new byte[126];
        for (int i = 0; i < 32; i++)
        {
            expected[i] = (byte)(0x10 + i);
            expected[32 + i] = (byte)(0x40 + i);
        }

        for (int i = 0; i < 16; i++)
        {
            expected[64 + i] = (byte)(0x70 + i);
            expected[80 + i] = (byte)(0x90 + i);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(96), 0x00030002);
        expected[100] = 2;
        BinaryPrimitives.WriteUInt16LittleEndian(expected.AsSpan(101), 0x0102);
        BinaryPrimitives.WriteUInt16LittleEndian(expected.AsSpan(103), 0x0304);
        BinaryPrimitives.WriteUInt16LittleEndian(expected.AsSpan(105), 0x0506);
        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(107), 0x0708090a);
        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(111), 0x0b0c0d0e);
        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(115), 0x0f101112);
        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(119), 0x13141516);
        expected[123] = 0x97;
        BinaryPrimitives.WriteUInt16LittleEndian(expected.AsSpan(124), 0x0203);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(bytes));

        Assert.Equal((0x00030002u, SlotState.Restricted, 0x0102, 0x0304, 0x0506), (entry.PurposeVersion, entry.State, entry.FirstOrdinal, entry.NextOrdinal, entry.Live));
        Assert.Equal((0x0708090au, 0x0b0c0d0eu, 0x0f101112u, 0x13141516u), (entry.Given, entry.UseEnds, entry.EvidenceEnds, entry.AgeBandEnds));
        Assert.Equal((true, (byte)0x17, (ushort)0x0203, (ushort)0x0204), (entry.IsHeld, entry.Trigger, entry.RecordVersion, entry.NextRecordVersion));
        entry.IsHeld = false;
        Assert.Equal((false, (byte)0x17), (entry.IsHeld, entry.Trigger));
        entry.IsHeld = true;
        entry.Trigger = 0;
        Assert.Equal((true, (byte)0), (entry.IsHeld, entry.Trigger));
        bytes[124] = bytes[125] = 0xff;
        entry.CountRecord();
        Assert.Equal(0, entry.RecordVersion);
    }

    [Fact]
    public void Shredding_zeroes_the_template_key_alone_and_keeps_the_evidence()
    {
        var bytes = new byte[KeyEntry.Size];
        bytes.AsSpan().Fill(7);
        var entry = new KeyEntry(bytes) { State = SlotState.Active, FirstOrdinal = 2, NextOrdinal = 9, Live = 7 };
        Assert.True(entry.IsLiving);
        entry.Shred();
        Assert.False(entry.IsLiving);
        Assert.True(entry.HasEvidence);
        Assert.False(entry.IsEmpty);
        Assert.Equal(new byte[32], bytes[..32]);
        Assert.Equal((SlotState.Shredded, 9, 9, 0), (entry.State, entry.FirstOrdinal, entry.NextOrdinal, entry.Live));
        Assert.All(bytes[32..96], b => Assert.Equal(7, b));
        entry.Clear();
        Assert.True(entry.IsEmpty);
        Assert.Equal(new byte[126], bytes);
    }

    [Fact]
    public void A_leaf_holds_64_entries_and_a_branch_252_keys_in_the_same_8064_bytes()
    {
        Assert.Equal(8064, KeyPage.EntriesPerLeaf * KeyEntry.Size);
        Assert.Equal(8064, KeyPage.ChildrenPerBranch * 32);
        Assert.Equal(8104, KeyPage.SealedSize);
        Assert.Equal(16_128, KeyPage.SlotsPerBranch);
        Assert.Equal((0u, 0u, 1u), (KeyPage.LeafOf(1), KeyPage.LeafOf(64), KeyPage.LeafOf(65)));
        Assert.Equal((0u, 1u), (KeyPage.BranchOf(KeyPage.LeafOf(16_128)), KeyPage.BranchOf(KeyPage.LeafOf(16_129))));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyEntry(new byte[125]).IsEmpty);
    }

    private static void Fill(Span<byte> destination, byte from)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (byte)(from + i);
    }
}
