// What the local API can see and do of a visor. VisorHost is the real one; the API knows nothing of its insides.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Visor.Api.Model;
using Skywire.Wire;

namespace Skywire.Visor.Api;

/// <summary>
/// A running visor as its operator meets it. Reading members are snapshots and never wait. Changing members throw <see cref="ProtocolException"/> or
/// <see cref="ServiceException"/> with a cause, or <see cref="ControlException"/> for a request that makes no sense here.
/// </summary>
internal interface IVisorControl
{
    /// <summary>Updates of the board's system; null where this visor takes care of none.</summary>
    IUpdateControl? Updates { get; }

    /// <summary>The air; null where no wifi service ever reported.</summary>
    WifiView? Wifi();

    /// <summary>The visor at a glance.</summary>
    StatusView Status();

    /// <summary>Fit for service or not.</summary>
    HealthView Health();

    /// <summary>All transports.</summary>
    IReadOnlyList<TransportView> Transports();

    /// <summary>All routing rules.</summary>
    IReadOnlyList<RuleView> Rules();

    /// <summary>All open route groups.</summary>
    IReadOnlyList<RouteGroupView> RouteGroups();

    /// <summary>All configured apps.</summary>
    IReadOnlyList<AppView> Apps();

    /// <summary>The last minutes of throughput.</summary>
    SamplesView Samples();

    /// <summary>Counters of causes, one per component.</summary>
    IReadOnlyList<CauseCounters> Causes();

    /// <summary>The configuration as JSON, secrets masked.</summary>
    ReadOnlyMemory<byte> Config();

    /// <summary>Makes a transport, or gives the one there is.</summary>
    Task<TransportView> AddTransportAsync(PubKey remote, string type, CancellationToken cancellationToken);

    /// <summary>Closes a transport; false when unknown.</summary>
    Task<bool> RemoveTransportAsync(TransportId id, CancellationToken cancellationToken);

    /// <summary>Asks the route finder.</summary>
    Task<PathsView> FindRoutesAsync(PubKey remote, int minHops, int maxHops, CancellationToken cancellationToken);

    /// <summary>Dials a port, reports how long that took and what the route measured, and closes it.</summary>
    Task<DialView> DialAsync(PubKey remote, ushort port, int? minHops, CancellationToken cancellationToken);

    /// <summary>Measures round trips.</summary>
    Task<PingView> PingAsync(PubKey remote, int count, CancellationToken cancellationToken);

    /// <summary>Starts an app; returns it as it is then. Null when there is none of this name.</summary>
    Task<AppView?> StartAppAsync(string name, CancellationToken cancellationToken);

    /// <summary>Stops an app. Null when there is none of this name.</summary>
    Task<AppView?> StopAppAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A request that cannot be done here, with the remedy.</summary>
internal sealed class ControlException(string code, string message, string remedy) : Exception(message)
{
    /// <summary>A stable word.</summary>
    public string Code => code;

    /// <summary>What to do.</summary>
    public string Remedy => remedy;
}
