using System.Reflection;
using System.Xml.Linq;
using FaceVault.Storage;

namespace FaceVault.Tests.Conventions;

/// <summary>What users see: few types, each with a contract, in one namespace.</summary>
[Trait("Rule", "D3")]
public sealed class PublicSurfaceTests
{
    private static readonly Type[] Public = [.. typeof(VaultException).Assembly.GetExportedTypes().Where(type => !type.IsNested)];

    [Fact]
    public void Public_types_lie_in_one_namespace() => Assert.Empty(Public.Where(type => type.Namespace != "FaceVault").Select(type => type.FullName));

    /// <summary>A new public type is a promise: it is added to the list by hand, in a commit that somebody reads.</summary>
    [Fact]
    public void Every_public_type_is_on_the_list()
    {
        string[] listed = [.. Repository.Lines("tests/FaceVault.Tests/Conventions/PublicTypes.txt").Where(line => line.Length > 0)];
        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);
        Assert.Equal(listed, Public.Select(type => type.FullName!).Order(StringComparer.Ordinal));
    }

    /// <summary>A member is a promise too: what users call changes only together with the file, in a commit that somebody reads.</summary>
    [Fact]
    public void Every_public_member_is_on_the_list()
    {
        string[] listed = Repository.Lines("tests/FaceVault.Tests/Conventions/PublicMembers.txt");
        string[] found = [.. new[] { typeof(Vault).Assembly, typeof(FaceVaultHostingExtensions).Assembly }
            .SelectMany(assembly => new ShippedDocumentation(assembly).Members).Concat(typeof(CertificateFindings).GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Select(SurfaceText.Of).Order(StringComparer.Ordinal)];
        string[] changes = [.. found.Except(listed).Select(line => "+ " + line), .. listed.Except(found).Select(line => "- " + line)];
        Assert.True(changes.Length == 0, "PublicMembers.txt and the library differ:\n" + string.Join('\n', changes));
        Assert.Equal(found, listed);
    }

    /// <summary>Hosting is used by its one door; everything else of it is the application's own ASP.NET Core.</summary>
    [Fact]
    public void Hosting_has_one_public_type_and_depends_on_the_vault_and_the_framework_alone()
    {
        Assert.Equal([typeof(FaceVaultHostingExtensions)], typeof(FaceVaultHostingExtensions).Assembly.GetExportedTypes());
        XDocument project = XDocument.Parse(Repository.Read("src/FaceVault.Hosting/FaceVault.Hosting.csproj"));
        Assert.DoesNotContain(project.Descendants("PackageReference"), reference => reference.Attribute("PrivateAssets") is null);
        Assert.Equal(["../FaceVault/FaceVault.csproj", "Microsoft.AspNetCore.App"], project.Descendants()
            .Where(element => element.Name.LocalName is "ProjectReference" or "FrameworkReference").Select(element => (string)element.Attribute("Include")!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_documentation_shipped_with_the_library_describes_every_public_type()
    {
        string path = Path.ChangeExtension(typeof(VaultException).Assembly.Location, ".xml");
        var described = XDocument.Load(path).Descendants("member")
            .Where(member => member.Elements().Any(element => element.Value.Trim().Length > 10 || element.Name == "inheritdoc"))
            .Select(member => (string)member.Attribute("name")!).ToHashSet();
        Assert.Empty(Public.Select(type => "T:" + type.FullName).Except(described));
    }

    /// <summary>A package reference becomes a dependency of everybody who uses the library.</summary>
    [Fact]
    public void The_package_depends_on_what_the_library_uses_and_on_nothing_else()
    {
        string[] packages = [.. XDocument.Parse(Repository.Read("src/FaceVault/FaceVault.csproj")).Descendants("PackageReference")
            .Where(reference => reference.Attribute("PrivateAssets") is null)
            .Select(reference => (string)reference.Attribute("Include")!)];
        string[] used = [.. typeof(VaultException).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!)
            .Where(name => !File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll")))
            .Select(name => name.StartsWith("SQLitePCLRaw", StringComparison.Ordinal) ? "SQLitePCLRaw.bundle_e_sqlite3" : name)
            .Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(used, packages.Order(StringComparer.Ordinal));
    }

    /// <summary>No setting disables deletion (SPC 12): every switch there is stands here, and none of them touches it.</summary>
    [Fact]
    public void No_option_switches_deletion_off()
    {
        string[] switches = [.. Public.Where(type => type == typeof(VaultOptions) || typeof(IRootKeyStore).IsAssignableFrom(type))
            .SelectMany(type => type.GetProperties())
            .Where(property => property.PropertyType == typeof(bool) || property.PropertyType == typeof(bool?))
            .Select(property => property.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(["AllowEphemeral", "RequireLockedGalleries"], switches);
    }

    [Fact]
    public void Zero_is_never_a_success_in_a_public_enum_of_results()
    {
        string[] successes = ["Success", "Ok", "Valid", "Match", "Passed", "Done", "Active"];
        Assert.Empty(Public.Where(type => type.IsEnum).Where(type => successes.Contains(Enum.GetName(type, 0))).Select(type => type.FullName));
    }

    [Fact]
    public void A_class_that_holds_resources_is_sealed_or_meant_to_be_derived_from() =>
        Assert.Empty(Public.Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false } && !typeof(Exception).IsAssignableFrom(type)).Select(type => type.FullName));

    [Fact]
    public void No_public_member_takes_or_gives_a_key_as_an_array()
    {
        IEnumerable<string> found =
            from type in Public
            from member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where member is PropertyInfo { PropertyType: var kind } && kind == typeof(byte[]) || member is MethodInfo { ReturnType: var result } && result == typeof(byte[])
            where member.Name.Contains("Key", StringComparison.Ordinal) || member.Name.Contains("Secret", StringComparison.Ordinal) || member.Name.Contains("Seed", StringComparison.Ordinal)
            select $"{type.Name}.{member.Name}";
        Assert.Empty(found);
    }

    /// <summary>Each kind of store and root location in the library has its place in a conformance suite.</summary>
    [Theory]
    [InlineData(typeof(IKeyStoreLocation))]
    [InlineData(typeof(ITemplateStoreLocation))]
    [InlineData(typeof(IRootKeyStore))]
    public void Every_store_of_the_library_is_named_in_the_tests(Type contract)
    {
        string tests = string.Join('\n', Repository.Files("tests", ".cs").Where(path => !path.Contains("/Conventions/", StringComparison.Ordinal)).Select(Repository.Read));
        Type[] implementations = [.. typeof(VaultException).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && contract.IsAssignableFrom(type))];
        Assert.NotEmpty(implementations);
        Assert.Empty(implementations.Where(type => !tests.Contains(type.Name, StringComparison.Ordinal)).Select(type => type.FullName));
    }
}
