using System.Text;
using FaceVault.Cli.Input;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Demo;

/// <summary>The steps of <c>demo</c>, told on standard output while they happen.</summary>
internal sealed class Demonstration(CommandContext context, string folder, int subjects)
{
    private const int Dimensions = 512, Probes = 200;

    private static readonly Threshold Limit = Threshold.At(0.5f);

    private readonly SyntheticFaces _faces = new(Dimensions, 2026);
    private readonly Purpose _purpose = Purpose.FromJson(Encoding.UTF8.GetBytes(Purpose.Template));
    private readonly string _vaultFolder = Path.Combine(folder, "vault");
    private readonly string _copyFolder = Path.Combine(folder, "copy");
    private readonly int _chosen = subjects / 2;
    private long _stepStarted;
    private int _step;

    public async Task RunAsync()
    {
        Tell($"FaceVault demonstration. All of it happens in {folder}, with made-up faces.");
        (VerifierKey key, DeletionCertificate certificate) = await LiveAsync().ConfigureAwait(false);
        CheckOffline(key, certificate);
        await PutBackAsync().ConfigureAwait(false);
        Tell("");
        Tell("Not shown by this: whether somebody copied the root key itself, the photographs, or memory while a template was in use. See SECURITY.md.");
    }

    private async Task<(VerifierKey Key, DeletionCertificate Certificate)> LiveAsync()
    {
        Step("Make a vault. Its root key lies outside of it, in two places.");
        Vault vault = Open();
        VerifierKey key;
        await using (vault.ConfigureAwait(false))
        {
            await vault.InitializeAsync(context.CancellationToken).ConfigureAwait(false);
            key = vault.VerifierKey;
            Fact($"verifier key: {key}");

            Step($"Register the purpose '{_purpose.Id.Value}': identification, its reason, its retention, its alternative without a face.");
            await vault.EnsurePurposeAsync(_purpose, context.CancellationToken).ConfigureAwait(false);

            Step($"Grant {subjects:N0} consents and enrol a template of {Dimensions} numbers under each: each has keys of its own.");
            ImportResult imported = await ProgressBar.RunAsync(context.Terminal, "Enrolling", subjects, progress =>
                vault.ImportAsync(_purpose.Id, null, EnrolmentsAsync(), progress, synthetic: true, context.CancellationToken)).ConfigureAwait(false);
            Fact($"{imported.Enrolled:N0} templates enrolled, durable on disk");
        }

        Step("Put a copy of the vault aside, as a backup or a thief would.");
        CopyFolder(_vaultFolder, _copyFolder);

        vault = Open();
        await using (vault.ConfigureAwait(false))
        {
            Step("Open the gallery: every template is decrypted once, into locked memory.");
            await vault.OpenAsync(context.CancellationToken).ConfigureAwait(false);
            Gallery gallery = await vault.GetGalleryAsync(_purpose.Id, null, context.CancellationToken).ConfigureAwait(false);
            Fact($"{gallery.Count:N0} templates{(gallery.IsLocked ? "" : ", not locked: raise RLIMIT_MEMLOCK to keep them out of swap")}");

            Step($"Identify {Math.Min(Probes, subjects):N0} new images.");
            int right = 0;
            for (int person = 0; person < Math.Min(Probes, subjects); person++)
            {
                if (await BestAsync(gallery, person).ConfigureAwait(false) is { } match && match.Subject == new SubjectId(Name(person)))
                    right++;
            }
            Fact($"{right:N0} found as themselves");
            Match? found = await BestAsync(gallery, _chosen).ConfigureAwait(false);
            Fact(FormattableString.Invariant($"{Name(_chosen)}: {(found is { } best ? $"found, score {best.Score:N3}" : "not found")}"));

            Step($"{Name(_chosen)} withdraws. The keys are destroyed, the gallery drops the template, then the certificate is signed.");
            DeletionCertificate certificate = await vault.WithdrawConsentAsync(new ConsentId($"{Name(_chosen)}@{_purpose.Id.Value}"), cancellationToken: context.CancellationToken).ConfigureAwait(false);
            Match? afterwards = await BestAsync(gallery, _chosen).ConfigureAwait(false);
            Fact($"{Name(_chosen)}: {(afterwards is null ? "not found any more" : "found, which is wrong")}; {gallery.Count:N0} templates in the gallery");
            return (key, certificate);
        }
    }

