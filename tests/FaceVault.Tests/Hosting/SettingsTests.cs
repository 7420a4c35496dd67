using System.Globalization;
using FaceVault.Hosting;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Conventions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FaceVault.Tests.Hosting;

/// <summary>A configuration section becomes the settings of a vault, strictly and whole.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Every_key_reaches_the_vault_s_options()
    {
        using var folder = new TemporaryFolder();
        string days = Path.Combine(folder.Path, "days.json");
        File.WriteAllText(days, """{"from":"2026-01-01","until":"2027-01-01"}""");
        string profile = Path.Combine(folder.Path, "house.json");
        File.WriteAllText(profile, """{"name":"house","title":"Our own rules","includes":["eu"],"rows":[{"rule":"C5","minimumForm":"written","source":"house rule 1"}]}""");
        using ServiceProvider provider = Provide(new()
        {
            ["FaceVault:Directory"] = "/faces",
            ["FaceVault:RootKey:0"] = "/a/door.key",
            ["FaceVault:RootKey:1"] = "/b/door.key",
            ["FaceVault:Mirrors:0"] = "/mirror",
            ["FaceVault:Origin"] = "example.com/door",
            ["FaceVault:LockTimeout"] = "00:00:00",
            ["FaceVault:DrainTimeout"] = "00:00:02.5",
            ["FaceVault:RequireLockedGalleries"] = "true",
            ["FaceVault:MatchingThreads"] = "3",
            ["FaceVault:MaxWaitingCallers"] = "65536",
            ["FaceVault:MaxTemplateCopiesPerDay"] = "0",
            ["FaceVault:ProcessingRecordYears"] = "5",
            ["FaceVault:Profiles"] = profile,
            ["FaceVault:WorkingDays"] = days,
            ["facevault:galleries:0"] = "door",
            ["facevault:galleries:1:purpose"] = "gate",
            ["facevault:galleries:1:model"] = "old",
            ["FaceVault:Galleries:2:Purpose"] = "door",
            ["FaceVault:Galleries:2:Mode"] = "Sealed",
            ["FaceVault:SweepPeriod"] = "1.00:00:00",
        });
        provider.GetRequiredService<IStartupValidator>().Validate();
        VaultOptions options = provider.GetRequiredService<IOptionsMonitor<VaultOptions>>().CurrentValue;
        Assert.Equal("/faces", options.Directory);
        Assert.Equal(["/a/door.key", "/b/door.key"], options.RootKey!.Locations.Select(l => l.Description));
        Assert.Equal(["/mirror"], options.Mirrors);
        Assert.Equal("example.com/door", options.Origin);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(2.5), true), (options.LockTimeout, options.DrainTimeout, options.RequireLockedGalleries));
        Assert.Equal((3, 65_536), (options.MatchingThreads, options.MaxWaitingCallers));
        Assert.Equal((0, 5, "house"), (options.MaxTemplateCopiesPerDay, options.ProcessingRecordYears, Assert.Single(options.Profiles).Name));
        Assert.Equal(2026, options.WorkingDays!.From.Year);
        VaultSettings settings = VaultSettings.Read(provider.GetRequiredService<IConfiguration>().GetSection("FaceVault"));
        Assert.Equal([("door", null, GalleryMode.Open), ("gate", "old", GalleryMode.Open), ("door", null, GalleryMode.Sealed)], settings.Galleries.Select(g => (g.Purpose.Value, g.Model, g.Mode)));
        Assert.Equal(TimeSpan.FromDays(1), settings.SweepPeriod);
        options.RootKey.Dispose();
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once_by_the_keys_to_change()
    {
        using ServiceProvider provider = Provide(new()
        {
            ["FaceVault:Mirors:0"] = "/mirror",
            ["FaceVault:Mirrors:0"] = " ",
            ["FaceVault:Origin:0"] = "a list",
            ["FaceVault:LockTimeout"] = "-00:00:01",
            ["FaceVault:DrainTimeout"] = "5",
            ["FaceVault:RequireLockedGalleries"] = "yes",
            ["FaceVault:MatchingThreads"] = "0",
            ["FaceVault:MaxWaitingCallers"] = "65537",
            ["FaceVault:MaxTemplateCopiesPerDay"] = "-1",
            ["FaceVault:ProcessingRecordYears"] = "2",
            ["FaceVault:Profiles"] = "/no/such/profile.json",
            ["FaceVault:WorkingDays"] = "/no/such/days.json",
            ["FaceVault:PassphraseFile"] = "/words",
            ["FaceVault:Galleries:0:Model"] = "of no purpose",
            ["FaceVault:Galleries:1:Purpose"] = "door",
            ["FaceVault:Galleries:1:Mode"] = "half open",
            ["FaceVault:SweepPeriod"] = "1.00:00:01",
        });
        OptionsValidationException wrong = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Equal(
            [
                "FaceVault:Directory is missing. Set it to the vault's folder.",
                "FaceVault:DrainTimeout must be a duration such as 00:00:30 (hours, minutes, seconds), in its range.",
                "FaceVault:Galleries:0 must be the id of a purpose, or an object with Purpose and, where they are not the current model and open, Model and Mode (open or sealed).",
                "FaceVault:Galleries:1 must be the id of a purpose, or an object with Purpose and, where they are not the current model and open, Model and Mode (open or sealed).",
                "FaceVault:LockTimeout must be a duration such as 00:00:30 (hours, minutes, seconds), in its range.",
                "FaceVault:MatchingThreads must be a whole number from 1 to 1024.",
                "FaceVault:MaxTemplateCopiesPerDay must be a whole number from 0 to 1000000.",
                "FaceVault:MaxWaitingCallers must be a whole number from 1 to 65536.",
                "FaceVault:Mirors is no setting of a vault. Correct its name or remove it.",
                "FaceVault:Mirrors:0 is empty. Give a text, or remove the element.",
                "FaceVault:Origin is one value and not a list. Give the value alone.",
                "FaceVault:PassphraseFile protects the files of RootKey, and the section lists none. List them, or give the passphrase where your code makes the root key store.",
                "FaceVault:ProcessingRecordYears must be a whole number from 3 to 100.",
                "FaceVault:Profiles: Could not find a part of the path '/no/such/profile.json'. Name a file that holds a profile of rules.",
                "FaceVault:RequireLockedGalleries must be true or false.",
                "FaceVault:RootKey is missing. List the absolute paths of the root key's files, which lie outside the vault's folder.",
                "FaceVault:SweepPeriod must be a duration such as 00:00:30 (hours, minutes, seconds), more than zero and at most 24 hours.",
                "FaceVault:WorkingDays: Could not find a part of the path '/no/such/days.json'. Name a file that holds a calendar of working days.",
            ],
            wrong.Failures.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_section_that_is_not_there_is_told_as_that()
    {
        using ServiceProvider provider = Provide([]);
        OptionsValidationException wrong = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Equal("The configuration has no section FaceVault. Add it, with at least Directory and RootKey, or name the right one.", Assert.Single(wrong.Failures));
    }

    [Fact]
    public void Code_completes_what_the_configuration_leaves_out()
    {
        using var root = new FaceVault.Keys.InMemoryRootKeyStore();
        using ServiceProvider provider = Provide(new() { ["FaceVault:Directory"] = "/faces" }, services => services.AddFaceVault(o => o.RootKey = root));
        provider.GetRequiredService<IStartupValidator>().Validate();
        Assert.Same(root, provider.GetRequiredService<IOptionsMonitor<VaultOptions>>().CurrentValue.RootKey);
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("", "is empty or longer")]
    [InlineData("long", "is empty or longer")]
    public void A_file_without_a_passphrase_is_told_by_its_key(string? content, string why)
    {
        using var folder = new TemporaryFolder();
        string file = content is null ? folder["nothing"] : folder.Write("words", content == "long" ? new string('x', 1025) : content);
        using ServiceProvider provider = Provide(new() { ["FaceVault:Directory"] = "/faces", ["FaceVault:RootKey"] = "/a/door.key", ["FaceVault:PassphraseFile"] = file });
        OptionsValidationException wrong = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        string told = Assert.Single(wrong.Failures);
        Assert.StartsWith("FaceVault:PassphraseFile: The ", told, StringComparison.Ordinal);
        Assert.Contains(why, told, StringComparison.Ordinal);
        Assert.DoesNotContain("xxx", told, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_tenant_s_section_is_its_own_and_what_is_wrong_in_any_is_told()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Tenants:north:Directory"] = "/north",
            ["Tenants:north:RootKey"] = "/keys/north.key",
            ["Tenants:south:Directory"] = "/south",
            ["Tenants:east:MatchingThreads"] = "two",
        }).Build();
        var services = new ServiceCollection();
        foreach (IConfigurationSection tenant in configuration.GetSection("Tenants").GetChildren())
            services.AddFaceVault(tenant.Key, tenant);
        using ServiceProvider provider = services.BuildServiceProvider();

        AggregateException wrong = Assert.Throws<AggregateException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Equal(
            ["Tenants:east:Directory", "Tenants:east:MatchingThreads", "Tenants:east:RootKey", "Tenants:south:RootKey"],
            wrong.InnerExceptions.Cast<OptionsValidationException>().SelectMany(e => e.Failures).Select(f => f.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Equal("/north", provider.GetRequiredService<IOptionsMonitor<VaultOptions>>().Get("north").Directory);
        Assert.NotNull(provider.GetRequiredKeyedService<Vault>("north"));
    }

    [Fact]
    public void One_vault_has_one_section()
    {
        IConfiguration section = new ConfigurationBuilder().Build();
        IServiceCollection services = new ServiceCollection().AddFaceVault(section).AddFaceVault("north", section);
        Assert.Throws<InvalidOperationException>(() => services.AddFaceVault(section));
        Assert.Throws<InvalidOperationException>(() => services.AddFaceVault("north", section));
        Assert.Throws<ArgumentNullException>("section", () => services.AddFaceVault((IConfiguration)null!));
        Assert.Throws<ArgumentException>("serviceKey", () => services.AddFaceVault("", section));
    }

    [Fact]
    public void The_documented_keys_and_defaults_are_the_keys_and_defaults()
    {
        VaultOptions options = new();
        VaultSettings settings = VaultSettings.Read(new ConfigurationBuilder().Build());
        var defaults = new Dictionary<string, string>
        {
            ["Directory"] = "required",
            ["RootKey"] = "required",
            ["LockTimeout"] = $"`{options.LockTimeout:c}`",
            ["DrainTimeout"] = $"`{options.DrainTimeout:c}`",
            ["RequireLockedGalleries"] = options.RequireLockedGalleries ? "`true`" : "`false`",
            ["MatchingThreads"] = "all processors",
            ["MaxWaitingCallers"] = string.Create(CultureInfo.InvariantCulture, $"`{options.MaxWaitingCallers}`"),
            ["MaxTemplateCopiesPerDay"] = string.Create(CultureInfo.InvariantCulture, $"`{options.MaxTemplateCopiesPerDay}`"),
            ["ProcessingRecordYears"] = string.Create(CultureInfo.InvariantCulture, $"`{options.ProcessingRecordYears}`"),
            ["SweepPeriod"] = $"`{settings.SweepPeriod:c}`",
        };
        string[][] rows = [.. Repository.Lines("docs/hosting.md").SkipWhile(line => !line.StartsWith("| key ", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|').Select(cell => cell.Trim()).ToArray())];
        Assert.Equal(VaultSettings.Keys, rows.Select(row => row[1].Trim('`')));
        Assert.Equal(VaultSettings.Keys.Select(key => defaults.GetValueOrDefault(key, "none")), rows.Select(row => row[2]));
        Assert.Equal(Environment.ProcessorCount, options.MatchingThreads);
    }

    private static ServiceProvider Provide(Dictionary<string, string?> settings, Action<IServiceCollection>? also = null)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        IServiceCollection services = new ServiceCollection().AddSingleton(configuration).AddFaceVault(configuration.GetSection("FaceVault"));
        also?.Invoke(services);
        return services.BuildServiceProvider();
    }
}
