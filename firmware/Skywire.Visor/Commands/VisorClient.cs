// Talks to a running visor: HTTP over its unix socket, or over TCP when told to.
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Config;

namespace Skywire.Visor.Commands;

/// <summary>One visor. Failures are <see cref="CliException"/>s with the exit code that scripts expect.</summary>
internal sealed class VisorClient : IDisposable
{
    // Longer than the visor's own limit on a request, so that its explanation arrives before ours.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(70);

    private readonly HttpClient _http;
    private readonly string _where;

    private VisorClient(HttpClient http, string where)
    {
        _http = http;
        _where = where;
    }

    /// <summary>Picks the way to the visor: URL, socket, environment, configuration, system socket, in this order.</summary>
    public static VisorClient Open(string? url, string? socket)
    {
        if (url is not null)
        {
            if (ValueRules.Url(url) is { } fault)
            {
                throw new CliException(ExitCode.Usage, $"--url {fault}", "for example --url http://127.0.0.1:8000");
            }

            var http = new HttpClient { BaseAddress = new Uri(url.TrimEnd('/') + "/"), Timeout = Limit };
            if (Environment.GetEnvironmentVariable("SKYWIRE_PASSWORD") is { Length: > 0 } password)
            {
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("skywire:" + password)));
            }

            return new VisorClient(http, url);
        }

        var path = socket ?? Environment.GetEnvironmentVariable(ConfigLocation.SocketVariable) ?? SocketOfConfig();
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        return new VisorClient(new HttpClient(handler) { BaseAddress = new Uri("http://localhost/"), Timeout = Limit }, path);
    }

    /// <summary>Reads one resource as JSON text.</summary>
    public Task<byte[]> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Changes something without a body.</summary>
    public Task<byte[]> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) => SendAsync(method, path, null, cancellationToken);

    /// <summary>Changes something.</summary>
    public Task<byte[]> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, type), cancellationToken);

    /// <summary>Reads JSON text as a view.</summary>
    public static T Parse<T>(byte[] json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type)!;
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCode.Failure, "the visor's answer could not be read: " + e.Message, "is it of the same version as this command? (\"skywire --version\", \"skywire status --json\")", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string SocketOfConfig()
    {
        try
        {
            return ConfigLoader.Check(ConfigLocation.Find(null)).Socket;
        }
        catch (ConfigurationException)
        {
            // No readable configuration here says nothing about the system's visor; if that does not answer either, the error names its socket.
            return ConfigLocation.SystemSocket;
        }
    }

    private async Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, "api/v1/" + path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        request.Headers.Add(RequestGate.ChangeHeader, "1");
        try
        {
            using var reply = await _http.SendAsync(request, cancellationToken);
            var content = await reply.Content.ReadAsByteArrayAsync(cancellationToken);
            return reply.IsSuccessStatusCode ? content : path == "health" && (int)reply.StatusCode == 503 ? content : throw Failure((int)reply.StatusCode, content);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new CliException(ExitCode.Refused, $"no permission to use {_where}", "run as a member of the group that owns the socket (\"skywire\"), or as root", e);
        }
        catch (HttpRequestException e)
        {
            throw new CliException(ExitCode.NotRunning, $"no visor answers at {_where}", "start it with \"skywire visor run\" (or \"systemctl start skywire\"), or name it with --socket or --url", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Timeout, $"the visor at {_where} did not answer within {Limit.TotalSeconds:0} seconds", "look at its log", e);
        }
    }

    private CliException Failure(int status, byte[] content)
    {
        ErrorView error;
        try
        {
            error = JsonSerializer.Deserialize(content, ApiJson.Default.ErrorBody)!.Error;
        }
        catch (JsonException)
        {
            error = new ErrorView("", $"{_where} answered {status}, and not like a visor", "is it the right address?");
        }

        return new CliException(
            status switch
            {
                400 => ExitCode.Usage,
                401 or 403 or 429 => ExitCode.Refused,
                504 => ExitCode.Timeout,
                _ => ExitCode.Failure,
            },
            error.Message,
            status == 401 ? "set the environment variable SKYWIRE_PASSWORD" : error.Remedy);
    }
}
