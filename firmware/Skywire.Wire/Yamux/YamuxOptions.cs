// What a yamux session may use and how long it waits.
namespace Skywire.Wire.Yamux;

/// <summary>Settings of a yamux session (spec 03 §3).</summary>
public sealed record YamuxOptions
{
    /// <summary>The reference's settings.</summary>
    public static YamuxOptions Default { get; } = new();

    /// <summary>Interval of keep-alive pings; infinite turns them off (skysocks).</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>No answer, and nothing else from the peer, within this time ends the session. The reference's value.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Opens not yet acknowledged, and streams not yet accepted.</summary>
    public int Backlog { get; init; } = 256;

    /// <summary>Receive window the session grows a busy stream to; the protocol's start value is 262144. The default carries 80 Mbit/s over 100 ms.</summary>
    public int MaxStreamWindow { get; init; } = 1 << 20;

    /// <summary>An open nobody acknowledged within this time fails.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>A stream closed by us only is reset after this time.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Most streams open at once.</summary>
    public int MaxStreams { get; init; } = 4096;

    /// <summary>A write below that is not taken over within this time ends the session: the peer is dead. The reference's value.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session that ends from this side may take to hand over what is queued; a stuck peer must not hold up a shutdown.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest payload of a data frame sent: small enough that streams take turns often, large enough that the header does not count.</summary>
    public int MaxFrame { get; init; } = 32 * 1024;

    /// <summary>Bytes taken from streams and not yet by the layer below, half of it in the write under way. More would only add delay.</summary>
    public int SendBuffer { get; init; } = 256 * 1024;

    /// <summary>Bytes received and not yet read, all streams together; the stream that goes above is reset. Bounds what 4096 full windows would cost.</summary>
    public int MaxBuffered { get; init; } = 32 << 20;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> naming the setting that cannot work.</summary>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Backlog, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxStreams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrame, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendBuffer, 64 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBuffered, YamuxFrame.InitialWindow);
    }
}
