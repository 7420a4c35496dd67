using System.Reflection;
using System.Text.RegularExpressions;

namespace FaceVault.Tests.Conventions;

/// <summary>Every message of the library: a full sentence, with nothing in it that could name a person or show a key or a score.</summary>
public sealed partial class MessageTests
{
    private static readonly MethodInfo[] Factories = [.. typeof(VaultException).Assembly.GetType("FaceVault.Error")!
        .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)];

    private static readonly Dictionary<Type, object?> Samples = new()
    {
        [typeof(string)] = "sample",
        [typeof(int)] = 3,
        [typeof(int?)] = 3,
        [typeof(long)] = 3L,
        [typeof(long?)] = 3L,
        [typeof(bool)] = true,
        [typeof(Exception)] = null,
    };

    [Fact]
    public void No_message_can_be_given_an_identifier_a_score_or_bytes()
    {
        Type[] unspeakable = [typeof(SubjectId), typeof(ConsentId), typeof(float), typeof(double), typeof(byte[]), typeof(ReadOnlySpan<byte>), typeof(ReadOnlyMemory<byte>), typeof(ConsentGrant), typeof(ConsentReceipt)];
        Assert.Empty(Factories.Where(factory => factory.GetParameters().Any(parameter => unspeakable.Contains(parameter.ParameterType))).Select(factory => factory.Name));
    }

    [Fact]
    public void Every_message_is_one_or_more_full_sentences()
    {
        string[] messages = [.. Factories.Where(CanBeCalled).SelectMany(Texts)];
        Assert.True(messages.Length > 80, $"only {messages.Length} messages were made");
        Assert.All(messages, message => Assert.Matches(Sentence(), message));
    }

    [Fact]
    public void A_refusal_names_its_rule_its_reason_and_what_to_do()
    {
        Violation[] violations = [.. Factories.Where(factory => factory.ReturnType == typeof(Violation) && CanBeCalled(factory)).Select(factory => (Violation)Call(factory)!)];
        Assert.True(violations.Length > 20);
        Assert.All(violations, violation =>
        {
            Assert.NotEqual(ViolationCode.None, violation.Code);
            Assert.Matches("^[CPSD][0-9]{1,2}$|^sample$", violation.Rule);
            Assert.NotEqual("", violation.Reason);
            Assert.NotEqual("", violation.Remedy);
        });
    }

    private static bool CanBeCalled(MethodInfo factory) => !factory.ContainsGenericParameters && factory.GetParameters().All(parameter => parameter.HasDefaultValue || Samples.ContainsKey(parameter.ParameterType));

    private static object? Call(MethodInfo factory) =>
        factory.Invoke(null, [.. factory.GetParameters().Select(parameter => Samples.TryGetValue(parameter.ParameterType, out object? sample) && sample is not null ? sample : parameter.HasDefaultValue ? parameter.DefaultValue : new IOException("The first cause."))]);

    private static IEnumerable<string> Texts(MethodInfo factory) => Call(factory) switch
    {
        ArgumentException { ParamName: { } name } misuse => [misuse.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal).Split(Environment.NewLine)[0]],
        Exception failure => [failure.Message],
        Violation violation => [violation.Reason, violation.Remedy],
        _ => [],
    };

    /// <summary>Begins with a capital and ends with a full stop, or with a sample that stands for a sentence.</summary>
    [GeneratedRegex(@"^(\p{Lu}|sample|3)(.*([.)]|sample))?$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Sentence();
}
