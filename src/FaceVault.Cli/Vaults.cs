using FaceVault.Cli.Input;

namespace FaceVault.Cli;

/// <summary>How a command comes to its vault.</summary>
internal static class Vaults
{
    /// <summary>Opens the vault that the command names.</summary>
    /// <param name="context">The command.</param>
    /// <param name="access">Whether it writes, or only looks beside a running writer.</param>
    /// <param name="configure">What the command sets besides.</param>
    public static Task<Vault> OpenAsync(CommandContext context, VaultAccess access = VaultAccess.ReadWrite, Action<VaultOptions>? configure = null)
    {
        VaultOptions options = Options(context, access);
        configure?.Invoke(options);
        return OpenAsync(context, options);
    }

    /// <summary>Opens the vault of these options.</summary>
    public static async Task<Vault> OpenAsync(CommandContext context, VaultOptions options)
    {
        var vault = new Vault(options);
        try
        {
            await vault.OpenAsync(context.CancellationToken).ConfigureAwait(false);
            return vault;
        }
        catch
        {
            await vault.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The options of an existing vault: its root from the command line, the environment or vault.json; the library finds the mirrors there.</summary>
    /// <param name="context">The command.</param>
    /// <param name="access">Whether it writes, or only looks beside a running writer.</param>
    /// <param name="rootKey">Makes the root key store of the locations' paths; the usual one when left out.</param>
    public static VaultOptions Options(CommandContext context, VaultAccess access, Func<string[], FileRootKeyStore>? rootKey = null) => Options(context, Folder(context), access, rootKey);

    /// <summary>The same for a folder that the command names in another way.</summary>
    public static VaultOptions Options(CommandContext context, string folder, VaultAccess access, Func<string[], FileRootKeyStore>? rootKey = null)
    {
        // Read in any case, so that a folder that is no vault is found before a root that is no root.
        string[] described = Vault.ReadRootPaths(folder);
        string[] roots = Roots(context) ?? described;
        var options = new VaultOptions
        {
            Directory = folder,
            RootKey = rootKey?.Invoke(roots) ?? RootKey(context, roots),
            LockTimeout = LockTimeout(context),
            Access = access,
            TimeProvider = context.Terminal.Clock,
        };
        foreach (string profile in PathsOf(context, "FACEVAULT_PROFILES"))
            options.Profiles.Add(RuleProfile.FromJson(profile));
        if (context.Terminal.Environment("FACEVAULT_WORKING_DAYS") is { Length: > 0 } calendar)
            options.WorkingDays = WorkingDayCalendar.FromJson(calendar);
        return options;
    }

    /// <summary>The vault's folder.</summary>
    public static string Folder(CommandContext context) =>
        context.Required(context.Common.Vault) is { Length: > 0 } folder ? folder : throw Messages.Usage("The vault's folder has an empty path. Give the folder.");

    /// <summary>Root locations from <c>--root</c>, else from FACEVAULT_ROOT, else <see langword="null"/>.</summary>
    public static string[]? Roots(CommandContext context)
    {
        if (context.Get(context.Common.Root) is { Length: > 0 } given)
            return given.All(root => root.Length > 0) ? given : throw Messages.Usage("A root location has an empty path. Give --root FILE with an absolute path.");
        string[] roots = PathsOf(context, "FACEVAULT_ROOT");
        return roots.Length > 0 ? roots : null;
    }

    private static string[] PathsOf(CommandContext context, string variable)
    {
        // A colon stands inside a Windows path and separates paths everywhere else.
        char[] separators = OperatingSystem.IsWindows() ? [Path.PathSeparator] : [Path.PathSeparator, ':'];
        return context.Terminal.Environment(variable)?.Split(separators, StringSplitOptions.RemoveEmptyEntries) ?? [];
    }

    /// <summary>The root key in files, with the passphrase of <c>--passphrase-file</c>, else of FACEVAULT_PASSPHRASE_FILE, else without one.</summary>
    public static FileRootKeyStore RootKey(CommandContext context, string[] paths, bool allowEphemeral = false)
    {
        string? file = context.Get(context.Common.PassphraseFile) ?? context.Terminal.Environment("FACEVAULT_PASSPHRASE_FILE");
        return string.IsNullOrEmpty(file)
            ? new FileRootKeyStore(paths) { AllowEphemeral = allowEphemeral }
            : FileRootKeyStore.ReadPassphraseFile(file, passphrase => new FileRootKeyStore(paths) { AllowEphemeral = allowEphemeral, Passphrase = passphrase });
    }

    /// <summary>How long to wait for another process.</summary>
    public static TimeSpan LockTimeout(CommandContext context) => context.Get(context.Common.LockTimeout) is >= 0 and <= 86_400 and var seconds
        ? TimeSpan.FromSeconds(seconds)
        : throw Messages.Usage("--lock-timeout takes 0 to 86,400 seconds.");
}
