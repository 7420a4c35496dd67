using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceVault.Tests;

/// <summary>A fact about real face embeddings. They are biometric data and not in this repository; where the files are not found the test says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealFacesFactAttribute : FactAttribute
{
    public RealFacesFactAttribute()
    {
        if (RealFaces.Folder is null)
            Skip = "No real embeddings: set FACEVAULT_FACES to a folder with embeddings.npy, embeddings128.npy and labels.csv.";
    }
}

/// <summary>Finds and reads the real embeddings: <c>FACEVAULT_FACES</c>, or <c>shared/data/faces</c> in a folder above the tests.</summary>
internal static class RealFaces
{
    public static string? Folder { get; } = Find();

    /// <summary>The rows of one model's file: <c>embeddings.npy</c> (512 dimensions) or <c>embeddings128.npy</c>.</summary>
    public static float[][] Embeddings(string file)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder!, file));
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
    public static string[] Identities() =>
        [.. File.ReadLines(Path.Combine(Folder!, "labels.csv")).Skip(1).Select(line => line.Split(',')[1])];

    /// <summary>The rows that are the first of their identity, and the others.</summary>
    public static (int[] First, int[] Others) Split(string[] identities)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        ILookup<bool, int> rows = Enumerable.Range(0, identities.Length).ToLookup(row => seen.Add(identities[row]));
        return ([.. rows[true]], [.. rows[false]]);
    }

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("FACEVAULT_FACES");
        if (!string.IsNullOrEmpty(named))
            return IsThere(named) ? named : null;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data", "faces");
            if (IsThere(candidate))
                return candidate;
        }

        return null;
    }

    private static bool IsThere(string folder) =>
        File.Exists(Path.Combine(folder, "embeddings.npy")) && File.Exists(Path.Combine(folder, "embeddings128.npy")) && File.Exists(Path.Combine(folder, "labels.csv"));
}
