using System.Globalization;

namespace FaceVault.Benchmarks.Peers;

/// <summary>What <c>peers</c> is asked for.</summary>
internal sealed record PeerOptions
{
    public int Templates { get; private init; } = 1_000_000;

    public int Dimensions { get; private init; } = 512;

    public IReadOnlyList<int> Probes { get; private init; } = [1, 64, 256];

    public int Threads { get; private init; } = 1;

    /// <summary>Rounds of the fast contestants; 15, below 200,000 templates 5.</summary>
    public int Rounds { get; private init; }

    /// <summary>Contestants by their names in the table; empty for all.</summary>
    public IReadOnlyList<string> Only { get; private init; } = [];

    public string? Json { get; private init; }

    public string? Svg { get; private init; }

    public const string Usage =
        "usage: peers [--templates N] [--dimensions D] [--probes 1,64,256] [--threads 1] [--rounds R] [--only ENGINE,…] [--json FILE] [--svg FILE]";

    /// <exception cref="FormatException">An option is not known, or its value is out of range; the message says which.</exception>
    public static PeerOptions Parse(string[] arguments)
    {
        var options = new PeerOptions();
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string name = arguments[i], value = i + 1 < arguments.Length ? arguments[i + 1] : throw new FormatException($"{name} needs a value.");
            options = name switch
            {
                "--templates" => options with { Templates = Number(name, value, 1_000, 20_000_000) },
                "--dimensions" => options with { Dimensions = Number(name, value, 64, 4_096) },
                "--probes" => options with { Probes = [.. value.Split(',').Select(p => Number(name, p, 1, 256)).Distinct().Order()] },
                "--threads" => options with { Threads = Number(name, value, 1, 256) },
                "--rounds" => options with { Rounds = Number(name, value, 1, 1_000) },
                "--only" => options with { Only = value.Split(',') },
                "--json" => options with { Json = value },
                "--svg" => options with { Svg = value },
                _ => throw new FormatException($"{name} is no option."),
            };
        }

        return options.Rounds > 0 ? options : options with { Rounds = options.Templates < 200_000 ? 5 : 15 };
    }

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{name} takes a whole number from {least} to {most}.");
}