    private void CheckOffline(VerifierKey key, DeletionCertificate certificate)
    {
        Step("Check the certificate, with nothing but the verifier key.");
        byte[] json = certificate.ToJson();
        string path = Path.Combine(folder, "certificate.json");
        File.WriteAllBytes(path, json);
        Fact($"{json.Length:N0} bytes: {(DeletionCertificate.Parse(json).Check(key).IsValid ? "valid" : "INVALID")}");
        int at = json.AsSpan().IndexOf("\"trigger\":\"withdrawn\""u8) + "\"trigger\":\""u8.Length;
        json[at] ^= 1;
        Fact($"with one bit changed: {(DeletionCertificate.Check(json, key).IsValid ? "valid, which is wrong" : "invalid")}");
    }

    private async Task PutBackAsync()
    {
        Step("Put the copy from before the withdrawal back. The root key is the present one.");
        string present = Path.Combine(folder, "present");
        Directory.Move(_vaultFolder, present);
        CopyFolder(_copyFolder, _vaultFolder);
        try
        {
            Vault vault = Open();
            await using (vault.ConfigureAwait(false))
                await vault.OpenAsync(context.CancellationToken).ConfigureAwait(false);
            throw Messages.DemoFailed();
        }
        catch (VaultException e)
        {
            Fact($"refused: {e.Code}: {e.Message}");
            if (e.Code != VaultErrorCode.StoreRolledBack)
                throw;
        }

        Step("Put the present vault back.");
        Directory.Delete(_vaultFolder, recursive: true);
        Directory.Move(present, _vaultFolder);
        Vault again = Open();
        await using (again.ConfigureAwait(false))
        {
            await again.OpenAsync(context.CancellationToken).ConfigureAwait(false);
            Gallery gallery = await again.GetGalleryAsync(_purpose.Id, null, context.CancellationToken).ConfigureAwait(false);
            Fact($"it opens, with {gallery.Count:N0} templates");
        }
        TimeOfStep();
    }

    private Vault Open()
    {
        string[] roots = [Path.Combine(folder, "root-a", "door.key"), Path.Combine(folder, "root-b", "door.key")];
        foreach (string root in roots)
            Directory.CreateDirectory(Path.GetDirectoryName(root)!);
        return new Vault(new VaultOptions
        {
            Directory = _vaultFolder,
            RootKey = new FileRootKeyStore(roots) { AllowEphemeral = true },
            TimeProvider = context.Terminal.Clock,
        });
    }

    private async IAsyncEnumerable<Enrollment> EnrolmentsAsync()
    {
        DateTimeOffset now = context.Terminal.Clock.GetUtcNow();
        for (int person = 0; person < subjects; person++)
            yield return new Enrollment(SyntheticConsents.Grant(Name(person), _purpose, now), _faces.Image(person, 0));
        await Task.CompletedTask.ConfigureAwait(false);
    }

    private async Task<Match?> BestAsync(Gallery gallery, int person) =>
        await gallery.IdentifyAsync(_faces.Image(person, 1), 1, Limit, context.CancellationToken).ConfigureAwait(false) is [var best, ..] ? best : null;

    private static string Name(int person) => $"person-{person:D4}";

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private void Step(string sentence)
    {
        TimeOfStep();
        Tell("");
        Tell($"{++_step}. {sentence}");
        _stepStarted = context.Terminal.Clock.GetTimestamp();
    }

    private void TimeOfStep()
    {
        if (_step > 0)
            Fact(FormattableString.Invariant($"({context.Terminal.Clock.GetElapsedTime(_stepStarted).TotalMilliseconds:N0} ms)"));
    }

    private void Fact(string fact) => Tell("   " + fact);

    private void Tell(string line)
    {
        context.Terminal.Out.WriteLine(line);
        context.Terminal.Out.Flush();
    }
}
