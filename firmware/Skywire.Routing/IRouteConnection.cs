// A route group as apps see it.
using Skywire.Wire;

namespace Skywire.Routing;

/// <summary>A route group as an app sees it: end-to-end encrypted, message boundaries kept for writes of up to 4070 bytes.</summary>
public interface IRouteConnection : IByteStream
{
    /// <summary>Source = remote, destination = local, on both ends (spec 12 §6.1).</summary>
    RouteDescriptor Descriptor { get; }

    /// <summary>Last measured round trip; null before the first.</summary>
    TimeSpan? RoundTrip { get; }

    /// <summary>Application bytes sent.</summary>
    long SentBytes { get; }

    /// <summary>Application bytes received.</summary>
    long ReceivedBytes { get; }

    /// <summary>Why the connection ended, in words (the peer's error text where it sent one); null while it lives or when nobody gave a reason.</summary>
    string? CloseReason => null;

    /// <summary>Reads at most the rest of one message, as the reference does; 0 is end of stream. <see cref="IByteStream.ReadAsync"/> may join messages.</summary>
    ValueTask<int> ReadMessageAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}

/// <summary>Accepts route groups on a port.</summary>
public interface IRouteListener : IAsyncDisposable
{
    /// <summary>The port.</summary>
    ushort Port { get; }

    /// <summary>The next route group, handshake done. Throws <see cref="ObjectDisposedException"/> once disposed.</summary>
    ValueTask<IRouteConnection> AcceptAsync(CancellationToken cancellationToken);
}
