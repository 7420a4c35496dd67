using System.Text;

namespace FaceVault.Cli.Input;

/// <summary>Reads comma-separated tables as RFC 4180 has them: a header line, quoted fields, doubled quotes, LF or CRLF. Strict; a field cannot span lines.</summary>
internal sealed class CsvReader : IDisposable
{
    /// <summary>Longest line, in characters.</summary>
    public const int MaxLine = 1 << 16;

    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly string[] _header;

    private CsvReader(string path, StreamReader reader, string[] header)
    {
        _path = path;
        _reader = reader;
        _header = header;
    }

    /// <summary>Number of the line read last; the header is line 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Opens a table and checks its columns, which may stand in any order: all required ones, no unknown one, none twice.</summary>
    public static CsvReader Open(string path, ReadOnlySpan<string> required, ReadOnlySpan<string> optional = default)
    {
        StreamReader? reader = null;
        try
        {
            reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            string[] header = Split(path, 1, ReadLine(path, 1, reader) ?? throw Messages.CsvMalformed(path, 1, "the file is empty and a header line is wanted"));
            foreach (string column in header)
            {
                if (!required.Contains(column) && !optional.Contains(column))
                    throw Messages.CsvMalformed(path, 1, $"the header names the column '{column}', and this table has {string.Join(", ", [.. required, .. optional])}");
                if (header.Count(c => c == column) > 1)
                    throw Messages.CsvMalformed(path, 1, $"the header names the column '{column}' twice");
            }
            foreach (string column in required)
            {
                if (!header.Contains(column, StringComparer.Ordinal))
                    throw Messages.CsvMalformed(path, 1, $"the header lacks the column '{column}'; it wants {string.Join(",", required)}");
            }
            var csv = new CsvReader(path, reader, header);
            reader = null;
            return csv;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Messages.InputUnreadable(path, e);
        }
        finally
        {
            reader?.Dispose();
        }
    }

    /// <summary>Position of a column, or -1 when the table does not have it.</summary>
    public int Column(string name) => Array.IndexOf(_header, name);

    /// <summary>The next line's fields in the order of the header, or <see langword="null"/> at the end.</summary>
    public string[]? Read()
    {
        string? line = ReadLine(_path, Line + 1, _reader);
        if (line is null)
            return null;
        Line++;
        string[] fields = Split(_path, Line, line);
        if (fields.Length != _header.Length)
            throw Messages.CsvMalformed(_path, Line, $"it has {fields.Length} fields and the header {_header.Length}");
        return fields;
    }

    public void Dispose() => _reader.Dispose();

    private static string? ReadLine(string path, long number, StreamReader reader)
    {
        try
        {
            string? line = reader.ReadLine();
            return line is { Length: > MaxLine } ? throw Messages.CsvMalformed(path, number, $"it is longer than {MaxLine:N0} characters") : line;
        }
        catch (DecoderFallbackException)
        {
            throw Messages.CsvMalformed(path, number, "it is not UTF-8");
        }
    }

    private static string[] Split(string path, long number, string line)
    {
        var fields = new List<string>(8);
        var field = new StringBuilder();
        int i = 0;
        while (true)
        {
            field.Clear();
            if (i < line.Length && line[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (i >= line.Length)
                        throw Messages.CsvMalformed(path, number, "a quoted field has no closing quote");
                    if (line[i] != '"')
                        field.Append(line[i]);
                    else if (i + 1 < line.Length && line[i + 1] == '"')
                        field.Append(line[i++]);
                    else
                        break;
                }
                i++;
                if (i < line.Length && line[i] != ',')
                    throw Messages.CsvMalformed(path, number, "a quoted field is followed by something other than a comma");
            }
            else
            {
                for (; i < line.Length && line[i] != ','; i++)
                {
                    if (line[i] == '"')
                        throw Messages.CsvMalformed(path, number, "a quote stands inside an unquoted field");
                    field.Append(line[i]);
                }
            }
            fields.Add(field.ToString());
            if (i >= line.Length)
                return [.. fields];
            i++;
        }
    }
}
