using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FaceVault.Tests.Conventions;

/// <summary>The comments that are shipped with the packages are contracts: each public member says what it is, what goes in, what comes out and what may fail.</summary>
public sealed partial class PublicDocumentationTests
{
    /// <summary>Words that tell nothing.</summary>
    private static readonly string[] Empty = ["the", "a", "an", "of", "it", "its", "this", "is", "are", "to", "in", "for", "gets", "sets", "whether", "returns"];

    private static readonly Type[] SaidOnce = [typeof(VaultException), typeof(ObjectDisposedException)];

    public static TheoryData<string> Packages => ["FaceVault", "FaceVault.Hosting"];

    private static ShippedDocumentation Read(string package) =>
        new(package == "FaceVault" ? typeof(Vault).Assembly : typeof(FaceVaultHostingExtensions).Assembly);

    [Theory]
    [MemberData(nameof(Packages))]
    public void Each_public_type_and_member_says_more_than_its_name(string package)
    {
        ShippedDocumentation shipped = Read(package);
        None(shipped.Members.Concat(shipped.Types).Where(member => !SaysSomething(member, shipped)));
    }

    /// <summary>One parameter beside the token, or none, may be told by the summary.</summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public void Each_parameter_of_several_is_described(string package)
    {
        ShippedDocumentation shipped = Read(package);
        None(from method in shipped.Members.OfType<MethodBase>()
             let parameters = method.GetParameters()
             where parameters.Length > 1 && shipped.Find(method)?.Element("inheritdoc") is null
             from parameter in parameters
             where shipped.Find(method)?.Elements("param").FirstOrDefault(e => (string?)e.Attribute("name") == parameter.Name) is not { } said || Words(said.Value).Count == 0
             select $"{ShippedDocumentation.IdOf(method)}: {parameter.Name}");
    }

    [Fact]
    public void Each_asynchronous_call_says_what_it_gives_and_how_it_fails()
    {
        ShippedDocumentation shipped = Read("FaceVault");
        None(from method in shipped.Members.OfType<MethodInfo>()
             where method.DeclaringType == typeof(Vault) || method.DeclaringType == typeof(Gallery)
             where IsAsynchronous(method.ReturnType)
             from element in method.ReturnType == typeof(Task) ? (string[])["exception"] : ["exception", "returns"]
             where shipped.Text(method, element).Length == 0
             select $"{ShippedDocumentation.IdOf(method)}: {element}");
    }

    /// <summary>What all calls of a vault or a gallery may throw stands at the type.</summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public void Each_member_names_the_exceptions_that_it_makes(string package)
    {
        ShippedDocumentation shipped = Read(package);
        None(from member in shipped.Members
             where member is MethodBase or PropertyInfo && shipped.Find(member)?.Element("inheritdoc") is null
             from thrown in ThrownExceptions.Of(member)
             where !(SaidOnce.Contains(thrown) && (member.DeclaringType == typeof(Vault) || member.DeclaringType == typeof(Gallery)))
             where !shipped.Exceptions(member).Any(named => IsOrDerives(thrown, named))
             select $"{ShippedDocumentation.IdOf(member)}: {thrown.Name}");

        static bool IsOrDerives(Type? type, string name) => type is not null && (type.FullName == name || IsOrDerives(type.BaseType, name));
    }

    /// <summary>Data that cannot change is nobody's and everybody's; whatever else a user holds says which threads may.</summary>
    [Fact]
    public void Each_class_that_is_no_plain_data_says_how_threads_may_use_it()
    {
        ShippedDocumentation shipped = Read("FaceVault");
        None(from type in shipped.Types
             where type is { IsAbstract: false, IsEnum: false } or { IsInterface: true }
             where !typeof(Exception).IsAssignableFrom(type) && type.GetMethod("<Clone>$") is null && !type.IsValueType
             where !Threads().IsMatch(shipped.Text(type, "summary", "remarks"))
             select type.Name);
    }

    [Fact]
    public void Each_option_says_its_default_or_that_there_is_none()
    {
        ShippedDocumentation shipped = Read("FaceVault");
        PropertyInfo[] options = [.. typeof(VaultOptions).GetProperties()];
        Assert.NotEmpty(options);
        None(options.Where(option => !Default().IsMatch(shipped.Text(option, "summary", "remarks"))));
    }

    private static bool SaysSomething(MemberInfo member, ShippedDocumentation shipped)
    {
        XElement? entry = shipped.Find(member);
        if (entry?.Element("inheritdoc") is not null)
            return true;
        string[] name = [.. Parts().Matches(member.Name).Select(part => part.Value.ToLowerInvariant())];
        return Words(shipped.Text(member, "summary")).Any(word => !name.Contains(word) && !name.Contains(word.TrimEnd('s')));
    }

    private static List<string> Words(string text) =>
        [.. Word().Matches(text).Select(word => word.Value.ToLowerInvariant()).Where(word => !Empty.Contains(word))];

    private static bool IsAsynchronous(Type result) =>
        result == typeof(Task) || result.IsGenericType && result.GetGenericTypeDefinition() is { Name: var name } && name is "Task`1" or "ValueTask`1" or "IAsyncEnumerable`1";

    private static void None(IEnumerable<MemberInfo> found) => None(found.Select(ShippedDocumentation.IdOf));

    private static void None(IEnumerable<string> found)
    {
        string[] all = [.. found.Order(StringComparer.Ordinal)];
        Assert.True(all.Length == 0, $"{all.Length}:\n{string.Join('\n', all)}");
    }

    [GeneratedRegex("[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")]
    private static partial Regex Parts();

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex("[Tt]hread|Immutable")]
    private static partial Regex Threads();

    [GeneratedRegex("[Dd]efault|Required|empty list means")]
    private static partial Regex Default();
}
