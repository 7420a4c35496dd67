using System.Globalization;
using System.Text;
using System.Text.Json;
using FaceVault.Cli;
using FaceVault.Cli.Demo;

namespace FaceVault.Tests.Cli;

/// <summary>A vault made on the command line, in a folder of its own, with what most tests need beside it.</summary>
internal sealed class CliVault : IDisposable
{
    public const int Dimensions = 64;

    private static readonly SyntheticFaces Faces = new(Dimensions, 1);

    public required TemporaryFolder Folder { get; init; }

    public string Path { get; private init; } = "";

    public string Root => Folder["root.key"];

    /// <summary>The verifier key that <c>init</c> printed.</summary>
    public string Key { get; private set; } = "";

    /// <summary>A new vault with the purpose <c>door</c> of the given kind.</summary>
    /// <summary>When people consented, where a test does not say otherwise: the beginning of yesterday.</summary>
    public static string Given { get; } = TimeProvider.System.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd'T'00:00:00'Z'", CultureInfo.InvariantCulture);

    public static async Task<CliVault> CreateAsync(string kind = "identification", string encoding = "float32", string? mirror = null, string? at = null, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        var folder = new TemporaryFolder();
        var vault = new CliVault { Folder = folder, Path = at ?? folder["vault"] };
        Answer made = await Run.At(clock, ["init", vault.Path, "--root", vault.Root, "--single-root", "--allow-ephemeral-root", "--json", .. mirror is null ? (string[])["--no-mirror"] : ["--mirror", mirror]]);
        Assert.Equal("", made.Error);
        Assert.Equal(ExitCode.Done, made.ExitCode);
        using JsonDocument result = JsonDocument.Parse(made.Out);
        vault.Key = result.RootElement.GetProperty("verifierKey").GetString()!;
        Answer added = await Run.At(clock, "purpose", "add", vault.Path, vault.Folder.Write("door.json", Purpose("door", kind, encoding)));
        Assert.Equal((ExitCode.Done, ""), (added.ExitCode, added.Error));
        return vault;
    }

    public static string Purpose(string id, string kind = "identification", string encoding = "float32") => $$"""
        { "id": "{{id}}", "kind": "{{kind}}", "description": "Opens a door.", "necessity": "Security concept 4.2.",
          "models": [ { "name": "m", "dimensions": {{Dimensions}}, "encoding": "{{encoding}}" } ], "maxRetention": "P1Y", "evidenceRetention": "P3Y",
          "alternatives": [ "A card." ], "assessment": "IA-1", "notice": { "language": "en", "sha256": "{{new string('0', 64)}}" }, "profile": "baseline" }
        """;

    /// <summary>Runs <c>command… VAULT rest…</c>; the vault's folder is put after the words of the command.</summary>
    public Task<Answer> RunAsync(params string[] args) => RunWithAsync("", args);

    public Task<Answer> RunWithAsync(string stdin, params string[] args)
    {
        int words = args[0] is "purpose" or "consent" or "mirror" or "root" or "hold" ? 2 : 1;
        return Run.With(stdin, [.. args[..words], Path, .. args[words..]]);
    }

    /// <summary>A grant as JSON, given in the past and ending in the future.</summary>
    public static string Grant(string id, string subject, string purpose = "door", string? given = null, string expires = "2099-01-01T00:00:00Z") => $$"""
        { "id": "{{id}}", "subject": "{{subject}}", "purpose": "{{purpose}}", "given": "{{given ?? Given}}", "expires": "{{expires}}",
          "notice": { "language": "en", "sha256": "{{new string('0', 64)}}", "shown": "{{given ?? Given}}" }, "form": "written", "ageBand": "adult",
          "interaction": "i-{{id}}", "evidenceSha256": "{{new string('b', 64)}}" }
        """;

    /// <summary>Vectors and labels: several images of each of several people, rows in the order of the images.</summary>
    public (string Npy, string Labels) MakeFaces(int people, int images)
    {
        string npy = Folder.Write($"faces-{people}-{images}.npy", Npy.Of(people * images, Dimensions, (row, column) => Faces.Image(row % people, row / people)[column]));
        var labels = new StringBuilder("row,identity,image\n");
        for (int row = 0; row < people * images; row++)
            labels.Append($"{row},person-{row % people},image-{row}\n");
        return (npy, Folder.Write($"labels-{people}-{images}.csv", labels.ToString()));
    }

    /// <summary>Imports the first image of each person under synthetic consents.</summary>
    public async Task<(string Npy, string Labels)> ImportAsync(int people, int images = 2)
    {
        (string npy, string labels) = MakeFaces(people, images);
        Answer answer = await RunAsync("import", "--purpose", "door", "--npy", npy, "--labels", labels, "--synthetic-consents", "--select", "first");
        Assert.True(answer.ExitCode == ExitCode.Done, answer.Error);
        return (npy, labels);
    }

    public void Dispose() => Folder.Dispose();
}
