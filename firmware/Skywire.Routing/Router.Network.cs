// Dial and listen, and the registry of route groups.
using System.Buffers.Binary;
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Routing;

public sealed partial class Router
{
    private const string NoListenerText = "no listener on port";
    private const string BusyListenerText = "listener busy on port";

    private const ushort FirstEphemeralPort = 49152;

    private readonly Lock _gate = new();
    private readonly Dictionary<RouteDescriptor, RouteGroup> _established = [];
    private readonly Dictionary<RouteDescriptor, RouteGroup> _opening = [];
    private readonly HashSet<RouteGroup> _live = [];
    private readonly Dictionary<ushort, RouteListener> _listeners = [];
    private readonly HashSet<ushort> _localPorts = [];

    /// <inheritdoc/>
    public Task<IRouteConnection> DialAsync(PubKey remote, ushort port, RouteDialOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (remote.IsNull)
        {
            throw new ArgumentException("the null key names nobody", nameof(remote));
        }

        ObjectDisposedException.ThrowIf(_life.IsCancellationRequested, this);
        if (remote == LocalKey)
        {
            return DialSelfAsync(port, options, cancellationToken);
        }

        return _dialer is { } dialer
            ? dialer.DialAsync(remote, port, options, cancellationToken)
            : Task.FromException<IRouteConnection>(new ProtocolException(ProtocolError.NoRoute, "this visor has no way to set up routes: neither a setup node nor dmsg is configured"));
    }

    /// <inheritdoc/>
    public IRouteListener Listen(ushort port)
    {
        var listener = new RouteListener(this, port, Options.AcceptBacklog);
        lock (_gate)
        {
            if (!_listeners.TryAdd(port, listener))
            {
                throw new ProtocolException(ProtocolError.PortTaken, $"skywire port {port} is already listened on");
            }
        }

        return listener;
    }

    internal static string NoListenerOn(ushort port) => $"{NoListenerText} {port}";

    internal static string BusyListenerOn(ushort port) => $"{BusyListenerText} {port}";

    /// <summary>True for the texts with which a destination refuses a port. Only for a better word and to spare other paths: nothing else hangs on it.</summary>
    internal static bool IsPortRefusal(string? text) =>
        text is not null && (text.StartsWith(NoListenerText, StringComparison.Ordinal) || text.StartsWith(BusyListenerText, StringComparison.Ordinal));

    /// <summary>Takes a local port for a dial: the one wanted, or an ephemeral one. It is given back when its group is forgotten, or by <see cref="ReleasePort"/>.</summary>
    internal ushort TakePort(ushort wanted)
    {
        lock (_gate)
        {
            if (wanted != 0)
            {
                return _localPorts.Add(wanted) ? wanted : throw new ProtocolException(ProtocolError.PortTaken, $"local port {wanted} is already in use by another route");
            }

            // Random, so that a visor that restarts does not meet the groups of its former life at the peer.
            const int Range = ushort.MaxValue - FirstEphemeralPort + 1;
            Span<byte> random = stackalloc byte[sizeof(ushort)];
            Entropy.Fill(random);
            var start = BinaryPrimitives.ReadUInt16BigEndian(random) % Range;
            for (var i = 0; i < Range; i++)
            {
                var port = (ushort)(FirstEphemeralPort + ((start + i) % Range));
                if (!_listeners.ContainsKey(port) && _localPorts.Add(port))
                {
                    return port;
                }
            }
        }

        throw new ProtocolException(ProtocolError.LimitReached, "all ephemeral ports are in use");
    }

    internal void ReleasePort(ushort port)
    {
        lock (_gate)
        {
            _localPorts.Remove(port);
        }
    }

    internal void RemoveListener(RouteListener listener)
    {
        lock (_gate)
        {
            if (_listeners.TryGetValue(listener.Port, out var current) && ReferenceEquals(current, listener))
            {
                _listeners.Remove(listener.Port);
            }
        }
    }

    /// <summary>The group has ended: its descriptor is free again.</summary>
    internal void Unregister(RouteGroup group)
    {
        lock (_gate)
        {
            RemoveIfSame(_opening, group);
            RemoveIfSame(_established, group);
        }

        Log.GroupEnded(_log, group.Descriptor, group.CloseCause, group.CloseReason);
    }

