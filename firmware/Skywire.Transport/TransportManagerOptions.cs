// Settings of the manager, each default with its reason.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport.Links;

namespace Skywire.Transport;

/// <summary>A transport that shall exist, because the operator said so or because something on his behalf does.</summary>
public sealed record PersistentTransport(PubKey Key, string Type)
{
    /// <summary>Who wanted it; part of the entry that the discovery gets.</summary>
    public string Label { get; init; } = TransportLabels.User;
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

    /// <summary>Between writes of the bandwidth log, when something changed. The reference writes every 3 s, which wears an SD card for figures nobody reads that often.</summary>
    public TimeSpan LogInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of the send buffer of one transport: enough for one large write, small enough that back-pressure is felt.</summary>
    public int SendBuffer { get; init; } = 256 * 1024;

    /// <summary>Longest time from dialling to settled: 3 s per address, 15 s for the two handshakes, and settlement behind a busy peer.</summary>
    public TimeSpan DialLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>First pause before a lost persistent transport is dialled again: a neighbour that restarts is back within a second or two.</summary>
    public TimeSpan RedialFirst { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest pause between dials of a persistent transport; the reference tries every 10 s for ever, which a dead peer's address need not suffer.</summary>
    public TimeSpan RedialLongest { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A persistent transport that lived shorter than this counts as a failed dial, so that flapping slows down.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most settlements of incoming links at a time, all types together; each holds a few kilobytes for at most 20 s.</summary>
    public int MaxSettlements { get; init; } = 64;

    /// <summary>Most transports; a bound on memory. The largest public visors of the network hold some hundred.</summary>
    public int MaxTransports { get; init; } = 1024;

    /// <summary>How long a replaced link is kept, in case the peer has kept it too and closes the newer one: a round trip of any usable link.</summary>
    public TimeSpan DuplicateGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an existing link may take to show life before a second one takes its place.</summary>
    public TimeSpan DuplicateProbe { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between looks at all transports (pings due, stuck writes): the finest of these limits is 10 s.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait for the discovery at shutdown.</summary>
    public TimeSpan DeregisterLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest wait at shutdown for what is queued on the transports.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting out of range.</summary>
    public void Validate()
    {
        Require(SendBuffer >= SendQueue.MinCapacity, nameof(SendBuffer));
        Require(LogRotation > TimeSpan.Zero, nameof(LogRotation));
        Require(LogInterval > TimeSpan.Zero, nameof(LogInterval));
        Require(DialLimit > TimeSpan.Zero, nameof(DialLimit));
        Require(RedialFirst > TimeSpan.Zero && RedialFirst <= RedialLongest, nameof(RedialFirst));
        Require(StableAfter >= TimeSpan.Zero, nameof(StableAfter));
        Require(MaxSettlements > 0, nameof(MaxSettlements));
        Require(MaxTransports > 0, nameof(MaxTransports));
        Require(DuplicateGrace > TimeSpan.Zero, nameof(DuplicateGrace));
        Require(DuplicateProbe > TimeSpan.Zero, nameof(DuplicateProbe));
        Require(TickInterval > TimeSpan.Zero, nameof(TickInterval));
    }

    private static void Require(bool condition, string name)
    {
        if (!condition)
        {
            throw new ArgumentException($"transport setting {name} is out of range", name);
        }
    }
}
