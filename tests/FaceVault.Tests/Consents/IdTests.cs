using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FaceVault.Tests.Consents;

public class IdTests
{
    private const string Secret = "emp-1042-canary";

    public static TheoryData<object> Silent() => [new SubjectId(Secret), new ConsentId(Secret), GrantOf(Secret), ReceiptOf(Secret)];

    [Theory]
    [MemberData(nameof(Silent))]
    public void Printing_formatting_and_interpolating_never_shows_an_identifier(object value)
    {
        string[] shown =
        [
            $"{value}", value.ToString()!, string.Format(null, "{0}", value), string.Concat(value, "."), new { Id = value }.ToString()!,
            (value, 1).ToString(), new[] { value }.Aggregate("", (all, one) => all + one),
        ];
        Assert.DoesNotContain(shown, text => text.Contains("canary", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Silent))]
    public void Logging_never_shows_an_identifier(object value)
    {
        var log = new ListLogger();
        log.LogInformation("Consent {Id} of {Subject}", value, value);
        log.LogError(new InvalidOperationException($"about {value}"), "Failed for {@Id}", value);
        Assert.Equal(2, log.Lines.Count);
        Assert.DoesNotContain(log.Lines, text => text.Contains("canary", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Silent))]
    public void Serialising_by_default_is_refused_and_shows_nothing(object value)
    {
        foreach (object shape in new[] { value, new[] { value }, new { Id = value }, new Dictionary<string, object> { ["id"] = value } })
        {
            var refusal = Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(shape));
            Assert.DoesNotContain("canary", refusal.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Serialising_as_a_key_or_reading_by_default_is_refused()
    {
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new Dictionary<SubjectId, int> { [new SubjectId(Secret)] = 1 }));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<SubjectId>("\"a\""));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<Dictionary<ConsentId, int>>("{\"a\":1}"));
    }

    [Theory]
    [InlineData(typeof(SubjectId))]
    [InlineData(typeof(ConsentId))]
    public void Silent_identifiers_have_no_public_property_or_field_that_a_walker_could_find(Type type)
    {
        Assert.Empty(type.GetProperties());
        Assert.Empty(type.GetFields());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085")]
    public void Text_that_is_empty_or_not_printable_is_refused_without_repeating_it(string text)
    {
        foreach (Func<object> make in new Func<object>[] { () => new SubjectId(text), () => new ConsentId(text), () => new PurposeId(text) })
        {
            var refusal = Assert.Throws<ArgumentException>(make);
            Assert.Equal("value", refusal.ParamName);
        }
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused()
    {
        foreach (string text in new[] { "\ud800x", "x\udc00", "x\ud800", "\udc00\ud800" })
            Assert.Throws<ArgumentException>(() => new SubjectId(text));
        Assert.Equal(4, new SubjectId("\ud83d\ude00").Utf8Length);
    }

    [Fact]
    public void The_limit_is_256_bytes_of_utf8_not_characters()
    {
        Assert.Equal(256, new SubjectId(new string('a', 256)).Utf8Length);
        Assert.Equal(256, new SubjectId(string.Concat(Enumerable.Repeat("😀", 64))).Utf8Length);
        Assert.Throws<ArgumentException>(() => new SubjectId(new string('a', 257)));
        Assert.Throws<ArgumentException>(() => new SubjectId(new string('é', 129)));
        Assert.Throws<ArgumentException>(() => new SubjectId(string.Concat(Enumerable.Repeat("😀", 64)) + "a"));
        Assert.Throws<ArgumentNullException>(() => new SubjectId(null!));
    }

    [Fact]
    public void Identifiers_are_compared_as_bytes_without_folding_or_normalising()
    {
        Assert.Equal(new ConsentId("c-17"), new ConsentId(string.Concat("c-", "17")));
        Assert.NotEqual(new ConsentId("c-17"), new ConsentId("C-17"));
        Assert.NotEqual(new ConsentId("\u00e9"), new ConsentId("e\u0301"));
        Assert.NotEqual(new ConsentId("a"), new ConsentId("a "));
        Assert.True(new SubjectId("a") == new SubjectId("a"));
        Assert.True(new PurposeId("a") != new PurposeId("b"));
        Assert.Equal(new SubjectId("a").GetHashCode(), new SubjectId("a").GetHashCode());
    }

    [Fact]
    public void The_default_identifier_has_no_value_and_equals_only_itself()
    {
        Assert.True(default(SubjectId).IsDefault);
        Assert.Throws<InvalidOperationException>(() => default(SubjectId).DangerousValue());
        Assert.Throws<InvalidOperationException>(() => default(ConsentId).CopyUtf8To(new byte[1]));
        Assert.Equal(default(SubjectId), default);
        Assert.NotEqual(default, new ConsentId("a"));
        Assert.Equal("", default(PurposeId).ToString());
        Assert.Throws<ArgumentException>(() => ConsentId.Check(default, "consent"));
        Assert.Equal("c", ConsentId.Check(new ConsentId("c"), "consent").DangerousValue());
    }

    private static ConsentGrant GrantOf(string text) => Examples.Grant() with
    {
        Id = new ConsentId(text),
        Subject = new SubjectId(text),
        InteractionId = text,
        Guardian = new SubjectId(text),
        Recipients = [text],
        Form = text,
    };

    private static ConsentReceipt ReceiptOf(string text) => ConsentReceiptTests.Receipt() with { Subject = new SubjectId(text), Consent = new ConsentId(text) };

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception) + exception + string.Join(";", (state as IEnumerable<KeyValuePair<string, object?>>)!.Select(pair => $"{pair.Key}={pair.Value}")));
    }
}
