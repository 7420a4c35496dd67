using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceVault.Consents;

/// <summary>Makes System.Text.Json refuse a type that carries identifiers, as a value and as a property name, in both directions.</summary>
internal sealed class RefusingJsonConverter<T> : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw Error.NotSerialised(typeof(T).Name);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw Error.NotSerialised(typeof(T).Name);

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw Error.NotSerialised(typeof(T).Name);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw Error.NotSerialised(typeof(T).Name);
}
