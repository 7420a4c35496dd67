using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FaceVault.Cli.Output;

/// <summary>Writes results as JSON, an object per line, each beginning with <c>"v":1</c>. Text stays readable: only what JSON must escape is escaped.</summary>
internal sealed class ResultWriter(TextWriter output) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private Utf8JsonWriter? _json;

    /// <summary>One object; <paramref name="members"/> adds what follows <c>v</c>.</summary>
    public void Write(Action<Utf8JsonWriter> members)
    {
        _buffer.ResetWrittenCount();
        _json ??= new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteNumber("v"u8, 1);
        members(_json);
        _json.WriteEndObject();
        _json.Flush();
        output.WriteLine(Encoding.UTF8.GetString(_buffer.WrittenSpan));
    }

    public void Dispose() => _json?.Dispose();
}
