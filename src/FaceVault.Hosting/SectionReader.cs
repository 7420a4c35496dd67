using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace FaceVault.Hosting;

/// <summary>Reads keys of a configuration section strictly and collects everything that is wrong, each a sentence that names the key in full.</summary>
internal sealed class SectionReader(IConfiguration section)
{
    private static readonly string[] GalleryKeys = ["Purpose", "Model", "Mode"];

    private readonly List<string> problems = [];

    public IReadOnlyList<string> Problems => problems;

    /// <summary>A key that nobody reads is a mistake: a misspelled list of mirrors would be no mirrors.</summary>
    public void RefuseOthers(IReadOnlyList<string> keys) =>
        problems.AddRange(section.GetChildren().Where(child => !keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase)).Select(child => Error.KeyUnknown(child.Path)));

    public string? Text(string key)
    {
        IConfigurationSection child = section.GetSection(key);
        if (child.GetChildren().Any())
            problems.Add(Error.OneValue(child.Path));
        return string.IsNullOrWhiteSpace(child.Value) ? null : child.Value;
    }

    /// <summary>A list, or one value in its place.</summary>
    public string[] Texts(string key) => [.. Elements(key).Select(element => element.Value ?? "").Where(text => text.Length > 0)];

    public TimeSpan? Duration(string key, bool zero = false, TimeSpan? most = null)
    {
        if (Text(key) is not { } text)
            return null;
        // A number without a colon would be days.
        if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value)
            && (value > TimeSpan.Zero || (zero && value == TimeSpan.Zero)) && value <= (most ?? TimeSpan.MaxValue))
            return value;
        problems.Add(Error.DurationRefused(section.GetSection(key).Path, most));
        return null;
    }

    public int? Number(string key, int most, int least = 1)
    {
        if (Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
            return value;
        problems.Add(Error.NumberRefused(section.GetSection(key).Path, least, most));
        return null;
    }

    public bool? Switch(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (bool.TryParse(text, out bool value))
            return value;
        problems.Add(Error.SwitchRefused(section.GetSection(key).Path));
        return null;
    }

    public ConfiguredGallery[] Galleries(string key)
    {
        var galleries = new List<ConfiguredGallery>();
        foreach (IConfigurationSection element in Elements(key, objects: true))
        {
            string? purpose = element.Value ?? element["Purpose"];
            GalleryMode mode = ModeOf(element["Mode"]);
            bool known = mode != GalleryMode.None && element.GetChildren().All(child => GalleryKeys.Contains(child.Key, StringComparer.OrdinalIgnoreCase));
            try
            {
                if (known && purpose is not null)
                {
                    galleries.Add(new ConfiguredGallery(element.Path, new PurposeId(purpose), element["Model"], mode));
                    continue;
                }
            }
            catch (ArgumentException)
            {
                // told below
            }

            problems.Add(Error.GalleryRefused(element.Path));
        }

        return [.. galleries];
    }

    private static GalleryMode ModeOf(string? text) => text?.ToUpperInvariant() switch
    {
        null or "OPEN" => GalleryMode.Open,
        "SEALED" => GalleryMode.Sealed,
        _ => GalleryMode.None,
    };

    private IConfigurationSection[] Elements(string key, bool objects = false)
    {
        IConfigurationSection child = section.GetSection(key);
        IConfigurationSection[] elements = [.. child.GetChildren()];
        if (elements.Length == 0)
            return string.IsNullOrWhiteSpace(child.Value) ? [] : [child];
        problems.AddRange(elements.Where(e => string.IsNullOrWhiteSpace(e.Value) && !(objects && e.GetChildren().Any())).Select(e => Error.TextMissing(e.Path)));
        return [.. elements.Where(e => !string.IsNullOrWhiteSpace(e.Value) || (objects && e.GetChildren().Any()))];
    }
}
