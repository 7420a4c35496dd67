using System.Text;
using FaceVault.Ledger;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Ledger;

[Trait("Claim", "E8")]
public sealed class LedgerEntryTests
{
    private const string KeyHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string ConsentHex = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 1, 59, 8, 987, TimeSpan.FromHours(2));
    private static readonly byte[] Key = Convert.FromHexString(KeyHex);
    private static readonly byte[] Consent = Convert.FromHexString(ConsentHex);

    private static string KeyCreated(string purpose = "door", int version = 1, KeyCause cause = KeyCause.Granted, bool synthetic = false)
    {
        var line = new byte[LedgerEntry.MaxLength];
        return Encoding.UTF8.GetString(line, 0, LedgerEntry.WriteKeyCreated(line, Time, purpose, version, Key, Consent, cause, synthetic));
    }

    private static string KeyRemoved(DeletionTrigger trigger = DeletionTrigger.Withdrawn)
    {
        var line = new byte[LedgerEntry.MaxLength];
        return Encoding.UTF8.GetString(line, 0, LedgerEntry.WriteKeyRemoved(line, Time, 17, Key, Consent, trigger, 4, 5));
    }

    private static string Completed()
    {
        var line = new byte[LedgerEntry.MaxLength];
        return Encoding.UTF8.GetString(line, 0, LedgerEntry.WriteDestructionCompleted(line, Time, 18, Key));
    }

    private static List<string> OneOfEachKind()
    {
        var verifier = VerifierKey.FromSeed("vault.example/a", new byte[32]);
        byte[] id = Key[..16];
        return
        [
            LedgerEntry.VaultCreated(Time, "vault.example/a", id).Line,
            LedgerEntry.RolledBack(Time, 3, 99).Line,
            LedgerEntry.PurposeRegistered(Time, "door", 1, "identification", Key).Line,
            LedgerEntry.PurposeVersionAdded(Time, "door", 2, "identification", Key).Line,
            LedgerEntry.PurposeRetired(Time, "door").Line,
            LedgerEntry.ModelAdmitted(Time, "door", "arc \"512\"").Line,
            LedgerEntry.ModelRetired(Time, "door", "arc").Line,
            KeyCreated(),
            KeyRemoved(),
            Completed(),
            LedgerEntry.EvidenceDestroyed(Time, 17).Line,
            LedgerEntry.HoldSet(Time, 3).Line,
            LedgerEntry.HoldLifted(Time, 2).Line,
            LedgerEntry.LocationAdded(Time, id, LocationType.Root, "file on ext2/ext3/ext4").Line,
            LedgerEntry.LocationRetired(Time, id, LocationType.Mirror, "SQLite file on xfs").Line,
            LedgerEntry.SigningKeyChanged(Time, verifier).Line,
            LedgerEntry.FilingThresholdCrossed(Time, 100_000).Line,
            LedgerEntry.TemplatesCopied(Time, 4).Line,
            LedgerEntry.FilingRecorded(Time, 100_000).Line,
            LedgerEntry.ClockAccepted(Time).Line,
        ];
    }

    [Fact]
    public void The_three_hot_kinds_are_spelled_as_the_format_says()
    {
        Assert.Equal(
            $$"""{"cause":"granted","consent":"{{ConsentHex}}","key":"{{KeyHex}}","kind":"key-created","purpose":"door","synthetic":false,"time":"2026-11-21T23:59:08Z","version":1}""", KeyCreated());
        Assert.Equal(
            $$"""{"consent":"{{ConsentHex}}","created":17,"epoch":{"from":4,"to":5},"key":"{{KeyHex}}","kind":"key-removed","time":"2026-11-21T23:59:08Z","trigger":"withdrawn"}""", KeyRemoved());
        Assert.Equal($$"""{"body":"{{KeyHex}}","kind":"destruction-completed","removed":18,"time":"2026-11-21T23:59:08Z"}""", Completed());
    }

    [Fact]
    public void Every_kind_is_canonical_and_read_back_as_it_was_written()
    {
        List<string> lines = OneOfEachKind();
        Assert.Equal(Enum.GetValues<LedgerEntryKind>().Skip(1), lines.Select(line => LedgerEntry.Parse(line).Kind));
        foreach (string line in lines)
        {
            Assert.True(CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(line)), line);
            LedgerEntry entry = LedgerEntry.Parse(line);
            Assert.Equal(line, entry.Line);
            Assert.Equal(MerkleHash.OfEntry(Encoding.UTF8.GetBytes(line)), entry.LeafHash());
            Assert.Equal(new DateTimeOffset(2026, 11, 21, 23, 59, 8, TimeSpan.Zero), entry.Time);
        }
    }

    [Fact]
    public void Members_are_read_into_their_properties()
    {
        LedgerEntry created = LedgerEntry.Parse(KeyCreated("a\"\\ é 夜", 7, KeyCause.Superseded, synthetic: true));
        Assert.Equal(("a\"\\ é 夜", 7, KeyCause.Superseded, true, KeyHex, ConsentHex), (created.Purpose, created.Version, created.Cause, created.Synthetic, created.Key, created.Consent));
        Assert.Null(created.Trigger);
        LedgerEntry removed = LedgerEntry.Parse(KeyRemoved(DeletionTrigger.PurposeRetired));
        Assert.Equal((17L, 4L, 5L, DeletionTrigger.PurposeRetired), (removed.Created, removed.EpochFrom, removed.EpochTo, removed.Trigger));
        Assert.Null(removed.Epoch);
        LedgerEntry completed = LedgerEntry.Parse(Completed());
        Assert.Equal((18L, KeyHex), (completed.Removed, completed.Body));
        LedgerEntry location = LedgerEntry.Parse(OneOfEachKind()[13]);
        Assert.Equal((LocationType.Root, "file on ext2/ext3/ext4", KeyHex[..32]), (location.Type, location.Medium, location.Place));
    }

    [Fact]
    public void Every_enum_value_has_a_name_that_is_read_back()
    {
        foreach (DeletionTrigger trigger in Enum.GetValues<DeletionTrigger>().Skip(1))
            Assert.Equal(trigger, LedgerNames.TriggerOf(LedgerNames.Of(trigger)));
        foreach (LedgerEntryKind kind in Enum.GetValues<LedgerEntryKind>().Skip(1))
            Assert.Equal(kind, LedgerNames.KindOf(LedgerNames.Of(kind)));
        foreach (KeyCause cause in Enum.GetValues<KeyCause>().Skip(1))
            Assert.Equal(cause, LedgerNames.CauseOf(LedgerNames.Of(cause)));
        foreach (LocationType type in Enum.GetValues<LocationType>().Skip(1))
            Assert.Equal(type, LedgerNames.LocationOf(LedgerNames.Of(type)));
        Assert.Equal(DeletionTrigger.None, LedgerNames.TriggerOf(""));
        Assert.Throws<ArgumentOutOfRangeException>(() => LedgerNames.Of(DeletionTrigger.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => LedgerNames.Of((DeletionTrigger)8));
    }

    [Fact]
    public void The_longest_purpose_fits_into_an_entry()
    {
        Assert.True(KeyCreated(new string('"', 256), int.MaxValue, KeyCause.Superseded).Length <= LedgerEntry.MaxLength);
        Assert.Throws<ArgumentException>(() => KeyCreated(new string('é', 129)));
        Assert.Throws<ArgumentException>(() => KeyCreated(""));
        Assert.Throws<ArgumentException>(() => KeyCreated("a\nb"));
        Assert.Throws<ArgumentException>(() => KeyCreated("\ud800"));
    }

    [Fact]
    public void Arguments_that_no_entry_can_hold_are_refused()
    {
        var line = new byte[LedgerEntry.MaxLength];
        Assert.Throws<ArgumentOutOfRangeException>(() => LedgerEntry.WriteKeyRemoved(line, Time, -1, Key, Consent, DeletionTrigger.Erased, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LedgerEntry.WriteKeyRemoved(line, Time, CanonicalJson.MaxInteger + 1, Key, Consent, DeletionTrigger.Erased, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LedgerEntry.WriteKeyRemoved(line, Time, 1, Key.AsSpan(1), Consent, DeletionTrigger.Erased, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LedgerEntry.WriteKeyRemoved(line, Time, 1, Key, Consent, DeletionTrigger.None, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LedgerEntry.VaultCreated(Time, "a", Key));
        Assert.Throws<ArgumentException>(() => LedgerEntry.WriteDestructionCompleted(new byte[20], Time, 1, Key));
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":0")]
    [InlineData("\"version\":1", "\"version\":1.0")]
    [InlineData("\"version\":1", "\"version\":\"1\"")]
    [InlineData(",\"version\":1", "")]
    [InlineData("\"version\":1", "\"version\":1,\"w\":1")]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1")]
    [InlineData("\"version\":1", "\"version\": 1")]
    [InlineData("\"granted\"", "\"given\"")]
    [InlineData("\"granted\"", "\"\"")]
    [InlineData("\"granted\"", "null")]
    [InlineData("key-created", "key-removed")]
    [InlineData("key-created", "key-Created")]
    [InlineData("door", "d\\u006for")]
    [InlineData("door", "")]
    [InlineData("0102", "01A2")]
    [InlineData("\"key\":\"00", "\"key\":\"")]
    [InlineData("false", "0")]
    [InlineData("2026-11-21T23:59:08Z", "2026-11-21T23:59:08+00:00")]
    [InlineData("2026-11-21T23:59:08Z", "2026-11-21T23:59:08.0Z")]
    [InlineData("2026-11-21T23:59:08Z", "2026-02-30T23:59:08Z")]
    [InlineData("2026-11-21T23:59:08Z", "2026-11-21t23:59:08z")]
    [InlineData("{\"cause\"", "[{\"cause\"")]
    public void Another_spelling_is_no_entry(string from, string to)
    {
        string line = KeyCreated();
        string changed = line.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(line, changed);
        Assert.Throws<FormatException>(() => LedgerEntry.Parse(changed));
    }

    [Fact]
    public void Whatever_is_not_an_entry_is_refused_with_a_format_error()
    {
        foreach (string text in (string[])["", "{}", "[]", "null", "\"a\"", "{\"kind\":\"key-created\"}", "{\"kind\":\"nothing\",\"time\":\"2026-11-21T23:59:08Z\"}", KeyCreated() + " ", " " + KeyCreated(), new string('a', 2000)])
            Assert.Throws<FormatException>(() => LedgerEntry.Parse(text));
        Assert.Throws<FormatException>(() => LedgerEntry.Parse([0xFF]));
    }

    [Fact]
    public void A_changed_entry_is_refused_or_is_another_entry_spelled_just_so()
    {
        List<string> lines = OneOfEachKind();
        Gen<(int, int, int, char, int)> changes =
            from which in Gen.Choose(0, lines.Count - 1)
            from at in Gen.Choose(0, lines[which].Length - 1)
            from length in Gen.Choose(0, 3)
            from c in Gen.Elements('\n', ' ', '"', '\\', '{', '}', '0', '9', 'a', 'Z', '\0', '\ud800', ':', ',', '-', '.')
            from times in Gen.Choose(0, 2)
            select (which, at, length, c, times);
        Check.One(Deep.Config(2000), Prop.ForAll(Arb.From(changes), change =>
        {
            (int which, int at, int length, char c, int times) = change;
            string line = lines[which];
            string changed = line[..at] + new string(c, times) + line[Math.Min(line.Length, at + length)..];
            try
            {
                return LedgerEntry.Parse(changed).Line == changed && CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(changed));
            }
            catch (FormatException)
            {
                return true;
            }
        }));
    }

    [Fact]
    public void Writing_the_hot_kinds_allocates_nothing()
    {
        var line = new byte[LedgerEntry.MaxLength];
        // Code that is not yet optimised boxes arguments: the optimised code must come to a round without a single byte.
        long allocated = 1;
        for (int round = 0; round < 500 && allocated > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
                Write();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Thread.Sleep(allocated > 0 ? 10 : 0);
        }
        Assert.Equal(0, allocated);

        void Write()
        {
            LedgerEntry.WriteKeyCreated(line, Time, "door", 1, Key, Consent, KeyCause.Granted, false);
            LedgerEntry.WriteKeyRemoved(line, Time, 17, Key, Consent, DeletionTrigger.Withdrawn, 4, 5);
            LedgerEntry.WriteDestructionCompleted(line, Time, 18, Key);
        }
    }
}