    /// <summary>A group whose rules could not be stored never was; its port stays the caller's.</summary>
    private void Discard(RouteGroup group)
    {
        lock (_gate)
        {
            RemoveIfSame(_opening, group);
            _live.Remove(group);
        }
    }

    /// <summary>The group's farewell is over.</summary>
    internal void Forget(RouteGroup group)
    {
        lock (_gate)
        {
            if (_live.Remove(group) && group.IsInitiator)
            {
                _localPorts.Remove(group.Descriptor.DestinationPort);
            }
        }
    }

    private string? Register(RouteGroup group)
    {
        lock (_gate)
        {
            if (_life.IsCancellationRequested)
            {
                return Refuse(ProtocolError.ShuttingDown, "this visor is shutting down");
            }

            if (_live.Count >= Options.MaxGroups || _opening.Count >= Options.MaxPendingGroups)
            {
                return Refuse(ProtocolError.LimitReached, "too many route groups at this visor");
            }

            if (!_opening.TryAdd(group.Descriptor, group))
            {
                return Refuse(ProtocolError.LimitReached, "a route group of this descriptor is being set up");
            }

            _live.Add(group);
            return null;
        }
    }

    // A new group of the same descriptor replaces the old one, once it is open (spec 12 §6.6).
    private void Establish(RouteGroup group)
    {
        RouteGroup? old;
        lock (_gate)
        {
            if (!RemoveIfSame(_opening, group))
            {
                return;
            }

            _established.TryGetValue(group.Descriptor, out old);
            _established[group.Descriptor] = group;
        }

        old?.EndWithError(ProtocolError.RouteClosed, "replaced by a new route of the same descriptor");
    }

    private async Task<IRouteConnection> DialSelfAsync(ushort port, RouteDialOptions options, CancellationToken cancellationToken)
    {
        var localPort = TakePort(options.LocalPort);
        RouteGroup? group = null;
        try
        {
            var there = new RouteDescriptor(LocalKey, LocalKey, localPort, port);
            if (there == there.Inverted)
            {
                throw new ProtocolException(ProtocolError.PortTaken, $"a route from port {port} of this visor to itself needs two ports");
            }

            var ids = Table.Reserve(LocalKey, 4) ?? throw new ProtocolException(ProtocolError.NoRouteIds, "no route IDs left");
            CreateLoop(there, ids, ref group);
            using var limit = new CancellationTokenSource(options.Limit, Time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await OpenAsync(group!, linked.Token);
            return group!;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProtocolException(ProtocolError.TimedOut, $"the local dial to port {port} was not finished in time");
        }
        finally
        {
            if (group is null)
            {
                ReleasePort(localPort);
            }
        }
    }

    // The initiator's group is handed over as soon as it exists: from then on its end gives the local port back.
    private void CreateLoop(RouteDescriptor there, uint[] ids, ref RouteGroup? initiator)
    {
        var back = there.Inverted;
        var forward = RoutingRule.Forward(Options.RuleKeepAlive, ids[0], ids[1], default, there);
        var arrive = RoutingRule.Consume(Options.RuleKeepAlive, ids[1], there);
        var answer = RoutingRule.Forward(Options.RuleKeepAlive, ids[2], ids[3], default, back);
        var receive = RoutingRule.Consume(Options.RuleKeepAlive, ids[3], back);
        forward.Next = new LoopTransport(this);
        answer.Next = new LoopTransport(this);
        arrive.Incoming = forward.Next;
        receive.Incoming = answer.Next;
        var reason = TryCreateGroup(LocalKey, back, forward, receive, isInitiator: true, out initiator);
        if (initiator is null)
        {
            throw new ProtocolException(ProtocolError.LimitReached, reason);
        }

        reason = TryCreateGroup(LocalKey, there, answer, arrive, isInitiator: false, out var responder);
        if (responder is null)
        {
            initiator.Abort();
            throw new ProtocolException(ProtocolError.LimitReached, reason);
        }

        Own(RespondAsync(responder));
    }

    private static bool RemoveIfSame(Dictionary<RouteDescriptor, RouteGroup> groups, RouteGroup group) =>
        groups.TryGetValue(group.Descriptor, out var current) && ReferenceEquals(current, group) && groups.Remove(group.Descriptor);
}
