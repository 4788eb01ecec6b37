// What the visor needs of the network's services. Implemented over signed HTTP here; by hand-made tables for bootstrap; by nobody when a service is not configured.
using Skywire.Crypto;

namespace Skywire.Discovery;

/// <summary>dmsg discovery (spec 03 §10). Failures throw <see cref="ServiceException"/>.</summary>
public interface IDmsgDiscovery
{
    /// <summary>The entry of a key; null when there is none.</summary>
    Task<DmsgEntry?> GetEntryAsync(PubKey key, CancellationToken cancellationToken);

    /// <summary>Servers with free sessions, most free first; empty when none.</summary>
    Task<IReadOnlyList<DmsgEntry>> GetAvailableServersAsync(CancellationToken cancellationToken);

    /// <summary>All servers; empty when none.</summary>
    Task<IReadOnlyList<DmsgEntry>> GetAllServersAsync(CancellationToken cancellationToken);

    /// <summary>Creates or updates a signed entry. A sequence clash throws with <see cref="ServiceException.IsSequenceClash"/>.</summary>
    Task PostEntryAsync(DmsgEntry entry, CancellationToken cancellationToken);

    /// <summary>Deletes a signed entry.</summary>
    Task DeleteEntryAsync(DmsgEntry entry, CancellationToken cancellationToken);
}

/// <summary>Transport discovery (spec 11 §2).</summary>
public interface ITransportDiscovery
{
    /// <summary>Registers entries signed by both edges (v2).</summary>
    Task RegisterAsync(IReadOnlyList<SignedTransportEntry> entries, CancellationToken cancellationToken);

    /// <summary>Re-registers all live transports of this visor (v3 bare entries; v2 on 404).</summary>
    Task ReregisterAsync(IReadOnlyList<TransportEntry> entries, CancellationToken cancellationToken);

    /// <summary>One transport; null when unknown.</summary>
    Task<TransportEntry?> GetByIdAsync(TransportId id, CancellationToken cancellationToken);

    /// <summary>All transports of a key.</summary>
    Task<IReadOnlyList<TransportEntry>> GetByEdgeAsync(PubKey edge, CancellationToken cancellationToken);

    /// <summary>Deletes a transport; an unknown one counts as done.</summary>
    Task DeleteAsync(TransportId id, CancellationToken cancellationToken);
}

/// <summary>What the address resolver says of a key (spec 11 §3).</summary>
public sealed record ResolvedAddress(string RemoteAddress, bool IsLocal, string Port, IReadOnlyList<string> Addresses);

/// <summary>Address resolver (spec 11 §3).</summary>
public interface IAddressResolver
{
    /// <summary>Announces the stcpr port and the visor's own addresses.</summary>
    Task BindStcprAsync(int port, IReadOnlyList<string> addresses, CancellationToken cancellationToken);

    /// <summary>Withdraws the announcement.</summary>
    Task UnbindStcprAsync(CancellationToken cancellationToken);

    /// <summary>Where a key is reached by this transport type; null when unknown.</summary>
    Task<ResolvedAddress?> ResolveAsync(string type, PubKey key, CancellationToken cancellationToken);
}

/// <summary>Paths in both directions, best first.</summary>
public sealed record FoundRoutes(IReadOnlyList<IReadOnlyList<RouteHop>> Forward, IReadOnlyList<IReadOnlyList<RouteHop>> Reverse);

/// <summary>Route finder (spec 11 §5).</summary>
public interface IRouteFinder
{
    /// <summary>Paths between two visors, both ways; null when there is none.</summary>
    Task<FoundRoutes?> FindRoutesAsync(PubKey source, PubKey destination, int minHops, int maxHops, CancellationToken cancellationToken);
}

/// <summary>A listing in the service discovery (spec 11 §4.1).</summary>
public sealed record ServiceRecord(PubKey Key, ushort Port, string Type, string Version = "", string Country = "");

/// <summary>Service discovery (spec 11 §4).</summary>
public interface IServiceDiscovery
{
    /// <summary>Listings of a type.</summary>
    Task<IReadOnlyList<ServiceRecord>> ListAsync(string type, CancellationToken cancellationToken);

    /// <summary>Lists or refreshes an own service.</summary>
    Task RegisterAsync(ServiceRecord record, CancellationToken cancellationToken);

    /// <summary>Withdraws an own service.</summary>
    Task DeleteAsync(ServiceRecord record, CancellationToken cancellationToken);
}

/// <summary>Uptime tracker (spec 11 §6).</summary>
public interface IUptimeTracker
{
    /// <summary>Counts this visor as online for the current slot.</summary>
    Task UpdateAsync(string version, CancellationToken cancellationToken);
}

/// <summary>A service refused, answered nonsense, or could not be reached.</summary>
public sealed class ServiceException : IOException
{
    /// <summary>Names service, status (0 when no answer came) and the service's own words.</summary>
    public ServiceException(string service, int status, string message, Exception? inner = null)
        : base($"{service}: {message}", inner)
    {
        Service = service;
        Status = status;
        Reason = message;
    }

    /// <summary>Which service.</summary>
    public string Service { get; }

    /// <summary>HTTP status; 0 when no answer came.</summary>
    public int Status { get; }

    /// <summary>The service's words.</summary>
    public string Reason { get; }

    /// <summary>True when one of several services refused or was away, and the others took it.</summary>
    public bool IsPartial { get; init; }

    /// <summary>True when the entry's sequence was outdated (spec 03 §10).</summary>
    public bool IsSequenceClash => Reason.Contains("sequence field of new entry", StringComparison.Ordinal);
}
