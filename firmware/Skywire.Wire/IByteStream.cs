// The one shape every byte pipe of the product has: TCP, yamux, dmsg, route group.
using System.Net;

namespace Skywire.Wire;

/// <summary>
/// An ordered, reliable, two-way byte stream. One reader and one writer at a time; both may run side by side.
/// Continuations stay on the caller's scheduler.
/// </summary>
public interface IByteStream : IAsyncDisposable
{
    /// <summary>Where the bytes go, for logs; null when the layer below has no address.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>Reads at least one byte, as many as are at hand up to the buffer; 0 is end of stream. Throws <see cref="IOException"/> (or <see cref="ProtocolException"/>) when the stream broke.</summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Completes when every byte was taken over by the layer below; the buffer is then the caller's again. This is where back-pressure shows.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Ends the writing half where the layer can carry that; otherwise it does nothing and the end shows at dispose.</summary>
    ValueTask CompleteWritesAsync(CancellationToken cancellationToken);

    /// <summary>Tears the stream down at once: pending and later calls fail. Safe from any thread, more than once.</summary>
    void Abort();
}

/// <summary>Accepts streams on a local address.</summary>
public interface IStreamListener : IAsyncDisposable
{
    /// <summary>The address really bound (port resolved).</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The next incoming stream. Throws <see cref="ObjectDisposedException"/> once disposed.</summary>
    ValueTask<IByteStream> AcceptAsync(CancellationToken cancellationToken);
}

/// <summary>Where streams come from: the kernel's TCP in the product, an in-memory network in simulation.</summary>
public interface INetwork
{
    /// <summary>Connects to <c>host:port</c> (IP literal or name). Throws <see cref="IOException"/> with the reason.</summary>
    ValueTask<IByteStream> ConnectAsync(string address, CancellationToken cancellationToken);

    /// <summary>Listens; port 0 takes a free one. Throws <see cref="IOException"/> naming the port when it is taken.</summary>
    IStreamListener Listen(IPEndPoint local);
}
