// What a server can do wrong on request.
namespace Skywire.Workbench.Checks.Ota;

/// <summary>Faults of answers that carry a bundle; feeds and indexes always come whole.</summary>
internal sealed record FeedFaults
{
    /// <summary>A server that does everything right.</summary>
    public static FeedFaults None { get; } = new();

    /// <summary>How many connections are broken.</summary>
    public int Breaks { get; init; }

    /// <summary>Bytes of a bundle that are sent, over all connections, between one break and the next.</summary>
    public long BreakEvery { get; init; }

    /// <summary>Answers with the whole file whatever range was asked for.</summary>
    public bool IgnoresRange { get; init; }

    /// <summary>Bytes a second; 0 for as fast as it goes.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>The byte of the bundle that is sent wrong; null for none.</summary>
    public long? WrongByteAt { get; init; }
}
