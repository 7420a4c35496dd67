using System.Globalization;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Tampering;

/// <summary>Everything that a vault answers about its people, one line for each question. A tampered vault may refuse a question, clearly; it may not answer it otherwise.</summary>
internal sealed class Answers
{
    /// <summary>What somebody is told whose bytes are not the vault's.</summary>
    private static readonly VaultErrorCode[] Clear =
        [VaultErrorCode.ClockRollback, VaultErrorCode.IntegrityViolated, VaultErrorCode.StoreDamaged, VaultErrorCode.StoreRolledBack, VaultErrorCode.StoreForked, VaultErrorCode.StoreMissing, VaultErrorCode.CertificateUnknown,
            VaultErrorCode.RootKeyMissing, VaultErrorCode.RootKeyForeign, VaultErrorCode.RootPathRefused, VaultErrorCode.HeadMissing, VaultErrorCode.FormatTooNew, VaultErrorCode.VaultNotFound];

    private readonly SortedDictionary<string, string> lines = new(StringComparer.Ordinal);

    private Answers()
    {
    }

    /// <summary>Codes with which questions were refused, and the audit's findings.</summary>
    public SortedSet<string> Complaints { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the vault noticed anything: at open, at use or in its audit.</summary>
    public bool IsDetected => Complaints.Count > 0;

    /// <summary>Makes a vault, asks it everything and closes it.</summary>
    public static async Task<Answers> OfAsync(Func<Vault> make, People people)
    {
        Vault vault;
        try
        {
            vault = make();
        }
        catch (VaultException refused) when (Clear.Contains(refused.Code))
        {
            return NotOpened(refused);
        }

        await using (vault)
            return await OfAsync(vault, people);
    }

    /// <summary>Opens and asks everything. Any exception but a clear refusal is the test's failure.</summary>
    public static async Task<Answers> OfAsync(Vault vault, People people)
    {
        var answers = new Answers();
        try
        {
            await vault.OpenAsync();
        }
        catch (VaultException refused) when (Clear.Contains(refused.Code))
        {
            return NotOpened(refused);
        }

        foreach (string id in people.Consents)
        {
            var consent = new ConsentId(id);
            await answers.AskAsync($"{id} info", async () => await vault.GetConsentAsync(consent) is { } info
                ? string.Create(CultureInfo.InvariantCulture, $"{info.Consent.DangerousValue()} {info.Subject.DangerousValue()} {info.Purpose} {info.Version} {info.Status} {info.GivenAt:u} {info.ExpiresAt:u} {info.UseEndsAt:u} {info.Templates} {info.LedgerIndex} [{string.Join(' ', info.Certificates)}]")
                : "unknown");
            await answers.AskAsync($"{id} receipt", async () => await vault.GetReceiptAsync(consent) is { } receipt ? Convert.ToHexString(receipt.ToJson()) : "unknown");
            await answers.AskAsync($"{id} certificates", async () =>
            {
                IReadOnlyList<DeletionCertificate> certificates = await vault.GetDeletionCertificatesAsync(consent);
                foreach (DeletionCertificate certificate in certificates)
                    Assert.True(certificate.Check(vault.VerifierKey).IsValid, certificate.Check(vault.VerifierKey).ToString());
                return string.Join('\n', certificates.Select(certificate => certificate.ToString()));
            });
            foreach (string model in (string[])["synthetic", "synthetic8"])
                foreach (int face in people.Faces)
                    await answers.AskAsync($"{id} is face {face} under {model}", async () =>
                    {
                        FaceVerification result = await vault.VerifyFaceAsync(consent, TestVault.Face(face), Threshold.At(0.9f), model);
                        return $"{result.Outcome} {result.Score} {string.Join(' ', result.Violations.Select(v => v.Code))}";
                    });
        }

        foreach (string model in (string[])["synthetic", "synthetic8"])
            await answers.AskAsync($"gallery {model}", async () =>
            {
                Gallery gallery = await vault.GetGalleryAsync(new PurposeId(TestVault.Door), model);
                var found = new List<string>();
                foreach (int face in people.Faces)
                    found.AddRange((await gallery.IdentifyAsync(TestVault.Face(face), 2, Threshold.At(0.9f))).Select(m => $"{face} is {m.Subject.DangerousValue()} {m.Consent.DangerousValue()} {m.Score}"));
                return string.Join(" · ", found);
            });
        await answers.AskAsync("purposes", async () => string.Join('\n', (await vault.ListPurposesAsync()).Select(p => $"{p.Definition.Id} {p.Version} {Convert.ToHexString(p.Definition.ToCanonicalJson())}")));
        await answers.AskAsync("ledger", async () =>
        {
            var ledger = new List<string>();
            await foreach (LedgerLine line in vault.ReadLedgerAsync())
                ledger.Add(line.Entry);
            return string.Join('\n', ledger);
        });
        await answers.AskAsync("checkpoint", async () => (await vault.GetCheckpointAsync()).ToString());
        AuditReport audit = await vault.AuditAsync();
        answers.Complaints.UnionWith(audit.Findings.Where(f => f.IsBroken || f.Code is "template-missing" or "mirror" or "root").Select(f => $"audit: {f.Code}"));
        return answers;
    }

    /// <summary>Questions and answers, one line each; what stands on several lines has its line ends escaped.</summary>
    public string ToText() => string.Concat(lines.Select(l => $"{l.Key}: {l.Value.Replace("\n", "\\n", StringComparison.Ordinal)}\n"));

    /// <summary>Each answer is the true one or a clear refusal. A search may miss who is truly missing, which the audit then says.</summary>
    public void AssertHonest(Answers truth, string what, string? except = null)
    {
        foreach ((string question, string answer) in lines)
            Assert.True(question == except || (Complaints.Contains("audit: template-missing") && IsPartOf(question, answer, truth.lines[question])) || answer == truth.lines[question] || answer.EndsWith(" ClockRollback", StringComparison.Ordinal) || Clear.Any(code => answer == code.ToString()), $"{what}: {question}\nanswered {answer}\ninstead of {truth.lines[question]}");
    }

    private static Answers NotOpened(VaultException refused) => new() { Complaints = { $"open: {refused.Code}" } };

    private static bool IsPartOf(string question, string answer, string whole) =>
        question.StartsWith("gallery", StringComparison.Ordinal) && (answer.Length == 0 || answer.Split(" · ").All(whole.Split(" · ").Contains));

    private async Task AskAsync(string question, Func<Task<string>> ask)
    {
        try
        {
            lines.Add(question, await ask());
        }
        catch (VaultException refused) when (Clear.Contains(refused.Code))
        {
            lines.Add(question, refused.Code.ToString());
            Complaints.Add($"{question.Split(' ')[^1]}: {refused.Code}");
        }
        catch (RefusedException refused) when (refused.Violations is [{ Code: ViolationCode.ClockRollback }])
        {
            lines.Add(question, nameof(VaultErrorCode.ClockRollback)); // what was swapped in records a later time
            Complaints.Add($"{question.Split(' ')[^1]}: {VaultErrorCode.ClockRollback}");
        }
    }
}

/// <summary>Whom to ask about.</summary>
internal sealed record People(string[] Consents, int[] Faces);
