// Settings of the stcpr network, each default with its reason.
using System.Net;

namespace Skywire.Transport.Stcpr;

/// <summary>Settings of <see cref="StcprNetwork"/>.</summary>
public sealed record StcprOptions
{
    /// <summary>Address to listen on.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Any;

    /// <summary>Port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Following ports tried when the port is taken, as the reference does; it never stops, but then the operator's firewall rule is long missed.</summary>
    public int PortTries { get; init; } = 10;

    /// <summary>True announces the visor at the resolver also when none of its addresses is public: for closed networks with a resolver of their own.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Longest wait for one address of a peer to become an encrypted link: several round trips of the slowest usable path.</summary>
    public TimeSpan CandidateLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Head start of one address over the next.</summary>
    public TimeSpan CandidateStagger { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>First pause after a failed announcement.</summary>
    public TimeSpan AnnounceFirst { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause after failed announcements.</summary>
    public TimeSpan AnnounceLongest { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest time between announcements that succeeded, the shortest being half of it: 2026 resolvers forget bindings, and the own addresses may change.</summary>
    public TimeSpan AnnounceInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest wait for the resolver to take an announcement back at shutdown.</summary>
    public TimeSpan WithdrawLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting out of range.</summary>
    public void Validate()
    {
        Require(Port is >= 0 and <= ushort.MaxValue, nameof(Port));
        Require(PortTries > 0, nameof(PortTries));
        Require(CandidateLimit > TimeSpan.Zero, nameof(CandidateLimit));
        Require(CandidateStagger >= TimeSpan.Zero, nameof(CandidateStagger));
        Require(AnnounceFirst > TimeSpan.Zero && AnnounceFirst <= AnnounceLongest, nameof(AnnounceFirst));
        Require(AnnounceInterval > TimeSpan.Zero, nameof(AnnounceInterval));
    }

    private static void Require(bool condition, string name)
    {
        if (!condition)
        {
            throw new ArgumentException($"stcpr setting {name} is out of range", name);
        }
    }
}
