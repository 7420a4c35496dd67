using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using FaceVault.Cryptography;

namespace FaceVault.Tests.Witnesses;

/// <summary>A witness behind HTTP, written from c2sp.org/tlog-witness and tlog-cosignature: it trusts some logs, remembers the newest checkpoint of each, and cosigns what continues it. It shares no parser with the library.</summary>
internal sealed class SpecWitness(string name, int seed) : HttpMessageHandler
{
    private readonly byte[] secret = [.. Enumerable.Repeat((byte)seed, 32)];
    private readonly Dictionary<string, VerifierKey> logs = [];
    private readonly Dictionary<string, (long Size, byte[] Root)> latest = [];

    public VerifierKey Key => VerifierKey.FromWitness(name, Ed25519.PublicKeyOf(secret));

    /// <summary>POSIX seconds.</summary>
    public long Now { get; set; } = 1_800_000_000;

    public int Requests { get; private set; }

    /// <summary>Whether the refusal of another root of the remembered size names that size: the protocol asks for the status alone.</summary>
    public bool NamesSizeOfFork { get; set; }

    /// <summary>Answers instead of the witness, when it is set.</summary>
    public Func<HttpResponseMessage>? Instead { get; set; }

    public IReadOnlyDictionary<string, (long Size, byte[] Root)> Latest => latest;

    public void Trust(VerifierKey log) => logs[log.Name] = log;

    public Witness Client() => new(new HttpClient(this, disposeHandler: false), new Uri("https://witness.example/submit/"), Key);

    /// <summary>Signature lines over a text, as of now.</summary>
    public string Cosign(string text)
    {
        byte[] message = Encoding.UTF8.GetBytes($"cosignature/v1\ntime {Now}\n{text}");
        var line = new byte[76];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), 0x0a, 0x04, .. Ed25519.PublicKeyOf(secret)]).AsSpan(0, 4).CopyTo(line);
        BinaryPrimitives.WriteInt64BigEndian(line.AsSpan(4), Now);
        Ed25519.Sign(secret, message).CopyTo(line, 12);
        return $"\u2014 {name} {Convert.ToBase64String(line)}\n";
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        if (Instead is { } instead)
            return instead();
        Assert.Equal(("POST", "https://witness.example/submit/add-checkpoint"), (request.Method.Method, request.RequestUri!.AbsoluteUri));
        return Answer(Encoding.UTF8.GetString(await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
    }

    private HttpResponseMessage Answer(string body)
    {
        int end = body.IndexOf("\n\n", StringComparison.Ordinal);
        string[] head = body[..end].Split('\n');
        string note = body[(end + 2)..];
        string text = note[..(note.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
        string[] lines = text.Split('\n');
        if (lines.Length != 4 || !head[0].StartsWith("old ", StringComparison.Ordinal) || head.Length > 64)
            return new HttpResponseMessage(HttpStatusCode.BadRequest);
        long old = long.Parse(head[0][4..], NumberStyles.None, CultureInfo.InvariantCulture), size = long.Parse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture);
        byte[][] proof = [.. head.Skip(1).Select(Convert.FromBase64String)];
        byte[] root = Convert.FromBase64String(lines[2]);
        if (!logs.TryGetValue(lines[0], out VerifierKey? log))
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        string[] signatures = note[(text.Length + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (!signatures.Any(line => IsBy(log, line, text)))
            return new HttpResponseMessage(HttpStatusCode.Forbidden);
        if (old > size)
            return new HttpResponseMessage(HttpStatusCode.BadRequest);
        (long Size, byte[] Root) known = latest.GetValueOrDefault(log.Name, (0, SHA256.HashData([])));
        if (old != known.Size)
            return Said(HttpStatusCode.Conflict, $"{known.Size}\n", "text/x.tlog.size");
        if (old == size && !root.AsSpan().SequenceEqual(known.Root))
            return NamesSizeOfFork ? Said(HttpStatusCode.Conflict, $"{known.Size}\n", "text/x.tlog.size") : new HttpResponseMessage(HttpStatusCode.Conflict);
        if (old == 0 ? proof.Length > 0 : !ConsistencyByTheBook.Holds(old, size, known.Root, root, proof))
            return new HttpResponseMessage(HttpStatusCode.UnprocessableEntity);
        latest[log.Name] = (size, root);
        return Said(HttpStatusCode.OK, Cosign(text), "text/plain");
    }

    private static bool IsBy(VerifierKey log, string line, string text)
    {
        string[] parts = line.Split(' ');
        byte[] bytes = Convert.FromBase64String(parts[2]);
        return parts[1] == log.Name && BinaryPrimitives.ReadUInt32BigEndian(bytes) == log.KeyId && Ed25519.Verify(log.PublicKey, Encoding.UTF8.GetBytes(text), bytes.AsSpan(4));
    }

    private static HttpResponseMessage Said(HttpStatusCode status, string body, string type) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)) };
}

/// <summary>RFC 6962 §2.1.2 as its definition reads, backwards: the proof is the only one that the recursion would make.</summary>
internal static class ConsistencyByTheBook
{
    public static bool Holds(long old, long size, byte[] oldRoot, byte[] newRoot, byte[][] proof)
    {
        var rest = new Stack<byte[]>(proof);
        if (!TryRoots(old, size, complete: true, oldRoot, rest, out byte[] before, out byte[] after))
            return false;
        return rest.Count == 0 && before.AsSpan().SequenceEqual(oldRoot) && after.AsSpan().SequenceEqual(newRoot);
    }

    /// <summary>Both roots of a subtree of <paramref name="size"/> leaves, of which <paramref name="old"/> were there before.</summary>
    private static bool TryRoots(long old, long size, bool complete, byte[] oldRoot, Stack<byte[]> rest, out byte[] before, out byte[] after)
    {
        before = after = oldRoot;
        if (old == size)
        {
            if (!complete)
            {
                if (!rest.TryPop(out byte[]? known))
                    return false;
                before = after = known;
            }

            return true;
        }

        long left = 1;
        while (left * 2 < size)
            left *= 2;
        if (!rest.TryPop(out byte[]? sibling))
            return false;
        if (old <= left)
        {
            if (!TryRoots(old, left, complete, oldRoot, rest, out before, out after))
                return false;
            after = Node(after, sibling);
        }
        else
        {
            if (!TryRoots(old - left, size - left, complete: false, oldRoot, rest, out before, out after))
                return false;
            (before, after) = (Node(sibling, before), Node(sibling, after));
        }

        return true;
    }

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([0x01, .. left, .. right]);
}
