using System.Runtime.InteropServices;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Attack;

/// <summary>Whose face an opened template is: every synthetic face is a person's number, and float32 templates are the numbers divided by their length.</summary>
internal static class Faces
{
    private static readonly Dictionary<int, float[]> made = [];

    /// <summary>The number of the face among the first few thousand, or -1.</summary>
    public static int NumberOf(StolenTemplate template)
    {
        foreach (byte[] vector in template.Vectors)
        {
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(vector);
            for (int number = 0; number < 5_000; number++)
                if (Is(values, number))
                    return number;
        }

        return -1;
    }

    /// <summary>Whether these numbers are this face.</summary>
    public static bool Is(StolenTemplate template, int number) => template.Vectors.Any(vector => Is(MemoryMarshal.Cast<byte, float>(vector), number));

    private static bool Is(ReadOnlySpan<float> values, int number)
    {
        float[] face;
        lock (made)
        {
            if (!made.TryGetValue(number, out face!))
            {
                face = TestVault.Face(number);
                double length = Math.Sqrt(face.Sum(x => (double)x * x));
                made.Add(number, face = [.. face.Select(x => (float)(x / length))]);
            }
        }

        if (values.Length != face.Length)
            return false;
        for (int i = 0; i < values.Length; i++)
            if (Math.Abs(values[i] - face[i]) > 1e-6)
                return false;
        return true;
    }
}
