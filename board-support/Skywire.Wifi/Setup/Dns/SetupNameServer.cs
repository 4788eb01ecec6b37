// The socket of the setup access point's DNS.
using System.Net;
using System.Net.Sockets;

namespace Skywire.Wifi.Setup.Dns;

/// <summary>Answers at one address until disposed.</summary>
internal sealed class SetupNameServer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _address;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _answered;
    private long _malformed;

    /// <summary>Binds and begins. Throws <see cref="SocketException"/>.</summary>
    public SetupNameServer(IPEndPoint endPoint, IPAddress page)
    {
        _address = page.GetAddressBytes();
        _socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Bind(endPoint);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _loop = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Questions answered.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Datagrams that were no question, or could not be answered.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _loop;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        // One byte more than is taken: a longer datagram is cut to it and so seen to be too long.
        var question = new byte[SetupDns.MaxSize + 1];
        var answer = new byte[SetupDns.MaxSize];
        EndPoint any = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var got = await _socket.ReceiveFromAsync(question, SocketFlags.None, any, _stop.Token);
                var length = SetupDns.Answer(question.AsSpan(0, got.ReceivedBytes), _address, answer, out _);
                if (length == 0)
                {
                    Interlocked.Increment(ref _malformed);
                    continue;
                }

                await _socket.SendToAsync(answer.AsMemory(0, length), SocketFlags.None, got.RemoteEndPoint, _stop.Token);
                Interlocked.Increment(ref _answered);
            }
            catch (OperationCanceledException)
            {
                // Told to end.
                return;
            }
            catch (SocketException)
            {
                // The phone went, or a datagram could not be sent: the next one may.
                Interlocked.Increment(ref _malformed);
            }
        }
    }
}
