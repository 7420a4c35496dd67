using FaceVault.Interop;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Crash;

/// <summary>A vault in files on which a script runs.</summary>
internal sealed class CrashRun(CrashFolders folders) : IAsyncDisposable
{
    private Vault? vault;

    public CrashFolders Folders => folders;

    public FixedClock Clock { get; } = new(new CrashModel().Now);

    public Vault Vault => vault ??= new Vault(folders.Options(Clock));

    /// <summary>How many faces a script may use.</summary>
    public const int MostFaces = 64;

    /// <summary>What is set as the threshold of the first purpose.</summary>
    public static ThresholdCalibration Calibration { get; } = Measured();

    public static float[] Face(int person) => TestVault.Face(person);

    public ConsentGrant Grant(string id, string? subject = null, int days = 180, string purpose = TestVault.Door) =>
        TestVault.GrantAt(Clock.GetUtcNow(), id, subject, purpose) with { ExpiresAt = Clock.GetUtcNow().AddDays(days) };

    public async IAsyncEnumerable<Enrollment> Items((string Consent, int Face)[] items)
    {
        await Task.CompletedTask;
        foreach ((string consent, int face) in items)
            yield return new Enrollment { Grant = Grant(consent), Embedding = Face(face) };
    }

    /// <summary>What an operator does between the calls of an application.</summary>
    public async Task MaintainAsync(string kind)
    {
        switch (kind)
        {
            case "reopen":
                await DisposeAsync();
                break;
            case "refill":
                await Vault.RefillMirrorAsync(folders.Mirror);
                break;
            case "lose mirror":
                await DisposeAsync();
                await InsistAsync(() => CrashFolders.Lose(Path.Combine(folders.Mirror, "keys.db")));
                await Vault.OpenAsync();
                await Vault.RefillMirrorAsync(folders.Mirror);
                break;
            case "restore":
                if ((await Vault.GetStatusAsync()).IsDegraded)
                    await Vault.RefillMirrorAsync(folders.Mirror); // a vault whose mirror lags is not given away
                await DisposeAsync();
                Directory.CreateDirectory(folders.Archive);
                if (File.Exists(Path.Combine(folders.Vault, "templates.db-wal")))
                {
                    await Vault.OpenAsync(); // closing could not move the log into the file: an archive is not complete without it
                    await DisposeAsync();
                }

                await InsistAsync(Archive);
                await InsistAsync(() => CrashFolders.Lose(folders.Keys));
                await RestoreAsync(withTemplates: true);
                break;
            default:
                throw new InvalidOperationException(kind);
        }

        await Vault.OpenAsync();
    }

    /// <summary>The key store from the mirror, and the templates from the archive where asked.</summary>
    public Task RestoreAsync(bool withTemplates) => Vault.RestoreAsync(folders.Options(Clock), folders.Mirror, withTemplates ? folders.Archive : null);

    /// <summary>A fault that falls on what the operator does is met by doing it again.</summary>
    private static async Task InsistAsync(Action act)
    {
        try
        {
            act();
        }
        catch (IOException)
        {
            await Task.Yield();
            act();
        }
    }

    private static ThresholdCalibration Measured()
    {
        LabelledScores scores = LabelledScores.ForIdentification(TestVault.Model, 100, 100, 100);
        scores.AddMated(1, 0.9f);
        for (int i = 0; i < 60; i++)
            scores.AddNonMated(i, i + 100, i / 100f);
        return scores.Calibrate(0.1, new CrashModel().Now);
    }

    private void Archive()
    {
        Directory.CreateDirectory(folders.Archive);
        byte[] templates = File.ReadAllBytes(Path.Combine(folders.Vault, "templates.db"));
        using (var archive = new FileStream(Path.Combine(folders.Archive, "templates.db"), FileMode.Create))
        {
            archive.Write(templates);
            archive.Flush();
            Posix.Flush(archive.SafeFileHandle);
        }

        Posix.FlushDirectory(folders.Archive);
        Posix.FlushDirectory(folders.Base);
    }

    public async ValueTask DisposeAsync()
    {
        if (vault is not null)
            await vault.DisposeAsync();
        vault = null;
    }
}
