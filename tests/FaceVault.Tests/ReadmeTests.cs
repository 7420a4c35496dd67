using System.Text.RegularExpressions;
using FaceVault.Samples;
using FaceVault.Tests.Conventions;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void Every_attack_that_the_reviewer_s_guide_names_is_there()
    {
        string[] places = [.. Repository.Lines("docs/review.md").SkipWhile(line => !line.StartsWith("| claim", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[3])];
        Assert.InRange(places.Length, 10, 30);
        string[] files = [.. Repository.Files("", "")];
        string[] named = [.. places.SelectMany(place => place.Split('`').Where((_, i) => i % 2 == 1)).Select(name => name.TrimEnd('*'))];
        string[] missing = [.. named.Where(name => !files.Any(file => file.Contains("/" + name, StringComparison.Ordinal) || file.StartsWith(name, StringComparison.Ordinal)))];
        Assert.Empty(missing);
    }

    [Fact]
    public async Task The_reviewer_s_attack_is_refused()
    {
        using var folder = new Cli.TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, 2);
        await test.EnrollAsync(2);
        await test.Vault.DisposeAsync();
        Vault Open(string directory)
        {
            VaultOptions options = test.Options(VaultAccess.ReadWrite);
            options.Directory = directory;
            return new Vault(options);
        }

        Assert.Equal("refused: StoreRolledBack", await OwnAttack.RunAsync(Open, folder["vault"], folder["stolen"], new ConsentId("c-1")));
    }

    [Fact]
    public async Task The_sample_finds_the_person_and_ends_with_a_certificate_that_holds()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("facevault-readme-");
        try
        {
            float[] embedding = [.. Enumerable.Range(0, 512).Select(i => MathF.Sin(i))];
            (IReadOnlyList<Match> found, bool holds) = await ReadmeSample.RunAsync(
                Path.Combine(folder.FullName, "faces"), Path.Combine(folder.FullName, "a.key"), Path.Combine(folder.FullName, "b.key"), new string('0', 64), embedding, embedding);
            Assert.Equal("c-17", Assert.Single(found).Consent.DangerousValue());
            Assert.True(holds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_sample_takes_at_most_forty_lines() =>
        Assert.InRange(Repository.Lines("README.md").SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```").Count(), 1, 40);

    [Fact]
    public void Set_up_is_two_commands()
    {
        string readme = Repository.Read("README.md");
        string block = Regex.Match(readme, "```sh\n(?<commands>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["commands"].Value;
        Assert.Equal(["eng/demo.sh", "eng/test.sh"], block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void Every_link_of_the_documentation_leads_somewhere()
    {
        var broken =
            from path in Repository.Files("", ".md")
            from System.Text.RegularExpressions.Match link in Regex.Matches(Repository.Read(path), @"\]\((?<target>[^)#:\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            let target = Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, link.Groups["target"].Value)
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{path}: {link.Value}";
        Assert.Empty(broken);
    }
}
