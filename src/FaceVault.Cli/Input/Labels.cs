using System.Globalization;
using FaceVault.Cli.Options;

namespace FaceVault.Cli.Input;

/// <summary>Which rows of a set of vectors are taken.</summary>
internal enum Selection
{
    /// <summary>Every row.</summary>
    All,

    /// <summary>The first row of each identity.</summary>
    First,

    /// <summary>Every row but the first of each identity.</summary>
    Rest,
}

/// <summary>A labels table: <c>row,identity,image</c> and, where it is known, <c>captured</c>, one line for every row of the vectors, rows counted from 0, in any order.</summary>
internal sealed class Labels
{
    private readonly string[] _identities;

    private readonly DateTimeOffset?[] _captured;

    private Labels(string[] identities, DateTimeOffset?[] captured) => (_identities, _captured) = (identities, captured);

    /// <summary>Rows labelled, equal to the rows of the vectors.</summary>
    public long Count => _identities.LongLength;

    public string Identity(long row) => _identities[row];

    /// <summary>When the face was captured, where the table says so.</summary>
    public DateTimeOffset? Captured(long row) => _captured.Length == 0 ? null : _captured[row];

    /// <summary>Reads a table and holds it against the vectors: every row once, none beyond.</summary>
    public static Labels Read(string path, NpyFile npy)
    {
        using CsvReader csv = CsvReader.Open(path, ["row", "identity", "image"], ["captured"]);
        int rowColumn = csv.Column("row"), identityColumn = csv.Column("identity"), capturedColumn = csv.Column("captured");
        string[] identities = new string[npy.Rows];
        var captured = new DateTimeOffset?[capturedColumn < 0 ? 0 : npy.Rows];
        var shared = new HashSet<string>(StringComparer.Ordinal);
        long seen = 0;
        while (csv.Read() is { } fields)
        {
            if (!long.TryParse(fields[rowColumn], NumberStyles.None, CultureInfo.InvariantCulture, out long row))
                throw Messages.CsvMalformed(path, csv.Line, "its row is not a whole number");
            if (row >= npy.Rows)
                throw Messages.LabelsMismatch(path, npy.Path, $"line {csv.Line} labels row {row} and the last row is {npy.Rows - 1}");
            if (identities[row] is not null)
                throw Messages.LabelsMismatch(path, npy.Path, $"line {csv.Line} labels row {row} again");
            string identity = fields[identityColumn];
            if (identity.Length == 0)
                throw Messages.CsvMalformed(path, csv.Line, "its identity is empty");
            identities[row] = shared.TryGetValue(identity, out string? known) ? known : identity;
            shared.Add(identities[row]);
            if (capturedColumn >= 0 && fields[capturedColumn].Length > 0)
                captured[row] = New.Time(fields[capturedColumn]) ?? throw Messages.CsvMalformed(path, csv.Line, "its captured is no time such as 2026-11-21T08:30:00Z");
            seen++;
        }
        return seen == npy.Rows ? new Labels(identities, captured) : throw Messages.LabelsMismatch(path, npy.Path, $"{seen} rows are labelled and there are {npy.Rows}");
    }

    /// <summary>The rows a selection takes, in ascending order.</summary>
    public IEnumerable<long> Rows(Selection selection)
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        for (long row = 0; row < Count; row++)
        {
            bool first = met.Add(_identities[row]);
            if (selection == Selection.All || first == (selection == Selection.First))
                yield return row;
        }
    }

    /// <summary>The rows a selection takes, those of one identity together, identities in the order of their first row.</summary>
    public IEnumerable<(string Identity, IReadOnlyList<long> Rows)> Groups(Selection selection)
    {
        var order = new List<string>();
        var rows = new Dictionary<string, List<long>>(StringComparer.Ordinal);
        foreach (long row in Rows(selection))
        {
            string identity = _identities[row];
            if (!rows.TryGetValue(identity, out List<long>? list))
            {
                rows.Add(identity, list = []);
                order.Add(identity);
            }
            list.Add(row);
        }
        return order.Select(identity => (identity, (IReadOnlyList<long>)rows[identity]));
    }
}
