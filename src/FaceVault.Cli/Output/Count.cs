using System.Globalization;

namespace FaceVault.Cli.Output;

/// <summary>Numbers of things in sentences.</summary>
internal static class Count
{
    /// <summary><c>1 consent</c>, <c>2,000 consents</c>.</summary>
    public static string Of(long number, string thing) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {thing}{(number == 1 ? "" : "s")}");
}
