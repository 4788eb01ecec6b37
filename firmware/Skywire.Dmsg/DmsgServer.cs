// SCAFFOLD: signature only.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>Settings of a dmsg server.</summary>
public sealed record DmsgServerOptions
{
    /// <summary>host:port written into the entry.</summary>
    public required string PublicAddress { get; init; }

    /// <summary>Most sessions; availableSessions of the entry counts down from it.</summary>
    public int MaxSessions { get; init; } = 2048;

    /// <summary>Most sessions per source address; a box of boards behind one address needs more than the reference's 15.</summary>
    public int MaxSessionsPerAddress { get; init; } = 100;

    /// <summary>Most streams per session.</summary>
    public int MaxStreamsPerSession { get; init; } = 2048;
}

/// <summary>Relays streams between clients' sessions (spec 03 §6) and keeps its entry in the discovery.</summary>
public sealed class DmsgServer : IAsyncDisposable
{
    /// <summary>Does nothing until <see cref="Start"/>. Takes over the listener.</summary>
    public DmsgServer(DmsgServerOptions options, SecKey key, IStreamListener listener, IDmsgDiscovery discovery, IEntropy entropy, TimeProvider time, ILoggerFactory loggers) => throw new NotImplementedException();

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => throw new NotImplementedException();

    /// <summary>Clients with a live session.</summary>
    public int SessionCount => throw new NotImplementedException();

    /// <summary>Bytes relayed.</summary>
    public long RelayedBytes => throw new NotImplementedException();

    /// <summary>Starts accepting and registering.</summary>
    public void Start() => throw new NotImplementedException();

    /// <summary>Stops.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
