// The real way out to HTTP services: the platform's client behind IHttpExchange, with every limit named.
using System.Net.Http;
using System.Net.Sockets;
using Skywire.Discovery;

namespace Skywire.Visor.Hosting;

/// <summary>Limits of <see cref="HttpClientExchange"/>.</summary>
public sealed record HttpClientExchangeOptions
{
    /// <summary>Longest time to connect; a service that has not answered a SYN three times will not answer a fourth in time.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest answer read; the callers' own limit (16 MiB) plus room to tell "too long" from "just fits".</summary>
    public int MaxAnswerBytes { get; init; } = (16 * 1024 * 1024) + 1;

    /// <summary>Idle connections are closed after this; the services close theirs after 30 s.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>Sends requests over HTTP/1.1. Thread-safe. No redirects, no cookies, no proxy from the environment: a service is where the configuration says.</summary>
public sealed class HttpClientExchange : IHttpExchange, IDisposable
{
    private readonly HttpClient _client;
    private readonly int _maxAnswerBytes;

    /// <summary>Opens nothing before the first request.</summary>
    public HttpClientExchange(HttpClientExchangeOptions options)
    {
        _maxAnswerBytes = options.MaxAnswerBytes;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectLimit,
            PooledConnectionIdleTimeout = options.IdleLimit,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        })
        {
            // The caller's token carries the limit of the call.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(call.Target, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new IOException($"not an http address: {call.Target}");
        }

        using var request = new HttpRequestMessage(new HttpMethod(call.Method), uri);
        if (!call.Body.IsEmpty)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
        }

        foreach (var (name, value) in call.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await ReadBodyAsync(response.Content, cancellationToken);
            return new HttpReply((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", body);
        }
        catch (HttpRequestException e)
        {
            throw new IOException(Reason(e), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler reports its own connect limit as a cancellation.
            throw new IOException("no connection in time", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<byte[]> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > _maxAnswerBytes)
        {
            throw new IOException($"answer of {content.Headers.ContentLength} bytes, more than the limit of {_maxAnswerBytes}");
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > _maxAnswerBytes)
            {
                throw new IOException($"answer longer than the limit of {_maxAnswerBytes} bytes");
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    // "Connection refused" tells an operator more than the platform's wrapping sentence.
    private static string Reason(HttpRequestException e) => e.InnerException switch
    {
        SocketException socket => socket.Message,
        { } inner => inner.Message,
        null => e.Message,
    };
}
