using System.Globalization;
using System.Text.Json;

namespace FaceVault.Cli.Commands;

/// <summary>What <c>doctor</c> finds out about a vault. It opens it beside a running writer and changes nothing.</summary>
internal static class VaultDiagnosis
{
    private const UnixFileMode Others = (UnixFileMode)0x3f;

    public static async Task<IReadOnlyList<Diagnosis>> OfAsync(CommandContext context, string folder)
    {
        var findings = new List<Diagnosis>();
        try
        {
            VaultOptions options = Vaults.Options(context, folder, VaultAccess.Inspect);
            findings.AddRange(OfRootFiles(Vaults.Roots(context) ?? Vault.ReadRootPaths(folder)));
            Vault vault = await Vaults.OpenAsync(context, options).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                VaultStatus status = await vault.GetStatusAsync(context.CancellationToken).ConfigureAwait(false);
                findings.Add(Diagnosis.Ok("vault", string.Create(CultureInfo.InvariantCulture, $"opens; {status.Consents:N0} living consents, commit {status.Commit}")));
                findings.Add(OfSpace(folder));
                findings.AddRange(status.Places.Select(OfPlace));
                findings.AddRange(status.Warnings.Select(warning => Diagnosis.Warning("vault", warning)));
                findings.Add(await OfTimeAsync(vault, status, context).ConfigureAwait(false));
            }
        }
        catch (Exception closed) when (closed is VaultException or ArgumentException or PlatformNotSupportedException or CliException)
        {
            findings.Add(Diagnosis.Bad("vault", $"It does not open ({(closed as VaultException)?.Code.ToString() ?? (closed as CliException)?.Code ?? "Usage"}). {closed.Message}"));
        }

        return findings;
    }

    private static IEnumerable<Diagnosis> OfRootFiles(IReadOnlyList<string> roots)
    {
        for (int i = 0; i < roots.Count; i++)
        {
            if (!OperatingSystem.IsWindows() && File.Exists(roots[i]) && (File.GetUnixFileMode(roots[i]) & Others) != UnixFileMode.None)
                yield return Diagnosis.Warning("root", $"Other users of the machine have rights to '{roots[i]}', and whoever reads a root key opens the vault. Take them away: chmod 600.");
        }
    }

    private static Diagnosis OfSpace(string folder)
    {
        long free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        long used = new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        string sentence = string.Create(CultureInfo.InvariantCulture, $"{free:N0} bytes free beside {used:N0} of the vault");
        return free > used / 2 && free > 64 << 20 ? Diagnosis.Ok("space", sentence)
            : Diagnosis.Warning("space", sentence + ". Give it room: logs, a copy that is refilled and an archive are as large as the stores.");
    }

    private static Diagnosis OfPlace(PlaceStatus place)
    {
        string check = place.Type switch { LocationType.Root => "root", LocationType.Mirror => "mirror", _ => "store" };
        string what = $"'{place.Description}' on {place.Medium}";
        return !place.IsCurrent ? Diagnosis.Warning(check, $"{what}: {place.Trouble ?? "It is not current."}")
            : place.Medium is "tmpfs" or "ramfs" ? Diagnosis.Warning(check, what + " is gone after a restart of the machine. Keep it on a disk.")
            : place.Medium == "overlayfs" ? Diagnosis.Warning(check, what + " is gone with its container. Mount a volume.")
            : place.Medium is "nfs" or "smb" or "fuse" or "9p" ? Diagnosis.Warning(check, what + ": locks and flushes of a network file system cannot be relied on. Keep it on a local disk.")
            : Diagnosis.Ok(check, what);
    }

    /// <summary>Nothing in the ledger is of the future, unless the clock was set back.</summary>
    private static async Task<Diagnosis> OfTimeAsync(Vault vault, VaultStatus status, CommandContext context)
    {
        DateTimeOffset last = default;
        await foreach (LedgerLine line in vault.ReadLedgerAsync(status.LedgerSize - 1, context.CancellationToken).ConfigureAwait(false))
        {
            using JsonDocument entry = JsonDocument.Parse(line.Entry);
            last = entry.RootElement.GetProperty("time").GetDateTimeOffset();
        }

        return last <= context.Terminal.Clock.GetUtcNow() ? Diagnosis.Ok("time", $"the ledger's last entry is of {last.UtcDateTime:u}")
            : Diagnosis.Bad("time", $"The ledger's last entry is of {last.UtcDateTime:u}, which lies ahead. Set the clock right. If it is right, and ran ahead before: accept it (recover --accept-clock).");
    }
}
