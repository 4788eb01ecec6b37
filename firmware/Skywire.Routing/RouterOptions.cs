// Settings of the router and its route groups, each with the reason for its default.
namespace Skywire.Routing;

/// <summary>Settings of the router and its route groups.</summary>
public sealed record RouterOptions
{
    /// <summary>The defaults.</summary>
    public static RouterOptions Default { get; } = new();

    /// <summary>Limits of the routing table.</summary>
    public RoutingTableOptions Table { get; init; } = RoutingTableOptions.Default;

    /// <summary>How often expired rules are removed: that of the reference (spec 12 §4).</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a transport's read loop may be held up by one full receiver or next transport before the packet is dropped. Long enough for a retransmission
    /// below or a garbage collection at the app, short enough that a ring of full relays, or an app that has stopped reading, does not stop others for good.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes a route group holds for an app that is behind: some 4 s at 1 MB/s, and a thousand full packets as in the reference (spec 12 §6.3).</summary>
    public int ReceiveBuffer { get; init; } = 4 * 1024 * 1024;

    /// <summary>Keep-alive put into the rules of own dials: pings every 3 s refresh them, so this bounds how long rules of a dead route stay at relays; it outlives a short outage.</summary>
    public TimeSpan RuleKeepAlive { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Wait for the peer's Handshake: 10 s as the newest reference (spec 23 §6).</summary>
    public TimeSpan HandshakeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The Handshake is repeated until the peer's has arrived: a lost one costs no more than this (spec 12 §6.2).</summary>
    public TimeSpan HandshakeRepeat { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Limit of the Noise exchange that follows; the reference's 5 s.</summary>
    public TimeSpan NoiseLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Accepts a peer that asks for a route in clear. Off: such a peer is refused (spec 12 §6.2).</summary>
    public bool AllowClear { get; init; }

    /// <summary>Ping interval; the reference's (spec 12 §6.4).</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A group whose peer used to answer pings and has sent nothing for so long is dead: twenty missed pings.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait for the peer's Close, and for room to send ours; the reference's 2 s (spec 12 §6.5).</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Route groups that are still in their handshake: the reference's queue holds 1024 (spec 13 §5).</summary>
    public int MaxPendingGroups { get; init; } = 1024;

    /// <summary>Route groups in all; each holds keys and, while its app is behind, buffers.</summary>
    public int MaxGroups { get; init; } = 16384;

    /// <summary>Route groups a listener holds for an app that does not accept; beyond that dials are refused with a reason.</summary>
    public int AcceptBacklog { get; init; } = 128;

    /// <summary>Throws <see cref="ArgumentException"/> naming the property that makes no sense.</summary>
    public void Validate()
    {
        foreach (var (name, span) in new[]
        {
            (nameof(SweepInterval), SweepInterval), (nameof(Patience), Patience), (nameof(RuleKeepAlive), RuleKeepAlive), (nameof(HandshakeLimit), HandshakeLimit),
            (nameof(HandshakeRepeat), HandshakeRepeat), (nameof(NoiseLimit), NoiseLimit), (nameof(PingInterval), PingInterval), (nameof(SilenceLimit), SilenceLimit), (nameof(CloseLimit), CloseLimit),
        })
        {
            if (span <= TimeSpan.Zero)
            {
                throw new ArgumentException($"{name} must be positive");
            }
        }

        foreach (var (name, number) in new[] { (nameof(ReceiveBuffer), ReceiveBuffer), (nameof(MaxPendingGroups), MaxPendingGroups), (nameof(MaxGroups), MaxGroups), (nameof(AcceptBacklog), AcceptBacklog), ("Table.MaxRules", Table.MaxRules), ("Table.MaxPerCaller", Table.MaxPerCaller) })
        {
            if (number <= 0)
            {
                throw new ArgumentException($"{name} must be positive");
            }
        }
    }
}
