// HTTP of downloads: the platform's client behind IUpdateHttp, streaming. Redirects are followed, as publishers of large files use them; what comes is checked against feed and signature.
using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Skywire.Update.Download;

namespace Skywire.Visor.Updates;

/// <summary>Sends GETs over HTTP/1.1. Thread-safe.</summary>
internal sealed class UpdateHttp : IUpdateHttp, IDisposable
{
    // As for services: who has not answered a SYN three times will not answer a fourth in time.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectLimit,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        MaxAutomaticRedirections = 5,
        UseCookies = false,
        UseProxy = false,
    })
    {
        // The caller limits each step; a download may take the night.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public async Task<IHttpAnswer> GetAsync(HttpGet request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, request.Address);
        if (request.Range is { } range)
        {
            message.Headers.Range = new RangeHeaderValue(range.Start, range.End - 1);
        }

        if (request.IfMatch.Length > 0)
        {
            message.Headers.TryAddWithoutValidation("If-Match", request.IfMatch);
        }

        try
        {
            var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            try
            {
                return new Answer(response, await response.Content.ReadAsStreamAsync(cancellationToken));
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
        catch (HttpRequestException e)
        {
            throw new IOException(e.InnerException is SocketException socket ? socket.Message : e.InnerException?.Message ?? e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler reports its own connect limit as a cancellation.
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"no connection within {ConnectLimit.TotalSeconds:0} s"), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private sealed class Answer(HttpResponseMessage response, Stream body) : IHttpAnswer
    {
        public int Status => (int)response.StatusCode;

        public long? RangeStart => response.Content.Headers.ContentRange?.From;

        public string EntityTag => response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : "";

        public Stream Body => body;

        public async ValueTask DisposeAsync()
        {
            await body.DisposeAsync();
            response.Dispose();
        }
    }
}
