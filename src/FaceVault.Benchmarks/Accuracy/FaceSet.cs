using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceVault.Benchmarks;

/// <summary>Labelled embeddings of one model, from a folder of files: the first image of each identity is enrolled, all others are probes, so that every probe has one mate.</summary>
/// <remarks>Files: NumPy 1.0, float32, C order, shape [rows, dimensions]; <c>labels.csv</c> with a header line and <c>row,identity,image</c>. Real faces are nobody's to copy: they are read where they lie.</remarks>
internal sealed class FaceSet
{
    public const string Wide = "embeddings.npy";
    public const string Narrow = "embeddings128.npy";
    public const string Labels = "labels.csv";

    public FaceSet(float[][] enrolled, float[][] probes, int[] mates)
    {
        Enrolled = enrolled;
        Probes = probes;
        Mates = mates;
    }

    public float[][] Enrolled { get; }

    public float[][] Probes { get; }

    /// <summary>For each probe the number of the enrolled template of the same identity.</summary>
    public int[] Mates { get; }

    public int Dimensions => Enrolled[0].Length;

    public long Impostors => (long)Probes.Length * (Enrolled.Length - 1);

    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Wide)) && File.Exists(Path.Combine(folder, Narrow)) && File.Exists(Path.Combine(folder, Labels));

    public static FaceSet Read(string folder, string file)
    {
        float[][] rows = ReadRows(Path.Combine(folder, file));
        string[] identities = ReadIdentities(folder);
        (int[] first, int[] others) = Split(identities);
        var places = first.Select((row, place) => (identities[row], place)).ToDictionary(pair => pair.Item1, pair => pair.place);
        return new FaceSet([.. first.Select(row => rows[row])], [.. others.Select(row => rows[row])], [.. others.Select(row => places[identities[row]])]);
    }

    public static float[][] ReadRows(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int header = BitConverter.ToUInt16(bytes, 8);
        string description = Encoding.ASCII.GetString(bytes, 10, header);
        if (!description.Contains("'<f4'", StringComparison.Ordinal) || !description.Contains("'fortran_order': False", StringComparison.Ordinal))
            throw new InvalidDataException("The embeddings are not float32 in C order.");
        string shape = description.Split('(', ')')[1];
        int[] size = [.. shape.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + header));
        var rows = new float[size[0]][];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = values.Slice(i * size[1], size[1]).ToArray();
        return rows;
    }

    /// <summary>The identity of each row.</summary>
    public static string[] ReadIdentities(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, Labels)).Skip(1).Select(line => line.Split(',')[1])];

    /// <summary>The rows that are the first of their identity, and the others.</summary>
    public static (int[] First, int[] Others) Split(string[] identities)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        ILookup<bool, int> rows = Enumerable.Range(0, identities.Length).ToLookup(row => seen.Add(identities[row]));
        return ([.. rows[true]], [.. rows[false]]);
    }
}
