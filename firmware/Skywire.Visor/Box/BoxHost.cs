// The box as a part of the visor: drives the node with real datagrams and time, runs services when this board is to serve, points the stable name at
// whoever serves, and tells every part to introduce itself again when that changes.
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Composition;
using Skywire.Visor.Config;
using Skywire.Wire;

namespace Skywire.Visor.Box;

/// <summary>Owns node, beacons, services and links of a box. <see cref="Attach"/>, then <see cref="Start"/>, once each. Reading members are thread-safe.</summary>
internal sealed partial class BoxHost : IAsyncDisposable
{
    private static readonly TimeSpan OwnAddressesLife = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReopenPause = TimeSpan.FromSeconds(5);

    // Links follow members without hurry; what hurries comes with a signal.
    private static readonly TimeSpan JoinInterval = TimeSpan.FromSeconds(1);

    private readonly BoxConfig _config;
    private readonly SecKey _key;
    private readonly BoxSecret _secret;
    private readonly VisorWorld _world;
    private readonly IBoxWorld _outside;
    private readonly ILogger _log;
    private readonly string _name;
    private readonly BoxNode _node;
    private readonly BoxServices _services;
    private readonly Lock _lock = new();
    private readonly AsyncSignal _wake = new();
    private readonly AsyncSignal _ask = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly long _epoch;
    private Task _running = Task.CompletedTask;
    private Task _probing = Task.CompletedTask;
    private VisorParts? _parts;
    private Func<CancellationToken, Task>? _relist;
    private AutoJoin? _join;
    private TimeSpan _nextJoin;
    private IBeaconChannel? _channel;
    private BoxServing? _serving;
    private IReadOnlyList<BoxMember> _members = [];
    private long _membersAt;
    private long _takeovers;
    private volatile string _problem = "";
    private IReadOnlyList<IPAddress> _own = [];
    private TimeSpan? _ownReadAt;

    /// <summary>Does nothing before <see cref="Start"/>. Key and secret stay the caller's.</summary>
    public BoxHost(VisorConfig config, BoxSecret secret, SecKey key, VisorWorld world)
    {
        _config = config.Box!;
        _key = key;
        _secret = secret;
        _world = world;
        _outside = world.Box ?? throw new ArgumentException("a box needs a way to its wire", nameof(world));
        _log = world.Loggers.CreateLogger<BoxHost>();
        _name = config.Name;
        _epoch = world.Time.GetTimestamp();
        Endpoints = new BoxEndpoints(world.Network, world.Http);
        _node = new BoxNode(BoxPlan.Options(_config), key, secret, Describe, world.Entropy);
        _services = new BoxServices(secret, world, _outside, OnStarted, OnFailed, _log);
    }

    /// <summary>Network and HTTP under which the stable name works.</summary>
    public BoxEndpoints Endpoints { get; }

    /// <summary>Key of the box's dmsg server.</summary>
    public PubKey DmsgServer => _secret.DmsgServer.PublicKey;

    /// <summary>Key of the box's setup node.</summary>
    public PubKey SetupNode => _secret.SetupNode.PublicKey;

    /// <summary>What needs a hand; empty for nothing.</summary>
    public string Problem => _problem;

    /// <summary>This board serves.</summary>
    public bool IsServing => _serving is { IsSelf: true };

    /// <summary>Counters of the services while this board serves.</summary>
    public IReadOnlyList<CauseCounters> Causes => _services.Causes;

    private TimeSpan Now => _world.Time.GetElapsedTime(_epoch);

    /// <summary>A member by key; null when it is none.</summary>
    public BoxMember? Find(PubKey key) => Volatile.Read(ref _members).FirstOrDefault(m => m.Key == key);

