using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FaceVault.Tests.Attack;

/// <content>What the attacker makes of what it opened.</content>
internal sealed partial class Attacker
{
    /// <summary>The commitment of every 32 bytes that were found, as the ledger would write it.</summary>
    public IReadOnlySet<string> Commitments => known.Select(k => CommitmentOf(Convert.FromHexString(k.Hex))).ToHashSet();

    /// <summary>The commitments of the keys whose destruction the ledger calls complete: the body that a line vouches for says which key it is about.</summary>
    public IReadOnlySet<string> Certified
    {
        get
        {
            HashSet<string> vouched = [.. Lines.Where(l => l.GetProperty("kind").GetString() == "destruction-completed").Select(l => l.GetProperty("body").GetString()!)];
            return Plain(BlobKind.Certificate).Where(body => vouched.Contains(Convert.ToHexStringLower(SHA256.HashData(body))))
                .Select(body => JsonDocument.Parse(body).RootElement.GetProperty("removed").GetString()!)
                .Select(removed => JsonDocument.Parse(removed).RootElement.GetProperty("key").GetString()!).ToHashSet();
        }
    }

    /// <summary>Every ledger line that can be read, of every branch of history.</summary>
    public IEnumerable<JsonElement> Lines => Plain(BlobKind.Ledger)
        .SelectMany(segment => Encoding.UTF8.GetString(segment).TrimEnd('\n').Split('\n')).Select(line => JsonDocument.Parse(line).RootElement);

    /// <summary>What a table's blobs say, those that opened.</summary>
    public IEnumerable<byte[]> Plain(BlobKind kind) => loot.Of(kind).Where(opened.ContainsKey).Select(b => opened[b]);

    /// <summary>Entries under the tag of a consent whose id the attacker knows.</summary>
    public IEnumerable<StolenEntry> EntriesOf(string consent)
    {
        byte[][] tags = [.. Crowns.Select(c => Convert.ToHexString(c.TagKey)).Distinct().Select(key => Cipher.Blake2b(16, Convert.FromHexString(key), [.. "facevault/ctag01"u8, .. Encoding.UTF8.GetBytes(consent)]))];
        return Entries.Where(e => Array.Exists(tags, tag => tag.AsSpan().SequenceEqual(e.ConsentTag)));
    }

    /// <summary>The templates of a consent that can be read: under a key that any version of its entry holds.</summary>
    public IEnumerable<StolenTemplate> TemplatesOf(string consent)
    {
        HashSet<(long Slot, string Key)> held = [.. EntriesOf(consent).Where(e => e.HasTemplateKey).Select(e => (e.Slot, Convert.ToHexString(e.TemplateKey)))];
        return Templates.Where(t => held.Contains((t.Slot, t.KeyHex)));
    }

    /// <summary>Whether anything that opened contains these bytes.</summary>
    public bool Reads(ReadOnlySpan<byte> text)
    {
        foreach (byte[] plain in opened.Values)
            if (plain.AsSpan().IndexOf(text) >= 0)
                return true;
        return false;
    }

    /// <summary>Whether these 32 bytes are among the keys that were read, or made of those.</summary>
    public bool Knows(ReadOnlySpan<byte> key)
    {
        string hex = Convert.ToHexString(key);
        return known.Any(k => k.Hex == hex);
    }

    public static string CommitmentOf(byte[] key) => Convert.ToHexStringLower(Cipher.Blake2b(32, key, "facevault/kcmt01"u8));
}
