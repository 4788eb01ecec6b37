// The socket of the setup page: one request a connection, all of it bounded in size, number and time.
using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Skywire.Wifi.Setup.Http;

/// <summary>Serves at one address until disposed.</summary>
internal sealed class SetupHttpServer : IAsyncDisposable
{
    /// <summary>A phone opens half a dozen at once, to find out whether it is online; more than a few phones are not set up to one board.</summary>
    public const int MaxConnections = 16;

    /// <summary>For a whole request, and then for its answer: a weak signal may need some tries.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // How long what was not read is still swallowed, so that the answer is not lost with a reset.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private Task _loop = Task.CompletedTask;
    private long _answered;
    private long _refused;

    /// <summary>Binds. Throws <see cref="SocketException"/>.</summary>
    public SetupHttpServer(IPEndPoint endPoint, TimeProvider time)
    {
        _time = time;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Closed connections of the service's last run still hold the address for a minute.
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _socket.Bind(endPoint);
            _socket.Listen(MaxConnections);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Requests answered.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Connections that sent no request, or were too many.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Begins to answer. Called once.</summary>
    public void Serve(Func<SetupRequest, CancellationToken, Task<SetupReply>> answer) => _loop = AcceptAsync(answer);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _loop;
        _socket.Dispose();
        foreach (var connection in _connections)
        {
            await connection;
        }

        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<SetupRequest, CancellationToken, Task<SetupReply>> answer)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var peer = await _socket.AcceptAsync(_stop.Token);
                _connections.RemoveAll(c => c.IsCompleted);
                if (_connections.Count >= MaxConnections)
                {
                    Interlocked.Increment(ref _refused);
                    peer.Dispose();
                    continue;
                }

                _connections.Add(ServeAsync(peer, answer));
            }
            catch (OperationCanceledException)
            {
                // Told to end.
                return;
            }
            catch (SocketException)
            {
                // It went before it was accepted.
                Interlocked.Increment(ref _refused);
            }
        }
    }

    // Ends with every fault of the peer's; none of them reaches the accepting loop.
    private async Task ServeAsync(Socket peer, Func<SetupRequest, CancellationToken, Task<SetupReply>> answer)
    {
        using var closing = peer;
        var buffer = ArrayPool<byte>.Shared.Rent(SetupRequest.MaxSize);
        try
        {
            var (status, request) = await ReadAsync(peer, buffer);
            var reply = request is null ? SetupReply.Refuse(400, "this is no request") : await answer(request, _stop.Token);
            Interlocked.Increment(ref status == OperationStatus.Done ? ref _answered : ref _refused);
            if (status != OperationStatus.NeedMoreData)
            {
                await WriteAsync(peer, reply.ToBytes(withBody: request?.Method != "HEAD"), buffer);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The phone went, was too slow, or the service ends.
            Interlocked.Increment(ref _refused);
        }
        finally
        {
            // A form's passphrase was in it.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    // NeedMoreData: it ended in the middle, and nobody waits for an answer.
    private async Task<(OperationStatus Status, SetupRequest? Request)> ReadAsync(Socket peer, byte[] buffer)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        var length = 0;
        while (true)
        {
            var got = await peer.ReceiveAsync(buffer.AsMemory(length, SetupRequest.MaxSize - length), either.Token);
            length += got;
            var status = SetupRequest.Read(buffer.AsSpan(0, length), out var request);
            if (status != OperationStatus.NeedMoreData || got == 0)
            {
                return (status, request);
            }
        }
    }

    private async Task WriteAsync(Socket peer, byte[] bytes, byte[] buffer)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await peer.SendAsync(bytes.AsMemory(sent), either.Token);
        }

        peer.Shutdown(SocketShutdown.Send);
        using var linger = new CancellationTokenSource(Linger, _time);
        using var last = CancellationTokenSource.CreateLinkedTokenSource(linger.Token, _stop.Token);
        while (await peer.ReceiveAsync(buffer.AsMemory(), last.Token) > 0)
        {
            // Swallowed.
        }
    }
}
