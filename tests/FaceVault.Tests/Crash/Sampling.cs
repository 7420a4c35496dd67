using System.Globalization;

namespace FaceVault.Tests.Crash;

/// <summary>How many of the possible faults are tried: a sample spread over all of them, or as many as <c>FACEVAULT_KILLS</c> says.</summary>
internal static class Sampling
{
    /// <summary>How many processes a test kills, or breaks the disk of.</summary>
    public static int Kills(int ordinary) =>
        int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? Math.Max(ordinary, kills) : ordinary;

    /// <summary>Whether more than the ordinary is asked for.</summary>
    public static bool IsDeep => Kills(0) > 0;

    /// <summary>How many of so many points a test tries.</summary>
    public static int Points(int ordinary, int all) => Math.Min(all, Kills(ordinary));

    /// <summary>So many of the items, evenly spread and each at most once in a round; more than there are means several rounds.</summary>
    public static IEnumerable<T> Spread<T>(IReadOnlyList<T> items, int count, Random random)
    {
        for (; count >= items.Count; count -= items.Count)
            foreach (T item in items)
                yield return item;
        double stride = (double)items.Count / Math.Max(1, count), at = random.NextDouble() * stride;
        for (; count > 0 && at < items.Count; count--, at += stride)
            yield return items[(int)at];
    }
}
