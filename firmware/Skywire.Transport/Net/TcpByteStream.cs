// One kernel TCP connection as a byte stream. Nothing is allocated per read or write: the socket keeps one operation each way, and the pooled
// builders keep the few bytes an await needs.
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Skywire.Wire;

namespace Skywire.Transport.Net;

internal sealed class TcpByteStream : IByteStream
{
    private readonly Socket _socket;

    internal TcpByteStream(Socket socket)
    {
        _socket = socket;
        RemoteEndPoint = socket.RemoteEndPoint;
    }

    public EndPoint? RemoteEndPoint { get; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Broken(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            while (!data.IsEmpty)
            {
                data = data[await _socket.SendAsync(data, SocketFlags.None, cancellationToken)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Broken(e);
        }
    }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return ValueTask.FromException(Broken(e));
        }

        return ValueTask.CompletedTask;
    }

    public void Abort() => _socket.Dispose();

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private IOException Broken(Exception e) => e is SocketException { SocketErrorCode: not SocketError.OperationAborted } s
        ? new IOException($"connection with {RemoteEndPoint}: {s.Message}", e)
        : new IOException($"connection with {RemoteEndPoint}: closed on this side", e);
}
