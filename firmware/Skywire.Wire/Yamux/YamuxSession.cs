// SCAFFOLD: signature only.
using System.Net;

namespace Skywire.Wire.Yamux;

/// <summary>Settings of a yamux session (spec 03 §3).</summary>
public sealed record YamuxOptions
{
    /// <summary>The reference's settings.</summary>
    public static YamuxOptions Default { get; } = new();

    /// <summary>Interval of keep-alive pings; infinite turns them off (skysocks).</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>No answer within this time ends the session.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Opens not yet acknowledged, and streams not yet accepted.</summary>
    public int Backlog { get; init; } = 256;

    /// <summary>Receive window the session grows a busy stream to; the protocol's start value is 262144.</summary>
    public int MaxStreamWindow { get; init; } = 1 << 20;

    /// <summary>An open nobody acknowledged within this time fails.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>A stream closed by us only is reset after this time.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Most streams open at once.</summary>
    public int MaxStreams { get; init; } = 4096;
}

/// <summary>Many byte streams over one. Owns the stream below.</summary>
public sealed class YamuxSession : IAsyncDisposable
{
    /// <summary>Starts the session; <paramref name="client"/> decides who uses odd stream IDs.</summary>
    public YamuxSession(IByteStream stream, bool client, YamuxOptions options, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Completes when the session has ended; never faults. The reason is in <see cref="CloseCause"/>.</summary>
    public Task Completion => throw new NotImplementedException();

    /// <summary>Why the session ended; <see cref="ProtocolError.None"/> while it lives or after an orderly end.</summary>
    public ProtocolError CloseCause => throw new NotImplementedException();

    /// <summary>Open streams.</summary>
    public int StreamCount => throw new NotImplementedException();

    /// <summary>Opens a stream; data may be written at once.</summary>
    public ValueTask<IByteStream> OpenAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The next stream the peer opened. Throws <see cref="ProtocolException"/> (<see cref="ProtocolError.SessionClosed"/>) at the end.</summary>
    public ValueTask<IByteStream> AcceptAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Round trip of a ping.</summary>
    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends the session and every stream.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
