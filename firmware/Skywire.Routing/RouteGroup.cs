// A connection over a route: two rules of this end, a receive ring, noise keys, and the packets that keep it alive (spec 12 §6).
// Split by concern: .Handshake (opening), .Read, .Write, .Service (pings, keep-alives, incoming control packets), .Close.
using System.Net;
using Skywire.Crypto;
using Skywire.Noise;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

/// <summary>
/// One route group. Packets come in from the transport's read loop (<see cref="TryReceive"/>), which is never held up by work here: one copy into the ring and a
/// signal. One reader and one writer at a time. Created by the router, which keeps it until its farewell is over; the app disposes it.
/// </summary>
internal sealed partial class RouteGroup : IRouteConnection
{
    private readonly Router _router;
    private readonly RouterOptions _options;
    private readonly TimeProvider _time;
    private readonly ReceiveRing _ring;
    private readonly AsyncSignal _arrived = new();
    private readonly CancellationTokenSource _life = new();
    private readonly Lock _stateLock = new();
    private readonly bool _isInitiator;
    private RecordSealer? _sealer;
    private RecordOpener? _opener;
    private bool _isOpen;
    private bool _isClear;
    private Task _service = Task.CompletedTask;

    internal RouteGroup(Router router, RouteDescriptor descriptor, RoutingRule forward, RoutingRule consume, bool isInitiator)
    {
        _router = router;
        _options = router.Options;
        _time = router.Time;
        _ring = new ReceiveRing(_options.ReceiveBuffer);
        _isInitiator = isInitiator;
        Descriptor = descriptor;
        Forward = forward;
        Consume = consume;
        _lastReceived = _time.GetTimestamp();
        CreatedAt = _lastReceived;
    }

    /// <inheritdoc/>
    public RouteDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint => null;

    /// <inheritdoc/>
    public TimeSpan? RoundTrip => Volatile.Read(ref _roundTripTicks) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <inheritdoc/>
    public long SentBytes => Volatile.Read(ref _sentBytes);

    /// <inheritdoc/>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    /// <inheritdoc/>
    public string? CloseReason => Volatile.Read(ref _end)?.Text;

    /// <summary>Why it ended; None while it lives.</summary>
    public ProtocolError CloseCause => Volatile.Read(ref _end)?.Cause ?? ProtocolError.None;

    internal RoutingRule Forward { get; }

    internal RoutingRule Consume { get; }

    internal long CreatedAt { get; }

    internal bool IsInitiator => _isInitiator;

    /// <summary>Called once, when the group has ended; for the dead-path memory.</summary>
    internal Action<RouteGroup>? Ended { get; set; }

    /// <summary>Bytes waiting for the app.</summary>
    internal int HeldBytes => _ring.HeldBytes;

    /// <summary>What the operator sees.</summary>
    public override string ToString() => Descriptor.ToString();

    internal bool Uses(ITransport transport) => Forward.NextTransportId == transport.Id || Consume.Incoming?.Id == transport.Id;

    private PubKey RemoteKey => Descriptor.SourceKey;
}
