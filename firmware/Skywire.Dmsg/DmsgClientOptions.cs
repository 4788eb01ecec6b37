// Settings of a dmsg client, each default with its reason.
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>Settings of a dmsg client.</summary>
public sealed record DmsgClientOptions
{
    /// <summary>Sessions to hold to different servers; 0 means all servers there are (services do that). Two: one server may fail without a gap (spec 23 §4).</summary>
    public int MinSessions { get; init; } = 2;

    /// <summary>Servers to hold a session to whatever else there is, beside the <see cref="MinSessions"/> others: peers that know no other server are reached over them.</summary>
    public IReadOnlyList<PubKey> Pinned { get; init; } = [];

    /// <summary>Most sessions a client with <see cref="MinSessions"/> above 0 opens to reach destinations: each costs memory and a ping every 30 s.</summary>
    public int MaxSessions { get; init; } = 16;

    /// <summary>client_type of the entry: "visor" or empty.</summary>
    public string ClientType { get; init; } = "visor";

    /// <summary>False for services known by a built-in table: they hold sessions but publish no entry (spec 03 §8).</summary>
    public bool PublishEntry { get; init; } = true;

    /// <summary>TCP connect limit; the 2026 reference's.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Session handshake limit; the reference's (spec 02 §6).</summary>
    public TimeSpan SessionHandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait between the session handshake and the first mux byte, for servers of 2024 drop the connection when both arrive together (spec 03 §2).</summary>
    public TimeSpan PauseAfterHandshake { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Limit of one stream request until its answer. Between the reference's 5 s (2026) and 20 s (2024): a server of 2024 that refuses never answers.</summary>
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Limit of a whole dial.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Limit for an incoming stream to bring its request and take the answer; the 2024 reference's.</summary>
    public TimeSpan AcceptTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Head start of one session before the next is tried side by side; above most round trips, for two answers mean a stream thrown away at the peer.</summary>
    public TimeSpan RaceStagger { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Head start of one new session before a second one is opened for the same dial: connecting takes several round trips.</summary>
    public TimeSpan NewSessionStagger { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>New sessions tried within one dial; the 2026 reference's.</summary>
    public int MaxNewSessionsPerDial { get; init; } = 2;

    /// <summary>Life of a cached entry: long enough for a burst of dials, short enough to follow a peer that changed servers.</summary>
    public TimeSpan EntryCacheTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most entries cached.</summary>
    public int EntryCacheSize { get; init; } = 1024;

    /// <summary>Wait per destination after a dial that failed everywhere (spec 23 §3).</summary>
    public BackoffOptions DestinationBackoff { get; init; } = new(TimeSpan.FromSeconds(2), 2, TimeSpan.FromSeconds(60));

    /// <summary>Wait per server after a failed or lost session. The first is short: a lost session mostly means that the server restarts.</summary>
    public BackoffOptions ServerBackoff { get; init; } = new(TimeSpan.FromSeconds(1), 1.7, TimeSpan.FromSeconds(60));

    /// <summary>Wait after the discovery could not name servers (spec 03 §8).</summary>
    public BackoffOptions DiscoveryBackoff { get; init; } = new(TimeSpan.FromSeconds(1), 1.3, TimeSpan.FromSeconds(20));

    /// <summary>Servers are looked for again after this time at the latest (spec 03 §8).</summary>
    public TimeSpan ServerRefresh { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait that gathers session changes into one entry; the 2026 reference's.</summary>
    public TimeSpan EntryDebounce { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>An unchanged entry is written again after this time; the 2026 discovery forgets after 60 min.</summary>
    public TimeSpan EntryRefresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Interval of session pings (spec 23 §4).</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Limit of one ping.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pings missed in a row, sent back to back after the first miss, that end a session.</summary>
    public int MaxMissedPings { get; init; } = 3;

    /// <summary>Streams waiting on one listener; the 2026 reference's.</summary>
    public int ListenBacklog { get; init; } = 256;

    /// <summary>Incoming streams whose handshake is under way: each costs a signature check and a curve operation.</summary>
    public int MaxPendingAccepts { get; init; } = 256;

    /// <summary>Limit for the orderly end: deleting the entry must not hold up a shutdown.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Throws <see cref="ArgumentException"/> naming the first property out of range.</summary>
    public void Validate()
    {
        Require(MinSessions >= 0, nameof(MinSessions));
        Require(MaxSessions >= Math.Max(1, MinSessions), nameof(MaxSessions));
        Require(MaxNewSessionsPerDial >= 0, nameof(MaxNewSessionsPerDial));
        Require(MaxMissedPings > 0, nameof(MaxMissedPings));
        Require(ListenBacklog > 0, nameof(ListenBacklog));
        Require(MaxPendingAccepts > 0, nameof(MaxPendingAccepts));
        Require(EntryCacheSize > 0, nameof(EntryCacheSize));
    }

    private static void Require(bool condition, string property)
    {
        if (!condition)
        {
            throw new ArgumentException($"{nameof(DmsgClientOptions)}.{property} is out of range");
        }
    }
}
