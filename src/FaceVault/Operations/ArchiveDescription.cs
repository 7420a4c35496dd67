using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>What lies beside an archived <c>templates.db</c>: of which vault it is, and when it was taken. Nothing secret, nothing about anybody.</summary>
/// <remarks><c>archive.json</c>: <c>{"format":1,"vault":"32 hex digits","taken":"2026-11-22T08:00:00Z","commit":17}</c>; the commit is the key store's when the copy began.</remarks>
internal sealed record ArchiveDescription(string Vault, DateTimeOffset Taken, long Commit)
{
    public const string FileName = "archive.json";

    private const int Format = 1;
    private const int MostBytes = 4096;

    public void Write(string directory)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("vault", Vault);
            json.WriteString("taken", Taken.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteNumber("commit", Commit);
            json.WriteEndObject();
        }

        DurableFile.Write(directory, FileName, [.. buffer.WrittenSpan, (byte)'\n']);
    }

    /// <summary>The id of the vault whose templates lie in a folder; null where nothing says so, as beside a plain copy of the file.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreDamaged"/>: what is there cannot be read.</exception>
    public static string? VaultOf(string directory)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            if (!File.Exists(path))
                return File.Exists(Path.Combine(directory, VaultDescription.FileName)) ? VaultDescription.Read(directory).VaultId : null;
            using FileStream file = File.OpenRead(path);
            if (file.Length > MostBytes)
                throw Error.ArchiveDescriptionDamaged();
            using JsonDocument document = JsonDocument.Parse(file, new JsonDocumentOptions { AllowDuplicateProperties = false });
            string? vault = document.RootElement.GetProperty("vault").GetString();
            return vault is { Length: 32 } && vault.All(char.IsAsciiHexDigitLower) ? vault : throw Error.ArchiveDescriptionDamaged();
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw Error.ArchiveDescriptionDamaged(malformed);
        }
    }
}
