using System.Net.Http.Headers;
using System.Text;
using FaceVault.Ledger;

namespace FaceVault;

/// <summary>Somebody behind a URL who remembers the newest checkpoint of a vault and cosigns what continues it (C2SP <c>tlog-witness</c>). What a witness remembers shows a vault that was put back in time.</summary>
/// <remarks>Asked by <see cref="Vault.CosignAsync"/> alone, over a client that the caller made: proxies, certificates, redirects and time limits are the caller's, and a handler of the caller's may carry
/// the request by other means. Immutable and thread-safe; several vaults may share it.</remarks>
/// <param name="client">Not disposed here. Its <see cref="HttpClient.Timeout"/> holds for the whole answer.</param>
/// <param name="submissionPrefix">The witness's submission prefix: an absolute URL of http or https without user, query and fragment; <c>/add-checkpoint</c> is put behind it.</param>
/// <param name="key">The witness's key (<see cref="VerifierKey.IsWitness"/>), from a source you trust.</param>
/// <exception cref="ArgumentException">The URL is not such a one, or the key is a vault's.</exception>
public sealed class Witness(HttpClient client, Uri submissionPrefix, VerifierKey key)
{
    private readonly HttpClient client = client ?? throw new ArgumentNullException(nameof(client));
    private readonly Uri address = AddressOf(submissionPrefix);

    /// <summary>The key that its cosignatures are checked with (<see cref="VerifierKey.IsWitness"/>).</summary>
    public VerifierKey Key { get; } = key is null ? throw new ArgumentNullException(nameof(key)) : key.IsWitness ? key : throw Error.NotAWitnessKey(nameof(key));

    /// <summary>Hands over a checkpoint: the body of <c>add-checkpoint</c>, answered with its status and body.</summary>
    /// <param name="request"><c>old N</c>, the consistency proof, an empty line, the signed checkpoint: <see cref="ConsistencyProof.Format"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>200 and signature lines; 409 and the size that the witness remembers, or no size where it remembers that one with another root; 422 for what does not continue what it remembers; others refuse.</returns>
    /// <exception cref="HttpRequestException">The witness was not reached, or its answer is longer than 128 KiB.</exception>
    /// <exception cref="OperationCanceledException">The answer did not end in time.</exception>
    internal async Task<WitnessAnswer> AddCheckpointAsync(string request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(request));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(client.Timeout); // the client counts until the headers alone
        using HttpResponseMessage answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        await answer.Content.LoadIntoBufferAsync(SignedNote.MaxLength, limit.Token).ConfigureAwait(false);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
        return new WitnessAnswer((int)answer.StatusCode, Encoding.UTF8.GetString(body));
    }

    private static Uri AddressOf(Uri prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return prefix is { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" } ? new Uri(prefix.AbsoluteUri.TrimEnd('/') + "/add-checkpoint") : throw Error.WitnessAddress(nameof(prefix));
    }
}

/// <summary>What a witness answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The text, at most 128 Ki characters.</param>
internal readonly record struct WitnessAnswer(int Status, string Body);