    /// <summary>Gives it the parts it connects; <paramref name="relist"/> lists this visor's apps anew.</summary>
    public void Attach(VisorParts parts, VisorConfig config, Func<CancellationToken, Task>? relist)
    {
        _parts = parts;
        _relist = relist;
        _join = new AutoJoin(parts.Transports, _key.PublicKey, [.. config.Transport.Persistent.Where(p => p.Type == TransportTypes.Stcpr).Select(p => p.Key)], _config.MaxNeighbours, _world.Time);
    }

    /// <summary>Serves something else beside the services, whenever this board serves. Before the start.</summary>
    public void Host(IBoxGuest guest) => _services.Guest = guest;

    /// <summary>Starts listening.</summary>
    public void Start()
    {
        _services.Start();
        _running = RunAsync();
        _probing = ProbeLoopAsync();
    }

    /// <summary>Says goodbye, so that nobody has to wait for this board's silence, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _running;
        await _probing;
        await _services.DisposeAsync();
        Endpoints.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var channel = _outside.OpenBeacons(_config.Port);
                channel.WaysChanged += OnWaysChanged;
                _channel = channel;
                _problem = "";
                Log.BoxListens(_log, _config.MeshName, _config.Port, channel.Ways);
                await DriveAsync(channel);
            }
            catch (IOException e)
            {
                // Another program holds the port, or the kernel is short of something: said in the status, tried again.
                _problem = $"no beacons on UDP port {_config.Port}: {e.Message}";
                Log.BoxNoBeacons(_log, _config.Port, e.Message);
            }
            catch (Exception e)
            {
                // A mistake of our own must not cut the board off its box for good: said at once, and begun again.
                _problem = $"a fault of the box: {e.Message}";
                Log.TaskFailed(_log, e);
            }

            _channel = null;
            await PauseAsync(ReopenPause);
        }
    }

    private async Task DriveAsync(IBeaconChannel channel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var receiving = ReceiveAsync(channel, ended);
        try
        {
            while (!ended.IsCancellationRequested)
            {
                TimeSpan next;
                lock (_lock)
                {
                    _node.Tick(Now);
                    next = _node.NextTick;
                }

                await FlushAsync(channel, ended.Token);
                Reconcile();
                await JoinAsync(ended.Token);
                await WaitAsync(_wake, next - Now, ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The visor stops, or the channel broke.
        }
        finally
        {
            if (_stop.IsCancellationRequested)
            {
                await SayGoodbyeAsync(channel);
            }

            ended.Cancel();
            await receiving;
        }
    }

    private async Task ReceiveAsync(IBeaconChannel channel, CancellationTokenSource ended)
    {
        // One more than the longest: what is cut to this length is too long.
        var buffer = new byte[BoxNode.MaxDatagram + 1];
        try
        {
            while (true)
            {
                var (length, source, onAir) = await channel.ReceiveAsync(buffer, ended.Token);
                lock (_lock)
                {
                    _node.Receive(buffer.AsSpan(0, length), source, Now, onAir);
                }

                _wake.Set();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Ended from outside.
        }
        catch (IOException e)
        {
            Log.BoxNoBeacons(_log, _config.Port, e.Message);
            ended.Cancel();
        }
        catch (Exception e)
        {
            // A mistake of our own: the channel is opened anew.
            Log.TaskFailed(_log, e);
            ended.Cancel();
        }
    }

    private async Task FlushAsync(IBeaconChannel channel, CancellationToken cancellationToken)
    {
        while (true)
        {
            BoxSend send;
            lock (_lock)
            {
                if (!_node.TryTakeSend(out send))
                {
                    return;
                }
            }

            if (send.To is { } to)
            {
                await channel.SendAsync(to, Compose(send), cancellationToken);
            }
            else
            {
                await channel.AnnounceAsync(() => Compose(send), cancellationToken);
            }
        }
    }

    private async Task SayGoodbyeAsync(IBeaconChannel channel)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), _world.Time);
        try
        {
            await channel.AnnounceAsync(() => Compose(default, leaving: true), limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Then they notice by themselves.
        }
    }

    private byte[] Compose(BoxSend send, bool leaving = false)
    {
        lock (_lock)
        {
            return _node.Compose(send, Now, leaving);
        }
    }

    // Makes what is run and pointed at agree with what the node says.
    private void Reconcile()
    {
        BoxServing? serving;
        bool serve;
        var before = _members;
        lock (_lock)
        {
            serve = _node.ShouldServe;
            serving = _node.Serving();
            Volatile.Write(ref _members, _node.Members(Now));
            Volatile.Write(ref _membersAt, Now.Ticks);
        }

        _services.Want(serve);
        if (before.Count != _members.Count || before.Zip(_members).Any(p => p.First.Boot != p.Second.Boot))
        {
            _nextJoin = default;
            Log.BoxMembers(_log, _members.Count + 1);
        }

        var old = _serving;
        var isOther = serving is null ? old is not null : old is null || old.Key != serving.Key || old.Term != serving.Term || old.Boot != serving.Boot;
        if (!isOther && Equals(serving?.Address, old?.Address))
        {
            return;
        }

        _serving = serving;
        IPAddress? address;
        lock (_lock)
        {
            address = serving is null ? null : serving.Address ?? OwnAddress();
        }

        Endpoints.Point(address, endCalls: isOther);
        if (isOther)
        {
            OnOtherServing(serving);
        }
    }

    private void OnOtherServing(BoxServing? serving)
    {
        Lose(serving is null ? "no board serves the box" : $"board {Called(serving)} has not answered yet");
        if (serving is null)
        {
            Log.BoxUnserved(_log);
            return;
        }

        // Whatever kept this board from serving, or from being heard: another one serves now, and it hears that one.
        _problem = serving.IsSelf ? _problem : "";
        Interlocked.Increment(ref _takeovers);
        Log.BoxServedBy(_log, serving.Key.ToString(), serving.Address?.ToString() ?? "this board", serving.Term);
        _ask.Set();
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        if (_join is not null && Now >= _nextJoin)
        {
            _nextJoin = Now + JoinInterval;
            await _join.UpdateAsync(_members, cancellationToken);
        }
    }

    private void OnStarted()
    {
        _problem = "";
        lock (_lock)
        {
            _node.ServicesStarted(Now);
        }

        _wake.Set();
    }

    private void OnFailed(string reason)
    {
        _problem = "this board cannot serve: " + reason;
        lock (_lock)
        {
            _node.ServicesFailed(Now);
        }

        _wake.Set();
    }

    private void OnWaysChanged()
    {
        lock (_lock)
        {
            _ownReadAt = null;
            _node.Announce(Now);
        }

        _wake.Set();
    }

    private BoxSelf Describe()
    {
        return new BoxSelf(
            _name,
            _parts?.Stcpr?.LocalEndPoint?.Port ?? 0,
            _parts?.Transports.Snapshot().Count(t => t.IsUp) ?? 0,
            [.. Own().Take(4)]);
    }

    // Reading them costs the kernel and this process a dozen files; beacons are frequent.
    private IReadOnlyList<IPAddress> Own()
    {
        if (_ownReadAt is null || Now - _ownReadAt > OwnAddressesLife)
        {
            _own = [.. _world.OwnAddresses().Select(a => IPAddress.TryParse(a, out var ip) ? ip : null).OfType<IPAddress>()];
            _ownReadAt = Now;
        }

        return _own;
    }

    // Its own services by the address that others use, so that what they note of the caller is of use to others; loopback when there is none.
    private IPAddress OwnAddress() => Own() is [var first, ..] ? first : IPAddress.Loopback;

    private static string Called(BoxServing serving) => serving.Name.Length > 0 ? serving.Name : serving.Key.ToShortString();

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _world.Time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The visor stops.
        }
    }

    // True when signalled, false when the time was up.
    private async Task<bool> WaitAsync(AsyncSignal signal, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Whole milliseconds, rounded up: the platform's timers cut the rest off, and the loop would spin through it.
        using var timer = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(limit.TotalMilliseconds))), _world.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await signal.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
