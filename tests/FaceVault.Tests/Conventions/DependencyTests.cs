using System.Text.RegularExpressions;
using FaceVault.Cryptography;
using Xunit.Abstractions;

namespace FaceVault.Tests.Conventions;

/// <summary>Who may use whom: a folder of the library is a concept, and the compiled assembly shows what each one mentions. A type belongs to the folder its file lies in.</summary>
public sealed partial class DependencyTests(ITestOutputHelper output)
{
    private const string Front = "(front)";

    /// <summary>Direct permissions. What a folder may use, its users may mention too: they meet it in the signatures.</summary>
    private static readonly Dictionary<string, string[]> Direct = new()
    {
        ["Interop"] = [],
        ["Storage"] = ["Interop"],
        ["Cryptography"] = ["Interop"],
        ["Telemetry"] = ["Cryptography"],
        ["Consents"] = ["Cryptography", "Telemetry"],
        ["Rules"] = ["Cryptography", "Consents"],
        ["Templates"] = ["Cryptography", "Consents"],
        ["Keys"] = ["Cryptography", "Storage", "Interop"],
        ["Ledger"] = ["Cryptography", "Storage", "Interop"],
        ["Records"] = ["Cryptography", "Storage", "Consents"],
        ["Commits"] = ["Keys", "Ledger", "Storage", "Templates", "Cryptography", "Records"],
        ["Erasure"] = ["Commits", "Ledger", "Consents"],
        ["Matching"] = ["Templates", "Keys", "Storage", "Cryptography", "Interop", "Records"],
        ["Calibration"] = ["Consents"],
        [Front] = ["Erasure", "Matching", "Calibration", "Rules"],
        ["DependencyInjection"] = [Front],
    };

    /// <summary>Failures and their messages belong to everybody.</summary>
    private static readonly string[] Common =
        ["FaceVault.Error", "FaceVault.VaultException", "FaceVault.VaultErrorCode", "FaceVault.ErasureIncompleteException"];

    private static string Library => typeof(VaultException).Assembly.Location;

    [Fact]
    public void Every_folder_mentions_only_the_folders_below_it()
    {
        SortedDictionary<string, string> folders = FoldersOfTypes();
        using var references = new TypeReferences(Library);
        var uses = new SortedSet<string>(StringComparer.Ordinal);
        var violations = new List<string>();
        foreach ((string type, HashSet<string> mentioned) in references.Read())
        {
            if (!folders.TryGetValue(type, out string? user))
                continue;
            foreach (string other in mentioned.Where(name => folders.ContainsKey(name) && !Common.Contains(name)))
            {
                string used = folders[other];
                if (used == user)
                    continue;
                uses.Add($"{user} → {used}");
                if (!Allowed(user).Contains(used))
                    violations.Add($"{type} ({user}) mentions {other} ({used})");
            }
        }

        output.WriteLine(string.Join('\n', uses));
        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    [Fact]
    public void Every_type_of_the_assembly_has_a_file_in_a_known_folder()
    {
        SortedDictionary<string, string> folders = FoldersOfTypes();
        using var references = new TypeReferences(Library);
        string[] homeless = [.. references.Read().Keys.Where(type => type.StartsWith("FaceVault.", StringComparison.Ordinal) && !folders.ContainsKey(type))];
        Assert.Empty(homeless);
        Assert.Empty(folders.Values.Except(Direct.Keys));
    }

    [Fact]
    public void Native_calls_stand_in_interop_alone()
    {
        SortedDictionary<string, string> folders = FoldersOfTypes();
        using var references = new TypeReferences(Library);
        Assert.All(references.NativeCallers(), type => Assert.Equal("Interop", folders[type]));
        Assert.Contains("FaceVault.Interop.Libsodium", references.NativeCallers());
    }

    [Fact]
    public void Nothing_is_serialised_by_reflection()
    {
        using var references = new TypeReferences(Library);
        Assert.DoesNotContain("System.Text.Json.JsonSerializer", references.Read().Values.SelectMany(names => names));
    }

    [Fact]
    public void The_permissions_have_no_cycle() => Assert.All(Direct.Keys, folder => Assert.DoesNotContain(folder, Allowed(folder)));

    [Fact]
    public void The_reader_sees_into_lambdas_iterators_async_methods_and_attributes()
    {
        using var references = new TypeReferences(typeof(DependencyTests).Assembly.Location);
        HashSet<string> seen = references.Read()[typeof(Mentions).FullName!];
        Assert.Contains("FaceVault.Cryptography.SecretKey", seen);
        Assert.Contains("FaceVault.Cryptography.SecureRandom", seen);
        Assert.Contains("FaceVault.Cryptography.Aead", seen);
        Assert.Contains("FaceVault.VaultException", seen);
        Assert.Contains("FaceVault.VaultErrorCode", seen);
        Assert.Contains("FaceVault.Cryptography.SecretBuffer", seen);
    }

    private static HashSet<string> Allowed(string folder)
    {
        var allowed = new HashSet<string>();
        var open = new Queue<string>(Direct.GetValueOrDefault(folder, []));
        while (open.TryDequeue(out string? next))
        {
            if (allowed.Add(next))
            {
                foreach (string further in Direct[next])
                    open.Enqueue(further);
            }
        }

        return allowed;
    }

    private static SortedDictionary<string, string> FoldersOfTypes()
    {
        var folders = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Repository.Files("src/FaceVault", ".cs"))
        {
            string[] parts = file.Split('/');
            string folder = parts.Length == 3 || parts[2] == "Operations" ? Front : parts[2]; // what the methods of Vault do, one file each
            string source = Repository.Read(file);
            string space = Namespace().Match(source).Groups["space"].Value;
            foreach (System.Text.RegularExpressions.Match declaration in Declaration().Matches(source))
            {
                string arity = declaration.Groups["parameters"].Success ? "`" + declaration.Groups["parameters"].Value.Split(',').Length : "";
                string name = $"{space}.{declaration.Groups["name"].Value}{arity}";
                if (folders.TryGetValue(name, out string? other))
                    Assert.True(other == folder, $"{name} stands in {other} and in {folder}.");
                folders[name] = folder;
            }
        }

        return folders;
    }

    [GeneratedRegex(@"^namespace (?<space>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();

    /// <summary>Declarations at the left margin are the outermost types of a file with a file-scoped namespace.</summary>
    [GeneratedRegex(@"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe) )*(?:record struct|record class|record|class|struct|interface|enum|delegate [\w<>\[\],?. ]+?) (?<name>\w+)(?:<(?<parameters>[^>]+)>)?", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Declaration();
}

/// <summary>Mentions one type in each place that a careless reader of metadata would overlook.</summary>
internal sealed class Mentions
{
    public static Action Lambda() => () => SecretKey.Random().Dispose();

    public static IEnumerable<int> Iterator()
    {
        yield return SecureRandom.Below(3);
    }

    public static async Task<int> AsyncMethod()
    {
        await Task.Yield();
        return Aead.Overhead + Aead.TryOpen(new byte[32], [], [], []).GetHashCode();
    }

    public static bool Handler(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (VaultException)
        {
            return false;
        }
    }

    public static string Argument() => Enum.GetName<VaultErrorCode>(default)! + new List<SecretBuffer[]>().Count;
}
