using System.Globalization;

namespace FaceVault.Ledger;

/// <summary>The name under which a vault signs after it has accepted a loss: the former one with <c>/recovered-</c> and the ledger's size then behind it, so that nobody takes the two ledgers for one.</summary>
internal static class RecoveredOrigin
{
    private const string Mark = "/recovered-";

    /// <summary>The name after a loss at a ledger size. The same again where it was taken before and the commit did not follow.</summary>
    public static string After(string origin, long ledgerSize)
    {
        string suffix = Mark + ledgerSize.ToString(CultureInfo.InvariantCulture);
        string name = origin.EndsWith(suffix, StringComparison.Ordinal) ? origin : origin + suffix;
        return VerifierKey.IsName(name) ? name : throw Error.CapacityExceeded();
    }

    /// <summary>Whether <paramref name="name"/> is what <see cref="After"/> would make of <paramref name="former"/>.</summary>
    public static bool IsNext(string name, string former, long ledgerSize) => name == former + Mark + ledgerSize.ToString(CultureInfo.InvariantCulture);

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
