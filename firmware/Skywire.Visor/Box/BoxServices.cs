// The services of the box on this board, in this process: a second process would cost a board of 512 MB another runtime (some 50 MB) and a
// takeover the seconds in which it starts. What they keep is in memory: all of it is told again by the members within seconds.
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery.Box;
using Skywire.Routing.Setup;
using Skywire.Services;
using Skywire.Visor.Composition;
using Skywire.Visor.Hosting;
using Skywire.Wire;

namespace Skywire.Visor.Box;

/// <summary>Starts and stops the services as told, one change at a time. Never throws; outcomes come by the two callbacks, from its own loop.</summary>
internal sealed class BoxServices : IAsyncDisposable
{
    // Setup node and dmsg server are up within a fraction of a second; on a board under emulation within a few.
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(20);

    private readonly BoxSecret _secret;
    private readonly VisorWorld _world;
    private readonly IBoxWorld _outside;
    private readonly Action _started;
    private readonly Action<string> _failed;
    private readonly ILogger _log;
    private readonly AsyncSignal _wake = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _wanted;
    private Task _running = Task.CompletedTask;
    private UnifiedServices? _services;

    public BoxServices(BoxSecret secret, VisorWorld world, IBoxWorld outside, Action started, Action<string> failed, ILogger log)
    {
        _secret = secret;
        _world = world;
        _outside = outside;
        _started = started;
        _failed = failed;
        _log = log;
    }

    /// <summary>What is served beside the services, on a port of its own; null for nothing. Before the start.</summary>
    public IBoxGuest? Guest { get; set; }

    /// <summary>Counters of the services while they run.</summary>
    public IReadOnlyList<CauseCounters> Causes => _services?.Causes ?? [];

    public void Start() => _running = RunAsync();

    /// <summary>Whether the services shall run.</summary>
    public void Want(bool wanted)
    {
        if (_wanted != wanted)
        {
            _wanted = wanted;
            _wake.Set();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _running;
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_wanted)
                {
                    await ServeAsync();
                }
                else
                {
                    await _wake.WaitAsync(_stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was: another board may serve, and this one is asked again.
                Log.BoxServicesFailed(_log, e, e.Message);
                _wanted = false;
                _failed(e is OperationCanceledException ? $"the services were not ready within {ReadyLimit.TotalSeconds:0} s" : e.Message);
            }
        }
    }

    private async Task ServeAsync()
    {
        var since = _world.Time.GetTimestamp();
        var options = Options();

        // Within the process the name means this very machine, also before anybody else may hear of it.
        using var local = new BoxEndpoints(_world.Network, null);
        local.Point(options.BindAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, endCalls: false);
        var hosts = new List<IAsyncDisposable>();
        var services = new UnifiedServices(options, local, null, _world.Entropy, _world.Time, _world.Loggers);
        try
        {
            foreach (var (kind, service) in services.ByKind)
            {
                hosts.Add(await _outside.ServeAsync(kind.ToString(), service, new IPEndPoint(options.BindAddress, options.PortOf(kind)), _stop.Token));
            }

            await services.StartAsync();
            using (var limit = new CancellationTokenSource(ReadyLimit, _world.Time))
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token))
            {
                await services.WaitReadyAsync(either.Token);
            }

            if (Guest is { } guest)
            {
                hosts.Add(await HostGuestAsync(guest, options.BindAddress));
            }

            _services = services;
            Log.BoxServing(_log, (long)_world.Time.GetElapsedTime(since).TotalMilliseconds);
            _started();
            while (_wanted)
            {
                await _wake.WaitAsync(_stop.Token);
            }

            Log.BoxServicesStop(_log);
        }
        finally
        {
            _services = null;
            await services.DisposeAsync();
            foreach (var host in hosts)
            {
                await host.DisposeAsync();
            }
        }
    }

    // A box without updates is a box still: its port being taken is said, and keeps nobody from serving.
    private async Task<IAsyncDisposable> HostGuestAsync(IBoxGuest guest, IPAddress address)
    {
        var life = guest.Begin();
        try
        {
            return new GuestHost(await _outside.ServeAsync(guest.Name, life.Service, new IPEndPoint(address, guest.Port), _stop.Token), life.End);
        }
        catch (IOException e)
        {
            Log.BoxGuestFailed(_log, guest.Name, e.Message);
            return new GuestHost(null, life.End);
        }
    }

    private sealed class GuestHost(IAsyncDisposable? host, Action end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            end();
            if (host is not null)
            {
                await host.DisposeAsync();
            }
        }
    }

    private ServicesOptions Options() => new()
    {
        BindAddress = _outside.Any,
        AllowPrivate = true,
        DmsgServerKey = _secret.DmsgServer,
        SetupNodeKey = _secret.SetupNode,
        PublicDmsgAddress = BoxPlan.DmsgAddress,
        Version = BuildInfo.Version,

        // A service that has just taken over meets members that have not; it must not hold that against them for minutes.
        SetupNode = SetupNodeOptions.Default with { Breaker = CircuitBreakerOptions.Default with { OpenTime = TimeSpan.FromSeconds(5) } },
    };
}
