using System.Net.Http.Headers;
using System.Text;

namespace FaceVault;

/// <summary>A witness behind a URL, over a client that the caller made: proxies, certificates, redirects and time limits are the caller's.</summary>
/// <param name="client">Not disposed here. Its <see cref="HttpClient.Timeout"/> holds for the whole answer.</param>
/// <param name="submissionPrefix">The witness's submission prefix: an absolute URL of http or https without user, query and fragment; <c>/add-checkpoint</c> is put behind it.</param>
/// <param name="key">The witness's key (<see cref="VerifierKey.IsWitness"/>), from a source you trust.</param>
/// <exception cref="ArgumentException">The URL is not such a one, or the key is a vault's.</exception>
public sealed class HttpWitness(HttpClient client, Uri submissionPrefix, VerifierKey key) : IWitness
{
    private readonly HttpClient client = client ?? throw new ArgumentNullException(nameof(client));
    private readonly Uri address = AddressOf(submissionPrefix);

    /// <inheritdoc/>
    public VerifierKey Key { get; } = key is null ? throw new ArgumentNullException(nameof(key)) : key.IsWitness ? key : throw Error.NotAWitnessKey(nameof(key));

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">The witness was not reached, or its answer is longer than 128 KiB.</exception>
    /// <exception cref="OperationCanceledException">The answer did not end in time.</exception>
    public async Task<WitnessAnswer> AddCheckpointAsync(string request, CancellationToken cancellationToken)
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
