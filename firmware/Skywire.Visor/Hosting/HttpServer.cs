// Kestrel around an IHttpService: sockets, HTTP and limits here, every decision in the service.
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Skywire.Discovery;
using Skywire.Visor.Storage;

namespace Skywire.Visor.Hosting;

/// <summary>Where to serve and how much to take.</summary>
internal sealed record HttpServerOptions
{
    /// <summary>Headers of the page and local API: nothing from elsewhere, nothing kept.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> PageHeaders { get; } =
    [
        new("Content-Security-Policy", Api.PageAssets.ContentSecurityPolicy),
        new("X-Content-Type-Options", "nosniff"),
        new("X-Frame-Options", "DENY"),
        new("Referrer-Policy", "no-referrer"),
        new("Cross-Origin-Resource-Policy", "same-origin"),
        new("Cache-Control", "no-store"),
    ];

    /// <summary>TCP addresses.</summary>
    public IReadOnlyList<IPEndPoint> Tcp { get; init; } = [];

    /// <summary>Path of a unix socket; null for none. A dead one left there is replaced.</summary>
    public string? Socket { get; init; }

    /// <summary>Largest request body; the services' largest is a list of a few thousand transports.</summary>
    public int MaxBody { get; init; } = 4 * 1024 * 1024;

    /// <summary>Connections at a time; each costs some tens of kilobytes.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Headers set on every answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}

/// <summary>A running HTTP server. Disposing stops it, giving requests under way a moment.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    // Enough for a page or a service call to finish; a hanging client must not hold up a shutdown.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    // u=rw,g=rw: members of the group may drive the visor, nobody else.
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const int SocketUmask = 0x6F; // 0157: everything but SocketMode's bits

    private readonly KestrelServer _kestrel;
    private readonly HttpServerOptions _options;

    private HttpServer(KestrelServer kestrel, HttpServerOptions options)
    {
        _kestrel = kestrel;
        _options = options;
    }

    /// <summary>The addresses really bound, TCP ones with their ports resolved.</summary>
    public IReadOnlyList<string> Addresses => [.. _kestrel.Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Starts serving. Throws <see cref="IOException"/> naming the port and, where it can be seen, who holds it.</summary>
    public static async Task<HttpServer> StartAsync(IHttpService service, HttpServerOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var kestrelOptions = new KestrelServerOptions { AddServerHeader = false };
        kestrelOptions.Limits.MaxRequestBodySize = options.MaxBody;
        kestrelOptions.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrelOptions.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrelOptions.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrelOptions.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        foreach (var address in options.Tcp)
        {
            kestrelOptions.Listen(address, static listen => listen.Protocols = HttpProtocols.Http1);
        }

        if (options.Socket is not null)
        {
            RemoveDeadSocket(options.Socket);
            kestrelOptions.ListenUnixSocket(options.Socket, static listen => listen.Protocols = HttpProtocols.Http1);
        }

        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        var kestrel = new KestrelServer(Options.Create(kestrelOptions), transport, loggers);
        var mask = Libc.SetCreationMask(SocketUmask);
        try
        {
            await kestrel.StartAsync(new Application(service, options), cancellationToken);
            if (options.Socket is not null)
            {
                File.SetUnixFileMode(options.Socket, SocketMode);
            }

            return new HttpServer(kestrel, options);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            kestrel.Dispose();
            var taken = options.Tcp.FirstOrDefault(a => a.Port != 0 && PortHolder.IsListening(a.Port));
            throw taken is null ? e : new IOException($"port {taken.Port} is taken by {PortHolder.Describe(taken.Port)}", e);
        }
        catch (SocketException e)
        {
            kestrel.Dispose();
            throw new IOException($"cannot listen on {string.Join(", ", options.Tcp)}: {e.Message}", e);
        }
        finally
        {
            _ = Libc.SetCreationMask(mask);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _kestrel.StopAsync(limit.Token);
        _kestrel.Dispose();
        if (_options.Socket is not null)
        {
            File.Delete(_options.Socket);
        }
    }

    // The instance lock is held by now, so a socket file here belongs to nobody alive. Anything else at that path is left alone, and binding fails.
    private static void RemoveDeadSocket(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if ((File.Exists(path) || Path.Exists(path)) && (File.GetAttributes(path) & (FileAttributes.Directory | FileAttributes.ReadOnly)) == 0 && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
        }
    }

    private sealed class Application(IHttpService service, HttpServerOptions options) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }

        public async Task ProcessRequestAsync(HttpContext context)
        {
            var request = context.Request;
            using var body = new MemoryStream();
            try
            {
                await request.Body.CopyToAsync(body, context.RequestAborted);
            }
            catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
            {
                context.Response.StatusCode = e.StatusCode;
                return;
            }

            var headers = new List<KeyValuePair<string, string>>(request.Headers.Count);
            foreach (var (name, values) in request.Headers)
            {
                headers.AddRange(values.Select(value => new KeyValuePair<string, string>(name, value ?? "")));
            }

            // The target as sent: services sign and route on it, so it must not be decoded here.
            var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            var call = new HttpCall(request.Method, target, headers, body.ToArray());
            var reply = await service.HandleAsync(call, new HttpPeer(Unmapped(context.Connection.RemoteIpAddress), default), context.RequestAborted);
            var response = context.Response;
            response.StatusCode = reply.Status;
            foreach (var (name, value) in options.Headers)
            {
                response.Headers[name] = value;
            }

            if (reply.Status == StatusCodes.Status401Unauthorized && options.Headers.Count > 0)
            {
                response.Headers.WWWAuthenticate = "Basic realm=\"skywire\", charset=\"UTF-8\"";
            }

            if (reply.ContentType.Length > 0)
            {
                response.ContentType = reply.ContentType;
            }

            response.ContentLength = reply.Body.Length;
            if (request.Method != HttpMethods.Head)
            {
                await response.Body.WriteAsync(reply.Body, context.RequestAborted);
            }
        }

        private static IPAddress? Unmapped(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }
}
