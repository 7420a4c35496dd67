using System.Net.Http.Headers;
using System.Text;

namespace FaceVault;

/// <summary>A witness behind a URL, over a client that the caller made: proxies, certificates and time limits are the caller's.</summary>
/// <param name="client">Not disposed here.</param>
/// <param name="submissionPrefix">The witness's submission prefix: an absolute URL; <c>/add-checkpoint</c> is put behind it.</param>
/// <param name="key">The witness's key (<see cref="VerifierKey.IsWitness"/>), from a source you trust.</param>
/// <exception cref="ArgumentException">The URL is not absolute, or the key is a vault's.</exception>
public sealed class HttpWitness(HttpClient client, Uri submissionPrefix, VerifierKey key) : IWitness
{
    private readonly HttpClient client = client ?? throw new ArgumentNullException(nameof(client));
    private readonly Uri address = AddressOf(submissionPrefix);

    /// <inheritdoc/>
    public VerifierKey Key { get; } = key is null ? throw new ArgumentNullException(nameof(key)) : key.IsWitness ? key : throw Error.NotAWitnessKey(nameof(key));

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">The witness was not reached, or its answer is too long.</exception>
    public async Task<WitnessAnswer> AddCheckpointAsync(string request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(request));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        using HttpResponseMessage answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        await answer.Content.LoadIntoBufferAsync(SignedNote.MaxLength, cancellationToken).ConfigureAwait(false);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return new WitnessAnswer((int)answer.StatusCode, Encoding.UTF8.GetString(body));
    }

    private static Uri AddressOf(Uri prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return prefix.IsAbsoluteUri ? new Uri(prefix.AbsoluteUri.TrimEnd('/') + "/add-checkpoint") : throw Error.WitnessAddress(nameof(prefix));
    }
}
