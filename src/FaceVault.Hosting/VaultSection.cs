using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FaceVault.Hosting;

/// <summary>The configuration section of one vault: sets its options, and says everything that is wrong by the keys to change.</summary>
internal sealed class VaultSection(string vault, IConfiguration section) : IPostConfigureOptions<VaultOptions>, IValidateOptions<VaultOptions>
{
    private readonly Lazy<VaultSettings> settings = new(() => VaultSettings.Read(section));
    private volatile IReadOnlyList<string> missing = [];

    /// <summary>The options' name and the service key; empty for the one vault of an application.</summary>
    public string Name => vault;

    public VaultSettings Settings => settings.Value;

    public void Apply(VaultOptions options)
    {
        options.Directory = Settings.Directory ?? options.Directory;
        if (Settings.RootKey.Count > 0)
            options.RootKey = new FileRootKeyStore([.. Settings.RootKey]);
        foreach (string mirror in Settings.Mirrors)
            options.Mirrors.Add(mirror);
        options.Origin = Settings.Origin ?? options.Origin;
        options.LockTimeout = Settings.LockTimeout ?? options.LockTimeout;
        options.DrainTimeout = Settings.DrainTimeout ?? options.DrainTimeout;
        options.RequireLockedGalleries = Settings.RequireLockedGalleries ?? options.RequireLockedGalleries;
        options.MatchingThreads = Settings.MatchingThreads ?? options.MatchingThreads;
    }

    /// <summary>What nobody set is told by its key. Something stands in for it, so that it is not told twice; it is never used, since the options are refused.</summary>
    public void PostConfigure(string? name, VaultOptions options)
    {
        if (name != vault)
            return;
        var found = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Directory))
        {
            found.Add(Error.DirectoryMissing(section.GetSection(nameof(VaultSettings.Directory)).Path));
            options.Directory = "missing";
        }

        if (options.RootKey is null)
        {
            found.Add(Error.RootKeyMissing(section.GetSection(nameof(VaultSettings.RootKey)).Path));
            options.RootKey = new FileRootKeyStore("missing");
        }

        missing = found.Count > 0 && section is IConfigurationSection named && !named.Exists() ? [Error.SectionMissing(named.Path)] : found;
    }

    public ValidateOptionsResult Validate(string? name, VaultOptions options)
    {
        if (name != vault)
            return ValidateOptionsResult.Skip;
        string[] problems = [.. Settings.Problems, .. missing];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
