using FaceVault.Benchmarks;

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

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("FACEVAULT_FACES");
        if (!string.IsNullOrEmpty(named))
            return FaceSet.IsIn(named) ? named : null;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data", "faces");
            if (FaceSet.IsIn(candidate))
                return candidate;
        }

        return null;
    }
}
