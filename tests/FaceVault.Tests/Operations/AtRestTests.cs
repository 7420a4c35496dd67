using System.Runtime.InteropServices;
using System.Text;
using FaceVault.Ledger;
using FaceVault.Templates;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>What lies on the disks: every byte of every file is looked through for what must not be there (claims E1 and E8).</summary>
[Collection(Alone.Name)]
[Trait("Claim", "E1")]
[Trait("Claim", "E8")]
public sealed class AtRestTests
{
    private const string Subject = "subject-canary-Ωmega-7351";
    private const string Consent = "consent-canary-Ωmega-9524";

    [Fact]
    public async Task No_identifier_vector_or_ledger_line_lies_in_any_file_in_any_form()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, roots: 2, mirrors: 1);
        var consent = new ConsentId(Consent);
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(test.Grant(Consent, Subject));
        float[] face = TestVault.Face(3);
        await test.Vault.EnrollAsync(consent, null, face);
        await test.Vault.EnrollAsync(consent, "synthetic8", face);
        List<LedgerLine> lines = await LinesAsync(test.Vault);
        AssertAbsent(folder.Path, Canaries(receipt, face, lines));

        DeletionCertificate certificate = (await test.Vault.EraseSubjectAsync(new SubjectId(Subject), "order-canary-4471"))[0];
        AssertAbsent(folder.Path, [.. Canaries(receipt, face, await LinesAsync(test.Vault)), .. IdHashes.Forms("order-canary-4471"), certificate.ToJson()[..64]]);
        AssertNoFunction(certificate, receipt, await LinesAsync(test.Vault));
        await test.Vault.DisposeAsync();
        AssertAbsent(folder.Path, Canaries(receipt, face, lines));
        test.Renew();
    }

    [Fact]
    public void The_scan_would_see_a_canary()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "keys.db"), [1, 2, .. Encoding.Unicode.GetBytes(Subject), 3]);

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertAbsent(folder.Path, IdHashes.Forms(Subject)));
    }

    /// <summary>Each hash is the one of its name, and each planted alone is seen.</summary>
    [Fact]
    public void Every_hash_of_an_identifier_is_looked_for()
    {
        byte[] text = "123456789"u8.ToArray();
        string[] hashes = [.. IdHashes.Hashes(text).Select(Convert.ToHexStringLower)];
        Assert.Contains("25f9e794323b453885f5181f1b624d0b", hashes); // MD5
        Assert.Contains("f7c3bc1d808e04732adf679965ccc34ca7ae3441", hashes); // SHA-1
        Assert.Contains("15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", hashes); // SHA-256
        Assert.Equal(0xCBF43926u, IdHashes.Crc32(text)); // the check value of CRC-32
        Assert.Equal(0xaf63dc4c8601ec8c, IdHashes.Fnv1a("a"u8));
        Assert.Equal(0xa129ca6149be45e5, IdHashes.SipHash24([.. Enumerable.Range(0, 15).Select(i => (byte)i)], 0x0706050403020100, 0x0f0e0d0c0b0a0908)); // the SipHash paper, appendix A
        var file = new byte[4096];
        List<byte[]> forms = [.. IdHashes.Forms(Subject)];
        Assert.True(forms.Count > 500);
        foreach (byte[] form in forms)
        {
            Assert.False(Holds(file, [form]));
            form.CopyTo(file, 1000);
            Assert.True(Holds(file, forms));
            file.AsSpan().Clear();
        }
    }

    private static async Task<List<LedgerLine>> LinesAsync(Vault vault)
    {
        var lines = new List<LedgerLine>();
        await foreach (LedgerLine line in vault.ReadLedgerAsync())
            lines.Add(line);
        return lines;
    }

    private static List<byte[]> Canaries(ConsentReceipt receipt, float[] face, List<LedgerLine> lines)
    {
        var canaries = new List<byte[]>();
        foreach (string id in new[] { Subject, Consent, "interaction of " + Consent })
            canaries.AddRange(IdHashes.Forms(id));
        canaries.AddRange([receipt.Salt.ToArray(), .. new[] { Convert.ToHexString(receipt.Salt.Span), Convert.ToHexStringLower(receipt.Salt.Span), Convert.ToBase64String(receipt.Salt.Span) }.Select(Encoding.ASCII.GetBytes)]);
        byte[] encoded = new byte[TemplateCodec.EncodedSize(TestVault.Model)];
        TemplateCodec.Encode(TestVault.Model, face, encoded);
        var eight = new TemplateModel("synthetic8", face.Length, TemplateEncoding.Int8);
        byte[] quantised = new byte[TemplateCodec.EncodedSize(eight)];
        TemplateCodec.Encode(eight, face, quantised);
        foreach (byte[] vector in new[] { MemoryMarshal.AsBytes(face.AsSpan()).ToArray(), encoded, quantised })
        {
            canaries.Add(vector[4..20]);
            canaries.Add(Encoding.ASCII.GetBytes(Convert.ToBase64String(vector)[..32]));
        }

        canaries.AddRange(lines.Select(l => Encoding.UTF8.GetBytes(l.Entry)[..24]));
        canaries.AddRange(lines.Select(l => Convert.FromHexString(l.LeafHash.ToHex())));
        return canaries;
    }

    private static void AssertAbsent(string folder, IEnumerable<byte[]> canaries)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = ReadWithoutLocking(file);
            Assert.False(Holds(bytes, canaries), $"{Path.GetFileName(file)} holds a canary.");
        }
    }

    private static bool Holds(byte[] bytes, IEnumerable<byte[]> canaries) => canaries.Any(canary => bytes.AsSpan().IndexOf(canary) >= 0);

    /// <summary>E8: what strangers are handed, certificate and ledger, names nobody and holds no hash of a name; nor does it hold the salt.</summary>
    private static void AssertNoFunction(DeletionCertificate certificate, ConsentReceipt receipt, List<LedgerLine> lines)
    {
        byte[] text = [.. certificate.ToJson(), .. lines.SelectMany(line => Encoding.UTF8.GetBytes(line.Entry))];
        byte[][] ids = [.. new[] { Subject, Consent, "interaction of " + Consent, "order-canary-4471" }.SelectMany(IdHashes.Forms)];
        Assert.False(Holds(text, ids));
        Assert.False(Holds(text, [Encoding.ASCII.GetBytes(Convert.ToHexStringLower(receipt.Salt.Span)), Encoding.ASCII.GetBytes(Convert.ToBase64String(receipt.Salt.Span))]));
        Assert.True(Holds(text, [Encoding.ASCII.GetBytes(LedgerEntry.Parse(lines[(int)receipt.LedgerIndex].Entry).Consent!)])); // what is looked through is the whole text
    }

    /// <summary>Through a child, since closing a database file in this process would drop SQLite's locks.</summary>
    private static byte[] ReadWithoutLocking(string path)
    {
        using var cat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using var bytes = new MemoryStream();
        cat.StandardOutput.BaseStream.CopyTo(bytes);
        cat.WaitForExit();
        return bytes.ToArray();
    }
}
