using System.Text.Json;

namespace FaceVault.Consents;

/// <content>Single members, without the rest.</content>
internal sealed partial record ConsentRecord
{
    /// <summary>Reads whom a record is about and which consent it is of, from bytes that are known to be what <see cref="Write(ref Cryptography.CanonicalJsonWriter)"/> wrote. About 1 µs.</summary>
    /// <exception cref="FormatException">Not JSON, or one of the two is missing or no identifier.</exception>
    public static (SubjectId Subject, ConsentId Consent) ParseNames(ReadOnlySpan<byte> utf8)
    {
        try
        {
            string? subject = null, consent = null;
            var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 8 });
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("header"u8))
                    consent = TextOf(ref json, "consent"u8);
                else if (json.ValueTextEquals("party"u8))
                    subject = TextOf(ref json, "subject"u8);
                else
                    json.Skip();
            }

            return (new SubjectId(subject!), new ConsentId(consent!));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Error.JsonMalformed(Document, null, null);
        }
    }

    /// <summary>The act in which consent was given, or null, from bytes that are known to be what <see cref="Write(ref Cryptography.CanonicalJsonWriter)"/> wrote. About 1 µs.</summary>
    /// <exception cref="FormatException">Not JSON, or the member is no text.</exception>
    public static string? ParseInteraction(ReadOnlySpan<byte> utf8)
    {
        try
        {
            string? interaction = null;
            var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 8 });
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("processing"u8))
                    interaction = TextOf(ref json, "interaction"u8);
                else
                    json.Skip();
            }

            return interaction;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Error.JsonMalformed(Document, null, null);
        }
    }

    /// <summary>Goes through the object that is the value of the property at hand, and answers one member of it.</summary>
    private static string? TextOf(ref Utf8JsonReader json, ReadOnlySpan<byte> member)
    {
        string? text = null;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.ValueTextEquals(member))
            {
                json.Skip();
                continue;
            }

            json.Read();
            text = json.GetString();
        }

        return text;
    }
}
