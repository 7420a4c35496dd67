namespace FaceVault.Records;

/// <summary>Everything that is counted has a number in memory: activities first, then the codes of refusals. At rest it has its name.</summary>
internal static class CountNames
{
    private static readonly int Activities = Enum.GetValues<Activity>().Length;

    /// <summary>How many numbers there are.</summary>
    public static int Size { get; } = Activities + Enum.GetValues<ViolationCode>().Length;

    private static string[] Names { get; } = [.. Enum.GetValues<Activity>().Select(NameOf), .. Enum.GetNames<ViolationCode>()];

    public static int Of(Activity activity) => (int)activity;

    public static int Of(ViolationCode code) => Activities + (int)code;

    public static bool IsRefusal(int number) => number >= Activities;

    public static string Name(int number) => Names[number];

    public static string NameOf(Activity activity)
    {
        string name = activity.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
