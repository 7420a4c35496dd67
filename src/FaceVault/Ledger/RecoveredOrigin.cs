using System.Globalization;

namespace FaceVault.Ledger;

/// <summary>The name under which a vault signs after it has accepted a loss: the former one with <c>/recovered-</c> and the number of the commit that accepted it behind it, so that nobody takes the two ledgers for one. No two acceptances have one number: each is behind the newest head.</summary>
internal static class RecoveredOrigin
{
    private const string Mark = "/recovered-";

    /// <summary>The name after a loss that this commit accepts. The same again where it was taken before and the commit did not follow.</summary>
    public static string After(string origin, long commit)
    {
        string suffix = Mark + commit.ToString(CultureInfo.InvariantCulture);
        string name = origin.EndsWith(suffix, StringComparison.Ordinal) ? origin : origin + suffix;
        return VerifierKey.IsName(name) ? name : throw Error.CapacityExceeded();
    }

    /// <summary>Whether a vault that signs as <paramref name="name"/> is, or went on from, the one that signed as <paramref name="former"/>.</summary>
    public static bool Continues(string name, string former)
    {
        if (name == former)
            return true;
        if (!name.StartsWith(former + Mark, StringComparison.Ordinal))
            return false;
        foreach (string part in name[(former.Length + Mark.Length)..].Split(Mark))
            if (part.Length is 0 or > 19 || !part.All(char.IsAsciiDigit))
                return false;
        return true;
    }
}
