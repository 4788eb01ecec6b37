// What the dmsg discovery knows of a client or server (spec 03 §10). JSON form and signing live in DmsgEntry.Json.cs.
using Skywire.Crypto;

namespace Skywire.Discovery;

/// <summary>A discovery entry. Immutable; <c>SignedText</c> keeps the received JSON, so that a signature is judged over the bytes received.</summary>
public sealed partial record DmsgEntry
{
    /// <summary>An entry of version 0.0.1 without parts.</summary>
    public DmsgEntry()
    {
    }

    /// <summary>Entry format version.</summary>
    public string Version { get; init; } = "0.0.1";

    /// <summary>Grows by one with every update.</summary>
    public ulong Sequence { get; init; }

    /// <summary>Unix nanoseconds.</summary>
    public long Timestamp { get; init; }

    /// <summary>Whose entry it is.</summary>
    public PubKey Static { get; init; }

    /// <summary>Servers that hold sessions of this client; null for an entry without client part.</summary>
    public IReadOnlyList<PubKey>? DelegatedServers { get; init; }

    /// <summary>True when the client part carries <c>null</c> instead of a list; <see cref="DelegatedServers"/> is empty then. Only so that such an entry can be written again as it was signed.</summary>
    public bool ServerListIsNull { get; init; }

    /// <summary>"visor" or empty.</summary>
    public string ClientType { get; init; } = "";

    /// <summary>Server part; null for a client.</summary>
    public DmsgServerInfo? Server { get; init; }

    /// <summary>"smux", "quic" or empty (2026).</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Signature by <see cref="Static"/>; all zero while unsigned.</summary>
    public Signature Signature { get; init; }
}

/// <summary>The server part of an entry. The members that came in 2026 are written only when set (spec 03 §10).</summary>
public sealed record DmsgServerInfo(string Address, int AvailableSessions, string ServerType = "")
{
    /// <summary>host:port over IPv6 (2026).</summary>
    public string AddressV6 { get; init; } = "";

    /// <summary>host:port over UDP (2026).</summary>
    public string AddressUdp { get; init; } = "";

    /// <summary>host:port over UDP and IPv6 (2026).</summary>
    public string AddressUdpV6 { get; init; } = "";

    /// <summary>URL of the WebSocket end point (2026).</summary>
    public string AddressWs { get; init; } = "";

    /// <summary>True when the server helps new nodes into the DHT (2026).</summary>
    public bool DhtBootstrap { get; init; }
}
