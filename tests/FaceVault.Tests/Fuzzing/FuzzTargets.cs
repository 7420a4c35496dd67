using System.Text;
using FaceVault.Cli;
using FaceVault.Cli.Input;
using FaceVault.Consents;
using FaceVault.Ledger;
using FaceVault.Operations;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Consents;
using FaceVault.Tests.Erasure;

namespace FaceVault.Tests.Fuzzing;

/// <summary>Every parser of the library and the command line: texts and tables here, what lies at rest in <see cref="SealedTargets"/>. A key page is missing, for any 8,064 bytes are one.</summary>
internal static class FuzzTargets
{
    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"facevault-fuzz-{Guid.NewGuid():N}")).FullName;

    static FuzzTargets() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(Folder, recursive: true);

    public static IReadOnlyList<FuzzTarget> All { get; } = [.. Texts(), .. Documents(), .. Tables(), .. SealedTargets.All()];

    private static IEnumerable<FuzzTarget> Texts()
    {
        SignedNote note = SignedNote.Sign("vault.example/door\n60\nxI3h7JXW9Eu1eI7IzyGeYgP7fgA7sWvC+X+RrZU7hfI=\n", CertificateSample.Origin, CertificateSample.Seed);
        var log = new MerkleLog();
        for (int i = 0; i < 11; i++)
            log.Append(MerkleHash.OfEntry([(byte)i]));
        yield return Text("note", s => SignedNote.Parse(s).ToString(), note.ToString(), note + "\u2014 witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n");
        yield return Text("checkpoint", s => TreeHead.Parse(s).ToString(), note.Text, "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n");
        yield return Text("inclusion", s => InclusionProof.Parse(s, out SignedNote n).Format(n), log.ProveInclusion(5, 11).Format(note), log.ProveInclusion(0, 1).Format(note));
        yield return Text("consistency", s => ConsistencyProof.Parse(s, out Checkpoint n).Format(n), log.ProveConsistency(5, 11).Format(new Checkpoint(note)), log.ProveConsistency(0, 11).Format(new Checkpoint(note)));
        yield return Text("verifier", s => VerifierKey.Parse(s).ToString(), "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        yield return Text("period", s => CalendarPeriod.Parse(s).ToString(), "P1Y", "P6M", "P30D");
    }

    private static IEnumerable<FuzzTarget> Documents()
    {
        byte[] certificate = new CertificateSample().Make().ToJson();
        byte[] body = certificate.AsSpan()[8..certificate.AsSpan().IndexOf(",\"evidence\""u8)].ToArray();
        yield return Bytes("certificate", input => DeletionCertificate.Parse(input).ToJson(), certificate) with { AllowedBytes = 1 << 20, AllowedPerByte = 400 };
        yield return Bytes("body", input => CertificateBody.Parse(input).ToUtf8(), body) with { AllowedPerByte = 400 };
        yield return Bytes("ledger", input => Encoding.UTF8.GetBytes(LedgerEntry.Parse(input).Line), [.. Lines().Select(Encoding.UTF8.GetBytes)]);
        yield return Bytes("receipt", input => ConsentReceipt.Parse(input) is var receipt && input.AsSpan().Trim(" \t\r\n"u8).SequenceEqual(receipt.ToJson()) ? input : receipt.ToJson(), Encoding.UTF8.GetBytes(
            """{"checkpoint":"door.example\n3\n","consent":"c-17","expires":"2027-11-21T08:00:00Z","format":"facevault-consent-receipt/v1","given":"2026-11-21T07:59:00Z","index":2,"purpose":"door","salt":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","subject":"emp-1042","useEnds":"2027-05-21T08:00:00Z","v":1,"vault":"door.example","version":1}"""));
        yield return Bytes("canonical", input => CanonicalJson.Canonicalize(input) is var canonical && CanonicalJson.IsCanonical(canonical) ? input : throw new InvalidOperationException("not canonical"), certificate, Encoding.UTF8.GetBytes(Examples.GrantJson)) with { SpellsOnce = false };
        yield return Bytes("purpose", input => Purpose.FromJson(input) is var purpose && Purpose.FromJson(purpose.ToCanonicalJson()).ToCanonicalJson().AsSpan().SequenceEqual(purpose.ToCanonicalJson()) ? input : throw new InvalidOperationException("read otherwise"),
            Encoding.UTF8.GetBytes(Purpose.Template), Examples.Purpose().ToCanonicalJson()) with
        { SpellsOnce = false };
        yield return Bytes("version", input => PurposeVersion.FromRow(input).ToRow() is { } ? input : null, Examples.Purpose().ToCanonicalJson(), Calibrated()) with { SpellsOnce = false };
        yield return Bytes("profile", input => RuleProfile.FromJson(input) is { } ? input : null, Encoding.UTF8.GetBytes(
            """{"name":"house","title":"Our rules","zone":"Europe/Berlin","includes":["eu"],"rows":[{"rule":"C6","childAge":14,"from":"2018-05-25","source":"a law","replaces":"GDPR 8(1)"},{"rule":"P7","deny":{"category":"marketing","place":"school"},"source":"house rule 1","until":"2030-01-01"},{"rule":"P11","filing":{"persons":9,"workingDays":3},"source":"house rule 2"}]}""")) with
        { SpellsOnce = false };
        yield return Bytes("calendar", input => WorkingDayCalendar.FromJson(input) is { } ? input : null, Encoding.UTF8.GetBytes("""{"from":"2025-01-01","until":"2026-01-01","holidays":["2025-06-02"],"workingDays":["2025-04-27"]}""")) with { SpellsOnce = false };
        yield return new FuzzTarget("filing", [FilingRow.Write([new FilingDuty(100_000, new DateOnly(2025, 6, 1), new DateOnly(2025, 7, 14), CertificateSample.Time, "filing 7"), new FilingDuty(10, new DateOnly(2025, 6, 1), null)])],
            input => FilingRow.TryRead(input) is { } duties ? FilingRow.Write(duties) : null, static _ => false);
        yield return Bytes("grant", input => ConsentGrant.FromJson(input) is { } ? input : null, Encoding.UTF8.GetBytes(Examples.GrantJson)) with { SpellsOnce = false };
        yield return Bytes("record", input => ConsentRecord.Parse(input, SealedConsentRecord.MaxBytes).ToJson(), SealedTargets.Record().ToJson());
        var description = new VaultDescription(new string('a', 32), "vault.example/door", ["/media/key/root.key", "/srv/root.key"], ["/mirror"]);
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "description")).FullName;
        description.Write(folder);
        yield return new FuzzTarget("description", [File.ReadAllBytes(Path.Combine(folder, VaultDescription.FileName))], input =>
        {
            File.WriteAllBytes(Path.Combine(folder, VaultDescription.FileName), input);
            return VaultDescription.Read(folder) is { } ? input : null;
        }, static e => e is VaultException { Code: VaultErrorCode.StoreDamaged or VaultErrorCode.FormatTooNew }, SpellsOnce: false);
    }

    private static IEnumerable<FuzzTarget> Tables()
    {
        static bool IsCli(Exception e) => e is CliException;
        byte[] npy = Npy.Of(3, 4, static (row, column) => row + column);
        string vectors = Put("fixed.npy", npy);
        yield return new FuzzTarget("npy", [npy, Npy.With("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", new byte[8], major: 2)], input =>
        {
            using NpyFile file = NpyFile.Open(Put("vectors.npy", input));
            return file.ReadRow(file.Rows - 1).Length == file.Dimensions ? input : null;
        }, IsCli, SpellsOnce: false);
        yield return new FuzzTarget("labels", [Encoding.UTF8.GetBytes("row,identity,image\n0,a,a.jpg\n1,\"b \"\"x\"\"\",b.jpg\n2,a,c.jpg\n")], input =>
        {
            using NpyFile file = NpyFile.Open(vectors);
            return Labels.Read(Put("labels.csv", input), file).Count == 3 ? input : null;
        }, IsCli, SpellsOnce: false);
        yield return new FuzzTarget("consents", [Encoding.UTF8.GetBytes("identity,consent,subject,given,expires,noticeSha256,form,ageBand,interaction,evidenceSha256\r\na,c-1,s-1,2026-11-21T08:00:00Z,2027-11-21T08:00:00Z," + new string('a', 64) + ",electronic,adult,form 1," + new string('b', 64) + "\r\n")],
            input => ConsentTable.Read(Put("consents.csv", input), Examples.Purpose()) is { } ? input : null, IsCli, SpellsOnce: false) with
        { AllowedPerByte = 400 };
    }

    private static IEnumerable<string> Lines()
    {
        DateTimeOffset time = CertificateSample.Time;
        yield return LedgerEntry.HoldSet(time, 3).Line;
        yield return """{"cause":"granted","consent":"4e014e014e014e014e014e014e014e014e014e014e014e014e014e014e014e01","key":"34ba34ba34ba34ba34ba34ba34ba34ba34ba34ba34ba34ba34ba34ba34ba34ba","kind":"key-created","purpose":"door","synthetic":false,"time":"2026-11-21T23:59:08Z","version":1}""";
        yield return """{"kind":"vault-created","origin":"vault.example/door","time":"2026-11-21T23:59:08Z","vault":"0102030405060708090a0b0c0d0e0f10"}""";
        yield return LedgerEntry.SigningKeyChanged(time, CertificateSample.Key).Line;
    }

    /// <summary>A text; bytes that are no UTF-8 come as U+FFFD.</summary>
    private static FuzzTarget Text(string name, Func<string, string> read, params string[] samples) => new(name, [.. samples.Select(Encoding.UTF8.GetBytes)], input =>
    {
        string text = Encoding.UTF8.GetString(input);
        string again = read(text);
        return again == text ? input : Encoding.UTF8.GetBytes(again);
    }, static e => e is FormatException);

    private static FuzzTarget Bytes(string name, Func<byte[], byte[]?> read, params byte[][] samples) => new(name, samples, read, static e => e is FormatException);

    /// <summary>The row of a purpose with a threshold that was measured.</summary>
    private static byte[] Calibrated()
    {
        LabelledScores scores = LabelledScores.ForIdentification(Examples.Purpose().Models[0], 10, 12, 9);
        scores.AddMated(1, 0.8f);
        for (int i = 0; i < 10; i++)
            scores.AddNonMated(i, i + 10, i / 20f);
        return new PurposeVersion(Examples.Purpose()).With(scores.Calibrate(0.4, new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero))).ToRow();
    }

    private static string Put(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
