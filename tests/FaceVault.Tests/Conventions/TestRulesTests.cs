using System.Reflection;

namespace FaceVault.Tests.Conventions;

/// <summary>What the tests themselves keep to.</summary>
public sealed class TestRulesTests
{
    private static IEnumerable<(MethodInfo Method, CustomAttributeData Fact)> Tests =>
        from type in typeof(TestRulesTests).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        from attribute in method.GetCustomAttributesData()
        where typeof(FactAttribute).IsAssignableFrom(attribute.AttributeType)
        select (method, attribute);

    /// <summary>A test may find at run time that a thing of the world is absent, and say so; it may not be switched off.</summary>
    [Fact]
    public void No_test_is_switched_off() =>
        Assert.Empty(Tests.Where(test => test.Fact.NamedArguments.Any(argument => argument.MemberName == "Skip")).Select(test => test.Method.Name));

    [Fact]
    public void Names_of_tests_are_sentences() =>
        Assert.Empty(Tests.Where(test => test.Method.Name.Split('_').Length < 3 || !char.IsUpper(test.Method.Name[0])).Select(test => $"{test.Method.DeclaringType!.Name}.{test.Method.Name}"));

    /// <summary>A child process and two tests at once are too much for two cores, and a child holds every open file for a moment.</summary>
    [Fact]
    public void Whoever_starts_a_process_or_mounts_a_disk_does_so_alone()
    {
        Type[] helpers = [typeof(System.Diagnostics.Process), typeof(Child), typeof(Cli.RealProcess), typeof(SmallDisk), typeof(SmallDiskFactAttribute)];
        using var references = new TypeReferences(typeof(TestRulesTests).Assembly.Location);
        HashSet<string> testClasses = [.. Tests.Select(test => test.Method.DeclaringType!.FullName!)];
        Assert.Empty(
            from user in references.Read()
            where user.Key != typeof(TestRulesTests).FullName && testClasses.Contains(user.Key) && user.Value.Overlaps(helpers.Select(helper => helper.FullName!))
            let collection = typeof(TestRulesTests).Assembly.GetType(user.Key)!.GetCustomAttributesData().FirstOrDefault(a => a.AttributeType == typeof(CollectionAttribute))
            where (string?)collection?.ConstructorArguments[0].Value != Alone.Name
            select user.Key);
    }

    [Fact]
    public void Every_test_class_is_public_or_it_would_never_run() =>
        Assert.Empty(Tests.Select(test => test.Method.DeclaringType!).Distinct().Where(type => type is { IsVisible: false, IsAbstract: false }).Select(type => type.FullName));
}
