// What routing needs of the transports, so that it can be driven without sockets.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport;

namespace Skywire.Routing;

/// <summary>The live transports of this visor.</summary>
public interface ITransportTable
{
    /// <summary>The live transport of an ID; null when there is none. Lock-free.</summary>
    ITransport? Find(TransportId id);

    /// <summary>A live transport to this neighbour; null when there is none.</summary>
    ITransport? FindByRemote(PubKey remote);

    /// <summary>True when there is any live transport.</summary>
    bool HasAny { get; }

    /// <summary>Raised when a transport is up (true) or has gone (false).</summary>
    event Action<ITransport, bool>? Changed;
}

/// <summary>The transport manager seen as <see cref="ITransportTable"/>.</summary>
public sealed class ManagerTransports : ITransportTable
{
    private readonly TransportManager _manager;

    /// <summary>Looks at a manager it does not own.</summary>
    public ManagerTransports(TransportManager manager)
    {
        ArgumentNullException.ThrowIfNull(manager);
        _manager = manager;
        _manager.Changed += (transport, up) => Changed?.Invoke(transport, up);
    }

    /// <inheritdoc/>
    public event Action<ITransport, bool>? Changed;

    /// <inheritdoc/>
    public bool HasAny => _manager.Snapshot().Any(summary => summary.IsUp);

    /// <inheritdoc/>
    public ITransport? Find(TransportId id) => _manager.Find(id);

    /// <inheritdoc/>
    public ITransport? FindByRemote(PubKey remote) => _manager.FindByRemote(remote);
}
