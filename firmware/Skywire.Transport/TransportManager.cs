// SCAFFOLD: signature only.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Transport;

/// <summary>A transport as an operator sees it.</summary>
public sealed record TransportSummary(TransportId Id, PubKey RemoteKey, string Type, string Label, bool IsUp, bool IsInitiator, long SentBytes, long ReceivedBytes, long SentPackets, long ReceivedPackets, TimeSpan Age, TimeSpan? RoundTrip, string RemoteAddress);

/// <summary>A transport the operator wants to exist.</summary>
public sealed record PersistentTransport(PubKey Key, string Type);

/// <summary>Accepts and dials one transport type; the manager does settlement above it (spec 10 §2).</summary>
public interface ITransportNetwork : IAsyncDisposable
{
    /// <summary>Type name.</summary>
    string Type { get; }

    /// <summary>Starts listening (and announcing, where the type has that).</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Dials, authenticates and encrypts; ends before settlement. Throws <see cref="ProtocolException"/>.</summary>
    Task<TransportLink> DialAsync(PubKey remote, CancellationToken cancellationToken);

    /// <summary>The next authenticated incoming link.</summary>
    ValueTask<TransportLink> AcceptAsync(CancellationToken cancellationToken);
}

/// <summary>An authenticated encrypted stream before settlement.</summary>
public sealed record TransportLink(IByteStream Stream, PubKey RemoteKey);

/// <summary>All transports of one visor: settles, saves, redials, deduplicates, accounts, registers (spec 10 §6, §9).</summary>
public sealed class TransportManager : IAsyncDisposable
{
    /// <summary>Does nothing until <see cref="StartAsync"/>. Owns the networks.</summary>
    public TransportManager(TransportManagerOptions options, SecKey key, IReadOnlyList<ITransportNetwork> networks, ITransportDiscovery? discovery, IEntropy entropy, TimeProvider time, ILoggerFactory loggers) => throw new NotImplementedException();

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => throw new NotImplementedException();

    /// <summary>Raised when a transport is up or has gone; from any thread, keep it short.</summary>
    public event Action<ITransport, bool>? Changed;

    /// <summary>Starts networks, accept loops, redial of persistent transports, re-registration. <paramref name="handler"/> is the router.</summary>
    public Task StartAsync(IPacketHandler handler, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The live transport of an ID; null when there is none. Lock-free, no allocation.</summary>
    public ITransport? Find(TransportId id) => throw new NotImplementedException();

    /// <summary>A live transport to this neighbour, any type; null when there is none.</summary>
    public ITransport? FindByRemote(PubKey remote) => throw new NotImplementedException();

    /// <summary>All transports for display.</summary>
    public IReadOnlyList<TransportSummary> Snapshot() => throw new NotImplementedException();

    /// <summary>The transport to this key and type: the one there is, or dialled and settled once. Throws <see cref="ProtocolException"/>.</summary>
    public Task<ITransport> SaveAsync(PubKey remote, string type, string label, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Closes and deregisters; a removed persistent transport is not redialled. False when unknown.</summary>
    public Task<bool> RemoveAsync(TransportId id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Closes all, telling the discovery first (bounded in time).</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();

    internal void RaiseChanged(ITransport transport, bool up) => Changed?.Invoke(transport, up);
}

/// <summary>Settings of the manager.</summary>
public sealed record TransportManagerOptions
{
    /// <summary>Kept alive: redialled with back-off and jitter.</summary>
    public IReadOnlyList<PersistentTransport> Persistent { get; init; } = [];

    /// <summary>Folder of the bandwidth log (one CSV a day); null keeps it in memory only.</summary>
    public string? LogFolder { get; init; }

    /// <summary>Days of bandwidth log kept; the reference's week.</summary>
    public TimeSpan LogRotation { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Bytes of the send buffer of one transport: enough for one large write, small enough that back-pressure is felt.</summary>
    public int SendBuffer { get; init; } = 256 * 1024;
}
