// The proxy server: yamux on route connections, SOCKS5 on each of its streams (spec 14 §4.1).
using Microsoft.Extensions.Logging;
using Skywire.Routing;
using Skywire.Wire;
using Skywire.Wire.Yamux;

namespace Skywire.Apps.Skysocks;

/// <summary>Lets clients on the mesh reach the internet from here.</summary>
public sealed class SkysocksServer : IApp
{
    private readonly IRouteNetwork _routes;
    private readonly INetwork _network;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CauseCounters _counters;
    private readonly SkysocksServerOptions _options;
    private readonly Passcode? _passcode;

    /// <summary>A server; <paramref name="network"/> reaches its targets.</summary>
    public SkysocksServer(IRouteNetwork routes, INetwork network, TimeProvider time, ILogger logger, CauseCounters counters, SkysocksServerOptions options)
    {
        _routes = routes;
        _network = network;
        _time = time;
        _logger = logger;
        _counters = counters;
        _options = options;
        _passcode = string.IsNullOrEmpty(options.Passcode) ? null : new Passcode(options.Passcode);
    }

    /// <inheritdoc/>
    public async Task RunAsync(AppScope scope, CancellationToken cancellationToken)
    {
        var clients = new OwnedTasks(e => AppsLog.Unexpected(_logger, e));
        await using var listener = _routes.Listen(_options.Port);
        AppsLog.ServerStarted(_logger, _options.Port);
        scope.Report(AppDetail.Running);
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync(cancellationToken);
                if (clients.Count >= _options.MaxClients)
                {
                    _counters.Add(ProtocolError.LimitReached);
                    await connection.DisposeAsync();
                    continue;
                }

                scope.Counters.Connected();
                clients.Add(ServeClientAsync(connection, scope, cancellationToken));
            }
        }
        finally
        {
            await clients.WhenIdleAsync();
        }
    }

    private async Task ServeClientAsync(IRouteConnection connection, AppScope scope, CancellationToken cancellationToken)
    {
        var peer = connection.Descriptor.SourceKey;
        AppsLog.PeerConnected(_logger, peer);
        var streams = new OwnedTasks(e => AppsLog.Unexpected(_logger, e));
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var session = new YamuxSession(connection, client: false, _options.Mux, _time, _counters);
        try
        {
            while (true)
            {
                streams.Add(ServeStreamAsync(await session.AcceptAsync(cancellationToken), scope, left.Token));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client left, or the server stops: the reason is with the session.
        }
        finally
        {
            left.Cancel();
            await session.DisposeAsync();
            await streams.WhenIdleAsync();
            AppsLog.PeerLeft(_logger, peer, session.CloseCause);
        }
    }

    private async Task ServeStreamAsync(IByteStream stream, AppScope scope, CancellationToken cancellationToken)
    {
        try
        {
            if (scope.Counters.StreamOpened() > _options.MaxStreams)
            {
                _counters.Add(ProtocolError.LimitReached);
                scope.Counters.StreamFailed();
                stream.Abort();
                return;
            }

            var cause = await new SocksConnection(stream, _network, _time, _options, _passcode, scope.Counters).RunAsync(cancellationToken);
            if (cause != ProtocolError.None)
            {
                _counters.Add(cause);
            }
        }
        finally
        {
            await stream.DisposeAsync();
            scope.Counters.StreamClosed();
        }
    }
}
