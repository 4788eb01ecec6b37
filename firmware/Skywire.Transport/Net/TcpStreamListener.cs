// Accepts kernel TCP connections and survives what accept(2) may report without the listener being broken.
using System.Net;
using System.Net.Sockets;
using Skywire.Wire;

namespace Skywire.Transport.Net;

internal sealed class TcpStreamListener(Socket socket, TcpNetwork network, TimeProvider time) : IStreamListener
{
    /// <summary>Pause when the process has no descriptor left: long enough for others to close some.</summary>
    private static readonly TimeSpan ExhaustedPause = TimeSpan.FromMilliseconds(200);

    private volatile bool _disposed;

    public IPEndPoint LocalEndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public async ValueTask<IByteStream> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken);
                network.Tune(accepted);
                return new TcpByteStream(accepted);
            }
            catch (SocketException e) when (!_disposed)
            {
                // The connection died in the queue, or descriptors ran out: neither says anything about the listener.
                accepted?.Dispose();
                if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
                {
                    await Task.Delay(ExhaustedPause, time, cancellationToken);
                }
            }
            catch (Exception e) when (_disposed && e is SocketException or ObjectDisposedException)
            {
                accepted?.Dispose();
                throw new ObjectDisposedException(nameof(TcpStreamListener));
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
