using System.Text;

namespace FaceVault.Cli.Input;

/// <summary>Small files given on the command line; <c>-</c> is standard input.</summary>
internal static class TextFile
{
    /// <summary>Longest definition, grant, receipt or certificate, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Longest list of certificates or ids.</summary>
    public const int MaxListBytes = 1 << 30;

    public static byte[] Read(string path, Terminal terminal, int maxBytes = MaxBytes)
    {
        if (path == "-")
            return ReadInput(path, terminal, maxBytes);
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > maxBytes)
                throw Messages.InputTooLarge(path, maxBytes);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Messages.InputUnreadable(path, e);
        }
    }

    private static byte[] ReadInput(string path, Terminal terminal, int maxBytes)
    {
        if (terminal.RawIn is not { } input)
            return Encoding.UTF8.GetBytes(terminal.In.ReadToEnd());
        using var bytes = new MemoryStream();
        byte[] part = new byte[1 << 16];
        try
        {
            for (int got; (got = input.Read(part)) > 0;)
            {
                bytes.Write(part, 0, got);
                if (bytes.Length > maxBytes)
                    throw Messages.InputTooLarge(path, maxBytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Messages.InputUnreadable(path, e);
        }
        return bytes.ToArray();
    }

    /// <summary>The lines of a list of ids: UTF-8, one a line, LF or CRLF, empty lines ignored, each id once.</summary>
    public static IReadOnlyList<string> ReadIds(string path, Terminal terminal)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Read(path, terminal, MaxListBytes));
        }
        catch (DecoderFallbackException)
        {
            throw Messages.ListNotUtf8(path);
        }
        string[] ids = [.. text.TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).Distinct(StringComparer.Ordinal)];
        return ids.Length > 0 ? ids : throw Messages.ListEmpty(path);
    }
}
