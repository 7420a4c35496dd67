using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceVault.Tests.Erasure;

/// <summary>
/// A second verifier, written from docs/formats.md with the framework alone: JSON, SHA-256, its own walk through a proof, its own reading of notes. Only the Ed25519 operation is the
/// library's. It answers null when everything holds, otherwise the step that does not.
/// </summary>
internal static class IndependentVerifier
{
    public static string? Check(byte[] file, string verifierKey)
    {
        // 1. The verifier key.
        string[] parts = verifierKey.Split('+', 3);
        byte[] typed = Convert.FromBase64String(parts[2]);
        byte[] keyId = SHA256.HashData([.. Encoding.UTF8.GetBytes(parts[0]), 0x0A, .. typed])[..4];
        if (typed.Length != 33 || typed[0] != 1 || Convert.ToHexStringLower(keyId) != parts[1])
            return "verifier key";

        // 2. The file is its own canonical form.
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(file);
            if (root is null || Canonical(root) != Encoding.UTF8.GetString(file))
                return "spelling";
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            return "spelling";
        }
        JsonObject body = root["body"]!.AsObject();
        JsonObject evidence = root["evidence"]!.AsObject();
        if (string.Join(' ', root.AsObject().Select(m => m.Key)) != "body evidence"
            || string.Join(' ', body.Select(m => m.Key)) != "created epoch format galleries limits locations method readBack removed synthetic templates trigger vault"
            || string.Join(' ', evidence.Select(m => m.Key)) != "completed proofs"
            || (string?)body["format"] != "facevault-deletion-certificate/v1")
            return "members";

