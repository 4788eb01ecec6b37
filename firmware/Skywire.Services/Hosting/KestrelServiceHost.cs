// HTTP for the services: one Kestrel server with one listener per service, no framework above it.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Skywire.Discovery;
using Skywire.Services.Http;

namespace Skywire.Services.Hosting;

/// <summary>Limits of <see cref="KestrelServiceHost"/>.</summary>
public sealed record KestrelServiceHostOptions
{
    /// <summary>The defaults.</summary>
    public static KestrelServiceHostOptions Default { get; } = new();

    /// <summary>Most connections per service: a network of 10,000 visors that all call within a minute needs a few hundred at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Time for the request's head to arrive; the reference gives 3 s.</summary>
    public TimeSpan HeadLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time for body and answer together; a body of the largest size over a slow line takes seconds.</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Idle connections are closed after this; the reference's value.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Takes the caller's address from X-Real-IP or X-Forwarded-For. Only behind a proxy that sets them: whoever reaches the service directly could claim any
    /// address. The reference always takes them.
    /// </summary>
    public bool TrustForwardedHeaders { get; init; }
}

/// <summary>Serves one service on one address.</summary>
public sealed class KestrelServiceHost : IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly string _name;

    private KestrelServiceHost(KestrelServer server, string name)
    {
        _server = server;
        _name = name;
    }

    /// <summary>The address really bound (port resolved).</summary>
    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts all HTTP services of a composition, each on its configured port. Throws <see cref="IOException"/> naming the service whose port is taken.</summary>
    public static async Task<IReadOnlyDictionary<ServiceKind, KestrelServiceHost>> StartAllAsync(
        UnifiedServices services, ServicesOptions options, KestrelServiceHostOptions limits, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var hosts = new Dictionary<ServiceKind, KestrelServiceHost>();
        try
        {
            foreach (var (kind, service) in services.ByKind)
            {
                hosts.Add(kind, await StartAsync(kind.ToString(), service, new IPEndPoint(options.BindAddress, options.PortOf(kind)), limits, time, loggers, cancellationToken));
            }

            return hosts;
        }
        catch
        {
            foreach (var host in hosts.Values)
            {
                await host.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Starts serving. Throws <see cref="IOException"/> naming service and address when it is taken.</summary>
    public static async Task<KestrelServiceHost> StartAsync(
        string name, IHttpService service, IPEndPoint address, KestrelServiceHostOptions limits, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowResponseHeaderCompression = false };
        options.Limits.MaxConcurrentConnections = limits.MaxConnections;
        options.Limits.MaxConcurrentUpgradedConnections = 0;
        options.Limits.MaxRequestBodySize = EndpointTable.MaxBodyBytes;
        options.Limits.RequestHeadersTimeout = limits.HeadLimit;
        options.Limits.KeepAliveTimeout = limits.IdleLimit;
        options.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        var server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
        var host = new KestrelServiceHost(server, name);
        try
        {
            await server.StartAsync(new Application(service, limits, time), cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            server.Dispose();
            throw new IOException($"{name} cannot listen on {address}: {e.Message}", e);
        }

        // Kestrel tells the resolved address as a URL.
        var bound = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        host.LocalEndPoint = new IPEndPoint(address.Address, bound.Port);
        Log.Serving(loggers.CreateLogger<KestrelServiceHost>(), name, host.LocalEndPoint.ToString());
        return host;
    }

    /// <summary>Stops accepting, lets requests under way finish for a moment, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        try
        {
            await _server.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A request was still open at the limit; its connection ends with the process.
        }

        _server.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_name} on {LocalEndPoint}");

    private sealed class Application(IHttpService service, KestrelServiceHostOptions limits, TimeProvider time) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public void DisposeContext(HttpContext context, Exception? exception) => ((DefaultHttpContext)context).Uninitialize();

        public async Task ProcessRequestAsync(HttpContext context)
        {
            using var limit = new CancellationTokenSource(limits.RequestLimit, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
            try
            {
                var body = await ReadBodyAsync(context.Request, linked.Token);
                var reply = await service.HandleAsync(CallOf(context, body), PeerOf(context), linked.Token);
                await WriteAsync(context.Response, reply, linked.Token);
            }
            catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
            {
                if (!context.Response.HasStarted)
                {
                    context.Response.StatusCode = e.StatusCode;
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Too slow, or gone: nobody is left to answer.
                context.Abort();
            }
        }

        private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
        {
            // Kestrel enforces the limit on declared and on chunked bodies alike.
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            return body.ToArray();
        }

        private static HttpCall CallOf(HttpContext context, byte[] body)
        {
            var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            var target = raw.StartsWith('/') ? raw : context.Request.Path.Value + context.Request.QueryString.Value;
            var headers = new List<KeyValuePair<string, string>>(context.Request.Headers.Count);
            foreach (var (name, values) in context.Request.Headers)
            {
                headers.Add(new(name, values.ToString()));
            }

            return new HttpCall(context.Request.Method, target, headers, body);
        }

        private HttpPeer PeerOf(HttpContext context)
        {
            var address = context.Connection.RemoteIpAddress;
            if (limits.TrustForwardedHeaders)
            {
                var claimed = context.Request.Headers["X-Real-IP"].ToString() is { Length: > 0 } real ? real : context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[0].Trim();
                address = IPAddress.TryParse(claimed, out var forwarded) ? forwarded : address;
            }

            return new HttpPeer(address, default);
        }

        private static async Task WriteAsync(HttpResponse response, HttpReply reply, CancellationToken cancellationToken)
        {
            response.StatusCode = reply.Status;
            response.ContentLength = reply.Body.Length;
            if (reply.ContentType.Length > 0)
            {
                response.ContentType = reply.ContentType;
            }

            await response.Body.WriteAsync(reply.Body, cancellationToken);
        }
    }
}
