// Settings of the dmsg discovery.
using Skywire.Crypto;

namespace Skywire.Services.DmsgDiscovery;

/// <summary>How a dmsg discovery judges and keeps entries (spec 03 §10).</summary>
public sealed record DmsgDiscoveryOptions
{
    /// <summary>Accepts servers that announce a loopback or empty host; for networks on one machine.</summary>
    public bool TestMode { get; init; }

    /// <summary>Word that makes a server "official"; it travels in clear, so it keeps honest mistakes away, not liars. Empty as in the reference's default.</summary>
    public string OfficialPassphrase { get; init; } = "";

    /// <summary>Servers that are "official" whatever they say.</summary>
    public IReadOnlyCollection<PubKey> OfficialServers { get; init; } = [];

    /// <summary>Life of a server entry; servers renew theirs every minute, so one lost renewal is forgiven.</summary>
    public TimeSpan ServerLife { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Life of the entry of a client that keeps refreshing it (clients of 2026 do, every 5 minutes). Clients of 2024 write theirs only when it changes; theirs stay until
    /// deleted, or they would vanish while connected. Null: all stay.
    /// </summary>
    public TimeSpan? ClientLife { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Entries written again unchanged within this time count as refreshed: three of the 5 minutes between two refreshes.</summary>
    public TimeSpan RefreshWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Life of a client entry posted with <c>?timeout=true</c> (old visors).</summary>
    public TimeSpan ShortClientLife { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How old the timestamp of an entry without client part may be.</summary>
    public TimeSpan OldestTimestamp { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How far ahead of our clock it may be.</summary>
    public TimeSpan MostAhead { get; init; } = TimeSpan.FromSeconds(5);
}
