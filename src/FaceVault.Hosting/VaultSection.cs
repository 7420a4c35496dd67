using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FaceVault.Hosting;

/// <summary>The configuration section of one vault: sets its options, and says everything that is wrong by the keys to change.</summary>
internal sealed class VaultSection(string vault, IConfiguration section) : IPostConfigureOptions<VaultOptions>, IValidateOptions<VaultOptions>
{
    private readonly Lazy<VaultSettings> settings = new(() => VaultSettings.Read(section));
    private volatile IReadOnlyList<string> missing = [];
    private volatile IReadOnlyList<string> ruleProblems = [];
    private volatile string? passphraseProblem;

    /// <summary>The options' name and the service key; empty for the one vault of an application.</summary>
    public string Name => vault;

    public VaultSettings Settings => settings.Value;

    public void Apply(VaultOptions options)
    {
        options.Directory = Settings.Directory ?? options.Directory;
        if (Settings.RootKey.Count > 0)
            options.RootKey = RootKey();
        foreach (string mirror in Settings.Mirrors)
            options.Mirrors.Add(mirror);
        options.Origin = Settings.Origin ?? options.Origin;
        options.LockTimeout = Settings.LockTimeout ?? options.LockTimeout;
        options.DrainTimeout = Settings.DrainTimeout ?? options.DrainTimeout;
        options.RequireLockedGalleries = Settings.RequireLockedGalleries ?? options.RequireLockedGalleries;
        options.MatchingThreads = Settings.MatchingThreads ?? options.MatchingThreads;
        options.MaxWaitingCallers = Settings.MaxWaitingCallers ?? options.MaxWaitingCallers;
        options.MaxTemplateCopiesPerDay = Settings.MaxTemplateCopiesPerDay ?? options.MaxTemplateCopiesPerDay;
        options.ProcessingRecordYears = Settings.ProcessingRecordYears ?? options.ProcessingRecordYears;
        AddRules(options);
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
        List<string> problems = [.. Settings.Problems, .. missing, .. ruleProblems];
        if (passphraseProblem is { } unreadable)
            problems.Add(unreadable);
        if (Settings is { PassphraseFile: not null, RootKey.Count: 0 })
            problems.Add(Error.PassphraseWithoutRootKey(section.GetSection(nameof(VaultSettings.PassphraseFile)).Path));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private void AddRules(VaultOptions options)
    {
        var refused = new List<string>();
        foreach (string file in Settings.Profiles)
            Read(nameof(VaultSettings.Profiles), "a profile of rules", () => options.Profiles.Add(RuleProfile.FromJson(file)));
        if (Settings.WorkingDays is { } days)
            Read(nameof(VaultSettings.WorkingDays), "a calendar of working days", () => options.WorkingDays = WorkingDayCalendar.FromJson(days));
        ruleProblems = refused;

        void Read(string key, string what, Action read)
        {
            try
            {
                read();
            }
            catch (Exception why) when (why is FormatException or IOException or UnauthorizedAccessException)
            {
                refused.Add(Error.RulesRefused(section.GetSection(key).Path, why, what));
            }
        }
    }

    private FileRootKeyStore RootKey()
    {
        string[] paths = [.. Settings.RootKey];
        if (Settings.PassphraseFile is not { } file)
            return new FileRootKeyStore(paths);
        try
        {
            return FileRootKeyStore.ReadPassphraseFile(file, passphrase => new FileRootKeyStore(paths) { Passphrase = passphrase });
        }
        catch (ArgumentException refused)
        {
            passphraseProblem = Error.PassphraseRefused(section.GetSection(nameof(VaultSettings.PassphraseFile)).Path, refused);
            return new FileRootKeyStore(paths); // never used, since the options are refused
        }
    }
}
