// Settings of the proxy's two ends.
using System.Net;
using Skywire.Crypto;
using Skywire.Routing;
using Skywire.Wire.Yamux;

namespace Skywire.Apps.Skysocks;

/// <summary>Settings of the proxy server.</summary>
public sealed record SkysocksServerOptions
{
    /// <summary>Port of the server inside the skywire network (spec 14 §1).</summary>
    public const ushort DefaultPort = 3;

    /// <summary>The defaults: open to everybody.</summary>
    public static SkysocksServerOptions Default { get; } = new();

    /// <summary>Port inside the skywire network.</summary>
    public ushort Port { get; init; } = DefaultPort;

    /// <summary>Clients must give it as user name or as password; null lets everybody in.</summary>
    public string? Passcode { get; init; }

    /// <summary>Where clients may go.</summary>
    public EgressPolicy Egress { get; init; } = EgressPolicy.AllowAll;

    /// <summary>From the opening of a stream to its request; a person typing a password is not part of it.</summary>
    public TimeSpan HandshakeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For reaching a target, its name resolved included. Programs give up at about the same time.</summary>
    public TimeSpan DialLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Clients connected at once; what each may hold is bounded by <see cref="Mux"/>.</summary>
    public int MaxClients { get; init; } = 64;

    /// <summary>Streams of all clients together; each costs a socket here.</summary>
    public int MaxStreams { get; init; } = 2048;

    /// <summary>How long joined streams may be silent.</summary>
    public PumpOptions Pump { get; init; } = PumpOptions.Default;

    /// <summary>The mux on each route: no keep-alive pings (spec 14 §4.1), since routes have their own; a share of a small board's memory for each client.</summary>
    public YamuxOptions Mux { get; init; } = new() { KeepAliveInterval = Timeout.InfiniteTimeSpan, MaxStreams = 1024, MaxBuffered = 8 << 20 };

    /// <summary>The name alone: the passcode stays out of logs.</summary>
    public override string ToString() => nameof(SkysocksServerOptions);
}

/// <summary>Settings of the proxy client.</summary>
public sealed record SkysocksClientOptions
{
    /// <summary>Key of the visor whose server is used.</summary>
    public required PubKey Server { get; init; }

    /// <summary>Port of the server inside the skywire network.</summary>
    public ushort ServerPort { get; init; } = SkysocksServerOptions.DefaultPort;

    /// <summary>Where local programs find the proxy. Loopback, so that the local network does not get it unasked.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 1080);

    /// <summary>How to look for a route.</summary>
    public RouteDialOptions Dial { get; init; } = RouteDialOptions.Default;

    /// <summary>How long a local connection waits for the server: one attempt to dial.</summary>
    public TimeSpan ConnectWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>First wait after a failed attempt.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait after failed attempts; a local connection ends it.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Least time between attempts when local connections ask for them.</summary>
    public TimeSpan RetryOnDemand { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The server's mux must answer within this time of the route being open; as long as an attempt to dial.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Local connections at once; each costs a socket here.</summary>
    public int MaxStreams { get; init; } = 1024;

    /// <summary>How long joined streams may be silent.</summary>
    public PumpOptions Pump { get; init; } = PumpOptions.Default;

    /// <summary>
    /// The mux on the route. The reference sends no keep-alive pings here and answers them (spec 14 §4.1). Without them, what a link in the middle of the route takes with it is missed
    /// only when something comes after it: the end of a page would be waited for until the program gives up. The answer to a ping carries a number, and so shows the hole.
    /// </summary>
    public YamuxOptions Mux { get; init; } = new() { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(20) };
}
