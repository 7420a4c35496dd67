using System.Reflection;
using System.Text.RegularExpressions;

namespace FaceVault.Tests.Conventions;

/// <summary>What the documents name exists: a reader who types a name from them finds it.</summary>
public sealed partial class DocumentNameTests
{
    /// <summary>Names of .NET, ASP.NET Core, OpenTelemetry and systemd that only documents speak of.</summary>
    private static readonly string[] Elsewhere = ["FullyQualifiedName", "ConcurrentGarbageCollection", "MemoryDenyWriteExecute", "AddMeter", "AddSource", "PublishTrimmed", "RouteHandlerOptions"];

    private static readonly Type[] Public = typeof(Vault).Assembly.GetExportedTypes();

    /// <summary>Decisions and the changelog tell what was; everything else tells what is.</summary>
    private static IEnumerable<(string File, string Code)> Spans() =>
        from file in Repository.Files("docs", ".md").Where(path => !path.StartsWith("docs/decisions/", StringComparison.Ordinal)).Concat(["README.md", "SECURITY.md"])
        from System.Text.RegularExpressions.Match span in Span().Matches(Fence().Replace(Repository.Read(file), ""))
        select (file, span.Groups["code"].Value);

    [Fact]
    public void A_name_in_a_document_stands_in_the_sources()
    {
        var known = Repository.Files("src", ".cs").Concat(Repository.Files("tests", ".cs")).SelectMany(path => Word().Matches(Repository.Read(path))).Select(word => word.Value).ToHashSet(StringComparer.Ordinal);
        string[] unknown = [.. from span in Spans()
                               from System.Text.RegularExpressions.Match name in Name().Matches(span.Code)
                               where !known.Contains(name.Value) && !Elsewhere.Contains(name.Value)
                               select $"{span.File}: {name.Value}"];
        Assert.True(unknown.Length == 0, string.Join('\n', unknown.Distinct()));
    }

    [Fact]
    public void A_member_that_a_document_names_is_one_of_its_type()
    {
        string[] unknown = [.. from span in Spans()
                               from System.Text.RegularExpressions.Match member in Member().Matches(span.Code)
                               let type = Array.Find(Public, type => type.Name == member.Groups["type"].Value)
                               where type is not null
                               where type.GetMember(member.Groups["member"].Value, BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy).Length == 0
                               select $"{span.File}: {member.Value}"];
        Assert.True(unknown.Length == 0, string.Join('\n', unknown.Distinct()));
    }

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`(?<code>[^`\n]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Span();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    /// <summary>Two humps or more, and nothing that belongs to a path, a file or a variable.</summary>
    [GeneratedRegex(@"(?<![\w/.~$-])I?[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+(?![\w/-]|\.(?:md|cs|db|json|sh|dll))")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<![\w/.])(?<type>[A-Z]\w+)\.(?<member>[A-Z]\w+)(?![\w/])", RegexOptions.ExplicitCapture)]
    private static partial Regex Member();
}
