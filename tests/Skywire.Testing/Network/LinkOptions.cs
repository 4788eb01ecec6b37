// What lies between two hosts of the in-memory network.
namespace Skywire.Testing;

/// <summary>A path between two hosts, the same both ways.</summary>
public sealed record LinkOptions
{
    /// <summary>No delay at all: bytes are there when the write returns.</summary>
    public static LinkOptions Instant { get; } = new();

    /// <summary>One way.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Most that is added to the latency, drawn anew for each piece sent; order is kept.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Bytes a second each way, shared by all streams between the two hosts; null is unlimited.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Share of segments lost, 0 to below 1. Streams are reliable, so that a loss shows as <see cref="RetransmitDelay"/> for the segment and all behind it.</summary>
    public double Loss { get; init; }

    /// <summary>What a lost segment waits before it is sent again; Linux never waits less than 200 ms.</summary>
    public TimeSpan RetransmitDelay { get; init; } = TimeSpan.FromMilliseconds(200);
}

/// <summary>How a cut between hosts shows.</summary>
public enum CutMode
{
    /// <summary>Packets vanish: streams stall until the cut heals, connects hang until the caller's limit.</summary>
    Drop,

    /// <summary>Streams are reset and connects refused at once.</summary>
    Refuse,
}

/// <summary>How much a read returns.</summary>
public enum ReadChunking
{
    /// <summary>Everything at hand.</summary>
    Full,

    /// <summary>Any part of what is at hand, drawn from the seed, so that a parser sees every cut.</summary>
    Random,
}
