// SCAFFOLD: signature only.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>Settings of a dmsg client.</summary>
public sealed record DmsgClientOptions
{
    /// <summary>Sessions to hold to different servers; 0 means all servers there are (services do that).</summary>
    public int MinSessions { get; init; } = 2;

    /// <summary>client_type of the entry: "visor" or empty.</summary>
    public string ClientType { get; init; } = "visor";

    /// <summary>False for services known by a built-in table: they hold sessions but publish no entry (spec 03 §8).</summary>
    public bool PublishEntry { get; init; } = true;
}

/// <summary>Holds sessions to dmsg servers, publishes the own entry, dials and accepts streams (spec 03).</summary>
public sealed class DmsgClient : IDmsg, IAsyncDisposable
{
    /// <summary>Does nothing until <see cref="Start"/>.</summary>
    public DmsgClient(DmsgClientOptions options, SecKey key, INetwork network, IDmsgDiscovery discovery, IEntropy entropy, TimeProvider time, ILoggerFactory loggers) => throw new NotImplementedException();

    /// <inheritdoc/>
    public PubKey LocalKey => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool IsReady => throw new NotImplementedException();

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => throw new NotImplementedException();

    /// <summary>Keys of servers with a live session.</summary>
    public IReadOnlyList<PubKey> SessionServers => throw new NotImplementedException();

    /// <summary>The reason why it is not ready yet, in words for the operator; empty when ready.</summary>
    public string NotReadyReason => throw new NotImplementedException();

    /// <summary>Starts connecting and keeps at it until disposed.</summary>
    public void Start() => throw new NotImplementedException();

    /// <summary>Completes when ready.</summary>
    public Task WaitReadyAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public Task<IDmsgStream> DialAsync(PubKey remote, ushort port, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public IDmsgListener Listen(ushort port) => throw new NotImplementedException();

    /// <summary>Closes sessions and deletes the own entry (bounded in time).</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
