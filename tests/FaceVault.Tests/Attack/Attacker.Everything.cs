using System.Text.RegularExpressions;

namespace FaceVault.Tests.Attack;

/// <content>Everything against everything: for small vaults, since it costs their square.</content>
internal sealed partial class Attacker
{
    /// <summary>32 bytes written as text in an opened blob.</summary>
    [GeneratedRegex("[0-9a-f]{64}|[A-Za-z0-9+/]{43}=", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Written();

    private void TryEverything()
    {
        var tried = new HashSet<string>();
        bool progress;
        do
        {
            progress = false;
            byte[][] found = [.. known.Select(k => Convert.FromHexString(k.Hex))];
            List<byte[]> fresh = [.. opened.Values.ToList().SelectMany(Runs).Concat(found).Concat(found.SelectMany(Derived)).Where(key => tried.Add(Convert.ToHexString(key)))];
            foreach (StolenBlob blob in loot.All.Where(b => !opened.ContainsKey(b)).ToList())
                progress |= fresh.Exists(key => Try(key, blob));
            foreach (byte[] key in fresh)
                known.Add((KeyRole.Other, 0, Convert.ToHexString(key)));
            Exhaust();
            if (progress)
                tried.Clear(); // what opened now is tried with everything again
        }
        while (progress);
    }

    /// <summary>What a careless hand would make of a key that stays: its hash, and hashes keyed by it of the labels of docs/formats.md, alone and with the tags, slots and numbers of purposes that stand beside it.</summary>
    private IEnumerable<byte[]> Derived(byte[] key)
    {
        yield return Cipher.Blake2b(32, [], key);
        byte[][] beside = [[], .. Entries.SelectMany(e => new[] { BitConverter.GetBytes((uint)e.Slot), e.ConsentTag, e.SubjectTag }).DistinctBy(Convert.ToHexString), .. Enumerable.Range(1, 4).Select(purpose => BitConverter.GetBytes((ushort)purpose))];
        foreach (string label in (string[])["", "facevault/tmpl01", "facevault/cons01", "facevault/kcmt01", "facevault/leaf01", "facevault/brch01", "facevault/crwn01", "facevault/root01", "facevault/rota01"])
            foreach (byte[] context in beside)
                yield return Cipher.Blake2b(32, key, [.. System.Text.Encoding.ASCII.GetBytes(label), .. context]);
    }

    /// <summary>Every run of 32 bytes that could be a key, at every offset, and those written as text.</summary>
    private static IEnumerable<byte[]> Runs(byte[] plain)
    {
        foreach (System.Text.RegularExpressions.Match match in Written().Matches(System.Text.Encoding.Latin1.GetString(plain)))
            yield return match.Length == 64 ? Convert.FromHexString(match.ValueSpan) : Convert.FromBase64String(match.Value);
        for (int at = 0; at + 32 <= plain.Length; at++)
        {
            byte[] run = plain.AsSpan(at, 32).ToArray();
            if (run.AsSpan().IndexOf(new byte[8]) < 0 && run.AsSpan().ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
                yield return run;
        }
    }
}
