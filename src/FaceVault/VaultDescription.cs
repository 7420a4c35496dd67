using System.Buffers;
using System.Text.Json;
using FaceVault.Interop;
using FaceVault.Storage;

namespace FaceVault;

/// <summary>What <c>vault.json</c> says about a vault: its format and id, the name it signs under, where its root key and mirrors lie. Nothing secret.</summary>
/// <param name="VaultId">16 random bytes, lowercase hexadecimal.</param>
/// <param name="Origin">The name the ledger is signed under.</param>
/// <param name="Roots">Where the root locations lie: absolute paths for files.</param>
/// <param name="Mirrors">Folders of the mirrors, absolute.</param>
internal sealed record VaultDescription(string VaultId, string Origin, IReadOnlyList<string> Roots, IReadOnlyList<string> Mirrors)
{
    /// <summary>The file's name in the vault's folder.</summary>
    public const string FileName = "vault.json";

    private const int Format = 1;
    private const int MostBytes = 64 * 1024;

    public byte[] VaultIdBytes => Convert.FromHexString(VaultId);

    /// <summary>Reads the description of the vault in a folder.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultNotFound"/>, <see cref="VaultErrorCode.FormatTooNew"/>, <see cref="VaultErrorCode.StoreDamaged"/>.</exception>
    public static VaultDescription Read(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        string path = Path.Combine(directory, FileName);
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MostBytes)
                throw Error.DescriptionDamaged();
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Error.VaultNotFound();
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw Error.FolderUnreadable(denied);
        }

        return Parse(bytes);
    }

    /// <summary>The one spelling of a folder's path: absolute, without a separator at its end. Links are not followed.</summary>
    public static string FolderOf(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Makes a folder, and those above it, unless they are there. It survives a power cut when this returns.</summary>
    public static void MakeFolder(string directory)
    {
        try
        {
            Make(FolderOf(directory));
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw Error.FolderNotWritable(denied);
        }
    }

    private static void Make(string directory)
    {
        if (Directory.Exists(directory) || Path.GetDirectoryName(directory) is not { } above)
            return;
        Make(above);
        Directory.CreateDirectory(directory);
        Posix.FlushDirectory(above);
    }

    /// <summary>Writes it beside the stores.</summary>
    public void Write(string directory) => DurableFile.Write(directory, FileName, ToJson());

    private byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("vault", VaultId);
            json.WriteString("origin", Origin);
            WriteList(json, "roots", Roots);
            WriteList(json, "mirrors", Mirrors);
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    /// <summary>Exactly the five members, each once and of its type; a newer format is told before anything else that it may hold.</summary>
    private static VaultDescription Parse(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            int format = root.GetProperty("format").GetInt32();
            if (format > Format)
                throw Error.VaultTooNew(format, Format);
            var description = new VaultDescription(
                root.GetProperty("vault").GetString()!, root.GetProperty("origin").GetString()!, ReadList(root, "roots"), ReadList(root, "mirrors"));
            return format == Format && root.GetPropertyCount() == 5 && description is { VaultId.Length: 32, Origin: not null }
                    && description.VaultId.All(char.IsAsciiHexDigitLower) && VerifierKey.IsName(description.Origin) && description.Mirrors.All(Path.IsPathFullyQualified)
                ? description
                : throw Error.DescriptionDamaged();
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Error.DescriptionDamaged();
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static IReadOnlyList<string> ReadList(JsonElement root, string name) =>
        [.. root.GetProperty(name).EnumerateArray().Select(e => e.GetString() ?? throw Error.DescriptionDamaged())];
}
