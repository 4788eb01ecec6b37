// The proxy client: a local port whose connections come out at the server (spec 14 §4.1).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Routing;
using Skywire.Wire;

namespace Skywire.Apps.Skysocks;

/// <summary>Carries local connections to a proxy server as they are: the SOCKS5 conversation is between the local program and the server.</summary>
public sealed class SkysocksClient : IApp
{
    private readonly IRouteNetwork _routes;
    private readonly INetwork _network;
    private readonly TimeProvider _time;
    private readonly IEntropy _entropy;
    private readonly ILogger _logger;
    private readonly CauseCounters _counters;
    private readonly SkysocksClientOptions _options;

    /// <summary>A client; <paramref name="network"/> listens for local programs.</summary>
    public SkysocksClient(IRouteNetwork routes, INetwork network, TimeProvider time, IEntropy entropy, ILogger logger, CauseCounters counters, SkysocksClientOptions options)
    {
        _routes = routes;
        _network = network;
        _time = time;
        _entropy = entropy;
        _logger = logger;
        _counters = counters;
        _options = options;
    }

    /// <inheritdoc/>
    public async Task RunAsync(AppScope scope, CancellationToken cancellationToken)
    {
        await using var listener = _network.Listen(_options.Listen);
        AppsLog.ClientStarted(_logger, listener.LocalEndPoint);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var link = new ServerLink(_routes, _time, _entropy, _logger, _counters, _options, scope);
        var keeping = link.RunAsync(stop.Token);
        var streams = new OwnedTasks(e => AppsLog.Unexpected(_logger, e));
        try
        {
            while (true)
            {
                streams.Add(ServeAsync(await listener.AcceptAsync(cancellationToken), link, scope, stop.Token));
            }
        }
        finally
        {
            stop.Cancel();
            await streams.WhenIdleAsync();
            await keeping;
        }
    }

    private async Task ServeAsync(IByteStream local, ServerLink link, AppScope scope, CancellationToken cancellationToken)
    {
        try
        {
            if (scope.Counters.StreamOpened() > _options.MaxStreams)
            {
                Fail(local, scope, ProtocolError.LimitReached);
                return;
            }

            var remote = await link.OpenAsync(cancellationToken);
            if (remote is null)
            {
                Fail(local, scope, ProtocolError.TimedOut);
                return;
            }

            await using (remote)
            {
                var cause = await StreamPump.RunAsync(local, remote, scope.Counters, _options.Pump, _time, cancellationToken);
                if (cause != ProtocolError.None)
                {
                    _counters.Add(cause);
                }
            }
        }
        finally
        {
            await local.DisposeAsync();
            scope.Counters.StreamClosed();
        }
    }

    private void Fail(IByteStream local, AppScope scope, ProtocolError cause)
    {
        _counters.Add(cause);
        scope.Counters.StreamFailed();
        local.Abort();
    }
}
