using System.Globalization;
using FaceVault.Keys;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Crash;

/// <summary>Comes after the process has died: reopens the vault and compares it with what had been answered.</summary>
internal sealed class CrashCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly CrashRun run;
    private readonly IReadOnlyList<CrashStep> steps;
    private readonly int done;
    private readonly bool begun;

    /// <param name="folders">What the dead process left.</param>
    /// <param name="steps">Its script.</param>
    /// <param name="lines">What it said.</param>
    public CrashCheck(CrashFolders folders, IReadOnlyList<CrashStep> steps, IEnumerable<string> lines)
    {
        this.steps = steps;
        folders.Make();
        string[] said = [.. lines];
        done = said.Count(l => l.StartsWith("done ", StringComparison.Ordinal));
        begun = said.Count(l => l.StartsWith("begin ", StringComparison.Ordinal)) > done;
        HasLater = said.Contains("later done");
        run = new CrashRun(folders);
        run.Clock.Now = steps[Math.Min(done, steps.Count - 1)].Now;
    }

    /// <summary>Whether a grant after a failure was answered, and must be there.</summary>
    public bool HasLater { get; }

    /// <summary>Whether every answer so far stands in the mirror too.</summary>
    public bool MirrorIsCurrent => done > 0 && Current?.Name is not ("lose mirror" or "restore") && File.Exists(Path.Combine(run.Folders.Mirror, "vault.json"));

    private string Before => done == 0 ? "" : steps[done - 1].After;

    private string After => begun ? steps[done].After : Before;

    private CrashStep? Current => begun ? steps[done] : null;

    /// <summary>Nobody is lost, nothing that was answered, no certificate came too early, and what was begun ends.</summary>
    public async Task AssertAsync()
    {
        await AssertNoCertificateIsEarlyAsync();
        await OpenAsync();
        await AssertStateAsync();
        await run.DisposeAsync();
        await run.Vault.OpenAsync();
        await AssertStateAsync();
        await run.DisposeAsync();
    }

    /// <summary>The same where bytes were changed behind the vault's back: what cannot be opened, or is found broken, comes back whole from the mirror.</summary>
    public async Task AssertAfterRestoreAsync()
    {
        try
        {
            await AssertAsync();
            return;
        }
        catch (Exception broken) when (broken is VaultException or Xunit.Sdk.XunitException)
        {
            await run.DisposeAsync();
        }

        CrashFolders.Lose(run.Folders.Keys);
        await run.RestoreAsync(withTemplates: false).WaitAsync(Patience);
        await AssertAsync();
    }

    /// <summary>The same where a root location may have become unreadable: everybody is there, and what cannot end with that location missing stays stopped.</summary>
    public async Task AssertNobodyIsLostAsync()
    {
        await AssertNoCertificateIsEarlyAsync();
        await OpenAsync();
        if (!(await run.Vault.GetStatusAsync().WaitAsync(Patience)).IsDegraded)
        {
            await AssertStateAsync();
        }
        else
        {
            string seen = Uncertified(await ObserveAsync(run.Vault));
            Assert.True(seen == Uncertified(Before) || seen == Uncertified(After), $"{seen}\nis neither\n{Before}\nnor\n{After}");
            Assert.DoesNotContain((await run.Vault.AuditAsync().WaitAsync(Patience)).Findings, f => f.IsBroken);
        }

        await run.DisposeAsync();
    }

    /// <summary>The disk of the vault's folder is lost at that moment, and the mirror is all there is of the key store.</summary>
    public async Task AssertWithoutPrimaryAsync()
    {
        CrashFolders.Lose(run.Folders.Keys);
        await AssertAsync();
    }

    /// <summary>What the vault shows, as text.</summary>
    public static async Task<string> ObserveAsync(Vault vault)
    {
        var lines = new List<string>();
        int others = 0;
        await foreach (ConsentInfo consent in vault.ListConsentsAsync())
        {
            string id = consent.Consent.DangerousValue();
            IReadOnlyList<DeletionCertificate> certificates = await vault.GetDeletionCertificatesAsync(consent.Consent).WaitAsync(Patience);
            foreach (DeletionCertificate certificate in certificates)
                Assert.True(certificate.Check(vault.VerifierKey).IsValid);
            if (id.StartsWith("f-", StringComparison.Ordinal) && consent.Status == ConsentStatus.Active && certificates.Count == 0)
                others++;
            else
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{id} {consent.Status} {consent.Templates} {certificates.Count}"));
        }

        lines.Sort(StringComparer.Ordinal);
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"and {others} others"));
        IReadOnlyList<PurposeInfo> purposes = await vault.ListPurposesAsync();
        lines.AddRange(await FacesAsync(vault, purposes));
        lines.AddRange(purposes.OrderBy(p => p.Definition.Id.Value, StringComparer.Ordinal).Select(p => PurposeLine(p.Definition.Id.Value, p.IsRotated, p.Calibrations.SingleOrDefault())));
        lines.AddRange((await vault.GetFilingAsync().WaitAsync(Patience)).Select(f => FilingLine(f.CrossedOn, f.Reference)));
        lines.AddRange(await RecordsAsync(vault, lines.Contains("later Active 0 0") ? 1 : 0));
        return string.Join('\n', lines);
    }

    /// <summary>What a purpose has besides its consents.</summary>
    public static string PurposeLine(string id, bool isRotated, ThresholdCalibration? calibration) =>
        string.Create(CultureInfo.InvariantCulture, $"purpose {id}{(isRotated ? " rotated" : "")}{(calibration is null ? "" : $" calibrated {calibration.Threshold}")}");

    /// <summary>Where the duty to file stands.</summary>
    public static string FilingLine(DateOnly? crossed, string? reference) => string.Create(CultureInfo.InvariantCulture, $"filing crossed {crossed:yyyy-MM-dd} reference {reference}");

    private static async Task<IEnumerable<string>> FacesAsync(Vault vault, IReadOnlyList<PurposeInfo> purposes)
    {
        var found = new SortedDictionary<int, string>();
        int enrolled = 0;
        foreach (PurposeInfo purpose in purposes)
        {
            Gallery gallery = await vault.GetGalleryAsync(purpose.Definition.Id).WaitAsync(Patience);
            for (int face = 0; face < CrashRun.MostFaces; face++)
            {
                IReadOnlyList<Match> matches = await gallery.IdentifyAsync(CrashRun.Face(face), 1, Threshold.At(0.99f)).WaitAsync(Patience);
                if (matches.Count > 0)
                    found.Add(face, $"face {face} is {matches[0].Consent.DangerousValue()}");
            }

            enrolled += gallery.Count;
        }

        Assert.Equal(found.Count, enrolled);
        return found.Values;
    }

    /// <summary>The sums of what is counted in the commits themselves: no crash loses or doubles any of it.</summary>
    private static async Task<IEnumerable<string>> RecordsAsync(Vault vault, int later)
    {
        var sums = new SortedDictionary<string, CrashCounts>(StringComparer.Ordinal);
        foreach (ProcessingRecord record in await vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue).WaitAsync(Patience))
        {
            Assert.False(record.IsIncomplete);
            if (record.Purpose is not { } purpose)
                continue; // refusals alone
            if (!sums.TryGetValue(purpose.Value, out CrashCounts? sum))
                sums.Add(purpose.Value, sum = new CrashCounts { Granted = purpose.Value == TestVault.Door ? -later : 0 });
            sum.Granted += record.ConsentsGranted;
            sum.Enrolled += record.Enrolments;
            sum.Copied += record.Copies;
            sum.Restricted += record.Restrictions;
            sum.Withdrawn += record.Withdrawals;
            sum.Erased += record.Erasures;
            sum.Expired += record.Expiries;
            sum.Destroyed += record.KeysDestroyed;
        }

        return sums.Where(sum => sum.Value != new CrashCounts()).Select(sum => $"records of {sum.Key}: {sum.Value}");
    }

    /// <summary>Looks without changing anything: where the ledger says that a key was destroyed, no location holds a root key that opens a crown with it.</summary>
    private async Task AssertNoCertificateIsEarlyAsync()
    {
        long needed = 0;
        try
        {
            await using var look = new Vault(run.Folders.Options(run.Clock, VaultAccess.Inspect));
            await foreach (LedgerLine line in look.ReadLedgerAsync())
            {
                if (line.Entry.Contains("\"destruction-completed\"", StringComparison.Ordinal))
                    needed = Math.Max(needed, (await look.GetDeletionCertificateAsync(line.Index).WaitAsync(Patience)).EpochTo);
            }
        }
        catch (VaultException failure) when (failure.Code is not (VaultErrorCode.StoreFailed or VaultErrorCode.IntegrityViolated))
        {
            return; // not yet made, or lost
        }

        using FileRootKeyStore roots = run.Folders.RootKeys();
        foreach (IRootLocation location in roots.Locations)
        {
            using RootReading reading = location.Read();
            Assert.All(reading.Records, record => Assert.True(record.Epoch >= needed, $"a certificate of epoch {needed} exists beside a root key of epoch {record.Epoch}"));
        }
    }

    private async Task OpenAsync()
    {
        try
        {
            await run.Vault.OpenAsync().WaitAsync(Patience);
        }
        catch (VaultException missing) when (missing.Code == VaultErrorCode.VaultNotFound && done == 0)
        {
            await run.Vault.InitializeAsync().WaitAsync(Patience); // begun again
        }
        catch (VaultException missing) when (missing.Code == VaultErrorCode.StoreMissing && !File.Exists(run.Folders.Keys))
        {
            await run.DisposeAsync();
            await run.RestoreAsync(withTemplates: Current?.Name == "restore").WaitAsync(Patience);
            await run.Vault.OpenAsync().WaitAsync(Patience);
        }

        if (Current?.Name == "lose mirror" && !File.Exists(Path.Combine(run.Folders.Mirror, "keys.db")))
            await run.Vault.RefillMirrorAsync(run.Folders.Mirror).WaitAsync(Patience);
    }

    private async Task AssertStateAsync()
    {
        for (int tries = 0; (await run.Vault.GetStatusAsync().WaitAsync(Patience)).Owed > 0; tries++)
        {
            Assert.True(tries < 6000, "the destruction that was owed does not end");
            await Task.Delay(10);
        }

        if (Current is { NeedsSweep: true })
            await run.Vault.SweepAsync().WaitAsync(Patience);
        string seen = Without(await ObserveAsync(run.Vault), out bool later);
        Assert.True(seen == After || (seen == Before && Current is not { NeedsSweep: true }) || (done == 0 && seen == "and 0 others"), $"{seen}\nis neither\n{Before}\nnor\n{After}");
        Assert.True(later || !HasLater, "what was granted after the failure is lost");
        AuditReport audit = await run.Vault.AuditAsync().WaitAsync(Patience);
        string[] expected = ["orphan", "head"];
        Assert.True(audit.Findings.All(f => !f.IsBroken && expected.Contains(f.Code)), string.Join('\n', audit.Findings));
        VaultStatus status = await run.Vault.GetStatusAsync().WaitAsync(Patience);
        Assert.False(status.IsDegraded, string.Join('\n', status.Warnings));
        Assert.False(status.HasStagedKey);
    }

    /// <summary>Without the counts of certificates, and with what is stopped for as good as destroyed, which the records do not count yet.</summary>
    private static string Uncertified(string seen) => string.Join('\n', seen.Split('\n').Where(l => !l.StartsWith("records ", StringComparison.Ordinal)).Select(l =>
        l.StartsWith("c-", StringComparison.Ordinal) ? (l.Contains("Stopped", StringComparison.Ordinal) ? l[..l.IndexOf(' ')] + " Destroyed 0" : l[..l.LastIndexOf(' ')]) : l));

    private static string Without(string seen, out bool later)
    {
        string[] lines = seen.Split('\n'), others = [.. lines.Where(l => l != "later Active 0 0")];
        later = others.Length < lines.Length;
        return string.Join('\n', others);
    }
}