        // 3. Each entry lies in the tree of the one signed checkpoint.
        var indices = new Dictionary<string, long>();
        string? commonText = null;
        foreach ((string name, string entry) in new[] { ("created", (string)body["created"]!), ("removed", (string)body["removed"]!), ("completed", (string)evidence["completed"]!) })
        {
            string proof = (string)evidence["proofs"]![name]!;
            int gap = proof.IndexOf("\n\n", StringComparison.Ordinal);
            string[] head = proof[..gap].Split('\n');
            string note = proof[(gap + 2)..];
            if (head[0] != "c2sp.org/tlog-proof@v1" || !head[1].StartsWith("index ", StringComparison.Ordinal))
                return "proof of " + name;
            indices[name] = long.Parse(head[1][6..], NumberStyles.None, CultureInfo.InvariantCulture);

            string text = note[..(note.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
            commonText ??= text;
            if (text != commonText)
                return "one checkpoint";
            string[] lines = text.Split('\n');
            if (lines.Length != 4 || lines[0] != parts[0] || (string?)body["vault"] != parts[0])
                return "origin";
            bool signed = false;
            foreach (string line in note[(text.Length + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] words = line.Split(' ');
                byte[] signature = Convert.FromBase64String(words[2]);
                if (words[0] != "\u2014" || words[1] != parts[0] || !signature.AsSpan(0, 4).SequenceEqual(keyId))
                    continue;
                if (!FaceVault.Cryptography.Ed25519.Verify(typed.AsSpan(1), Encoding.UTF8.GetBytes(text), signature.AsSpan(4)))
                    return "signature";
                signed = true;
            }
            if (!signed)
                return "signature";

            byte[] leaf = SHA256.HashData([0, .. Encoding.UTF8.GetBytes(entry)]);
            byte[][] path = [.. head.Skip(2).Select(Convert.FromBase64String)];
            byte[]? reached = Walk(indices[name], long.Parse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture), leaf, path);
            if (reached is null || !reached.AsSpan().SequenceEqual(Convert.FromBase64String(lines[2])))
                return "inclusion of " + name;
        }

        // 4. The entries and the body say the same.
        JsonNode created = JsonNode.Parse((string)body["created"]!)!;
        JsonNode removed = JsonNode.Parse((string)body["removed"]!)!;
        JsonNode completed = JsonNode.Parse((string)evidence["completed"]!)!;
        if ((string?)created["kind"] != "key-created" || (string?)removed["kind"] != "key-removed" || (string?)completed["kind"] != "destruction-completed")
            return "kinds";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(body))));
        (string Step, bool Holds)[] agreements =
        [
            ("body", (string?)completed["body"] == hash),
            ("removed.created", (long)removed["created"]! == indices["created"]),
            ("completed.removed", (long)completed["removed"]! == indices["removed"]),
            ("order", indices["created"] < indices["removed"] && indices["removed"] < indices["completed"]),
            ("templates", body["templates"]!["sha256"]!.AsArray().Count <= (long)body["templates"]!["count"]!),
            ("key", (string?)created["key"] == (string?)removed["key"]),
            ("consent", (string?)created["consent"] == (string?)removed["consent"] || (string?)removed["trigger"] == "erased"),
            ("trigger", (string?)body["trigger"] == (string?)removed["trigger"]),
            ("epoch", Canonical(body["epoch"]!) == Canonical(removed["epoch"]!) && (long)body["epoch"]!["to"]! > (long)body["epoch"]!["from"]!),
            ("synthetic", (bool)body["synthetic"]! == (bool)created["synthetic"]!),
            ("time", ((string)body["limits"]!).StartsWith($"This is the signed statement of {parts[0]}, made at {(string?)completed["time"]} by its own clock, ", StringComparison.Ordinal)),
            ("places", Confirmed("root") > 0 && Confirmed("store") > 0),
            ("read back", body["readBack"]!.AsArray().All(r => (bool)r!["passed"]! && (bool)r["crown"]!) && ReadBack("store") == Confirmed("store") && ReadBack("mirror") == Confirmed("mirror")),
        ];
        return agreements.FirstOrDefault(agreement => !agreement.Holds).Step;

        int Confirmed(string type) => body["locations"]!.AsArray().Count(place => (string?)place!["type"] == type && (bool)place["confirmed"]!);

        int ReadBack(string type) => body["readBack"]!.AsArray().Count(result => (string?)result!["type"] == type);
    }

    /// <summary>BLAKE2b is not in the framework: the commitment is taken apart into what is hashed, and the test hashes it.</summary>
    public static byte[] CommitmentInput(string subject, string consent, string reference)
    {
        using var input = new MemoryStream();
        input.Write("facevault/ccmt01"u8);
        Span<byte> length = stackalloc byte[4];
        foreach (string part in (string[])[subject, consent, reference])
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            input.Write(length);
            input.Write(bytes);
        }
        return input.ToArray();
    }

    /// <summary>From the leaf to the root by recursion over the shape of the tree, not by the bit tricks of the RFC.</summary>
    private static byte[]? Walk(long index, long size, byte[] leaf, ReadOnlySpan<byte[]> path)
    {
        if (size < 1 || index >= size)
            return null;
        if (size == 1)
            return path.IsEmpty ? leaf : null;
        if (path.IsEmpty)
            return null;
        long left = 1;
        while (2 * left < size)
            left *= 2;
        byte[] sibling = path[^1];
        byte[]? below = index < left ? Walk(index, left, leaf, path[..^1]) : Walk(index - left, size - left, leaf, path[..^1]);
        return below is null ? null : SHA256.HashData(index < left ? [1, .. below, .. sibling] : [1, .. sibling, .. below]);
    }

    /// <summary>RFC 8785 for strings, integers, booleans, arrays and objects.</summary>
    private static string Canonical(JsonNode node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => Quoted(m.Key) + ":" + Canonical(m.Value ?? throw new FormatException()))) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(item => Canonical(item ?? throw new FormatException()))) + "]",
        JsonValue value when value.TryGetValue(out string? text) => Quoted(text),
        JsonValue value when value.TryGetValue(out bool flag) => flag ? "true" : "false",
        JsonValue value when value.TryGetValue(out long number) => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new FormatException(),
    };

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }
}
