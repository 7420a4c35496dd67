using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FaceVault.Cryptography;
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
        AssertAbsent(folder.Path, [.. Canaries(receipt, face, await LinesAsync(test.Vault)), .. Forms("order-canary-4471"u8.ToArray()), certificate.ToJson()[..64]]);
        await test.Vault.DisposeAsync();
        AssertAbsent(folder.Path, Canaries(receipt, face, lines));
        test.Renew();
    }

    [Fact]
    public void The_scan_would_see_a_canary()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "keys.db"), [1, 2, .. Encoding.Unicode.GetBytes(Subject), 3]);

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertAbsent(folder.Path, Forms(Encoding.UTF8.GetBytes(Subject))));
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
            canaries.AddRange(Forms(Encoding.UTF8.GetBytes(id)));
        canaries.AddRange(Forms(receipt.Salt.ToArray()));
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

    /// <summary>An identifier as text and as everything somebody might write instead of it, unsalted hashes included.</summary>
    private static List<byte[]> Forms(byte[] utf8)
    {
        var forms = new List<byte[]> { utf8, Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(utf8)), Encoding.BigEndianUnicode.GetBytes(Encoding.UTF8.GetString(utf8)) };
#pragma warning disable CA5350, CA5351 // weak hashes are just what somebody careless would write
        var hashes = new List<byte[]> { MD5.HashData(utf8), SHA1.HashData(utf8), SHA256.HashData(utf8), SHA384.HashData(utf8), SHA512.HashData(utf8) };
#pragma warning restore CA5350, CA5351
        foreach (int length in new[] { 16, 32, 64 })
        {
            var hash = new byte[length];
            Blake2b.Hash(default, utf8, hash);
            hashes.Add(hash);
        }

        forms.AddRange(hashes.Select(h => h[..16]));
        foreach (byte[] bytes in hashes.Append(utf8))
        {
            forms.Add(Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)));
            forms.Add(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
            forms.Add(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes).TrimEnd('=')));
            forms.Add(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(bytes)));
        }

        return forms;
    }

    private static void AssertAbsent(string folder, IEnumerable<byte[]> canaries)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = ReadWithoutLocking(file);
            foreach (byte[] canary in canaries)
                Assert.True(bytes.AsSpan().IndexOf(canary) < 0, $"{Path.GetFileName(file)} holds a canary of {canary.Length} bytes.");
        }
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
