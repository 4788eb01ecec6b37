// A client of one wpa_supplicant's control socket: unix datagrams, one answer for one command, events in between (wpa_ctrl.h of 2.10).
using System.Net.Sockets;
using System.Text;

namespace Skywire.Wifi.Control;

/// <summary>
/// Asks one command at a time. After an <see cref="IOException"/> it is of no more use: an answer that comes late would be taken for the next command's. Its own socket file is removed with it.
/// </summary>
internal sealed class ControlSocket : IAsyncDisposable
{
    // wpa_supplicant's own limits for answers and events are 4096.
    private const int MaxDatagram = 8192;

    private readonly Socket _socket;
    private readonly string _ownPath;
    private readonly Action<ReadOnlyMemory<byte>> _onEvent;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _receiving;
    private TaskCompletionSource<string>? _waiting;
    private string _failure = "";

    private ControlSocket(Socket socket, string ownPath, Action<ReadOnlyMemory<byte>> onEvent, TimeProvider time)
    {
        _socket = socket;
        _ownPath = ownPath;
        _onEvent = onEvent;
        _time = time;
        _receiving = ReceiveAsync();
    }

    /// <summary>
    /// Opens a way to the socket <paramref name="path"/> from an own one at <paramref name="ownPath"/>; what was left there is replaced. <paramref name="onEvent"/> gets events on the
    /// receiving loop and must be quick; their bytes are gone afterwards. Throws <see cref="IOException"/> when nobody listens.
    /// </summary>
    public static ControlSocket Open(string path, string ownPath, Action<ReadOnlyMemory<byte>> onEvent, TimeProvider time)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            File.Delete(ownPath);
            socket.Bind(new UnixDomainSocketEndPoint(ownPath));
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new ControlSocket(socket, ownPath, onEvent, time);
        }
        catch (Exception e) when (e is SocketException or ArgumentException or UnauthorizedAccessException)
        {
            socket.Dispose();
            File.Delete(ownPath);
            throw new IOException($"nobody listens at {path}: {e.Message}", e);
        }
    }

    /// <summary>Asks and gives the answer without its line end. Throws <see cref="IOException"/> when none comes within <paramref name="limit"/> or the other side is gone.</summary>
    public async Task<string> AskAsync(string command, TimeSpan limit, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_failure.Length > 0 || _waiting is not null)
            {
                throw new IOException(_failure.Length > 0 ? _failure : "a command is being asked already");
            }

            _waiting = answer;
        }

        try
        {
            await _socket.SendAsync(Encoding.ASCII.GetBytes(command), SocketFlags.None, cancellationToken);
            var text = await answer.Task.WaitAsync(limit, _time, cancellationToken);
            lock (_lock)
            {
                _waiting = null;
            }

            return text;
        }
        catch (TimeoutException e)
        {
            Fail($"no answer to {command} within {limit.TotalSeconds:0.#} s");
            throw new IOException(_failure, e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Fail($"wpa_supplicant is gone: {e.Message}");
            throw new IOException(_failure, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _receiving;
        _socket.Dispose();
        File.Delete(_ownPath);
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[MaxDatagram];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                Take(buffer.AsMemory(0, length));
            }
        }
        catch (OperationCanceledException)
        {
            Fail("closed");
        }
        catch (SocketException e)
        {
            Fail($"wpa_supplicant is gone: {e.Message}");
        }
    }

    private void Take(ReadOnlyMemory<byte> datagram)
    {
        if (SupplicantEventParser.IsEvent(datagram.Span))
        {
            _onEvent(datagram);
            return;
        }

        lock (_lock)
        {
            // An answer nobody waits for is dropped.
            _waiting?.TrySetResult(Encoding.UTF8.GetString(datagram.Span).TrimEnd('\n'));
        }
    }

    private void Fail(string reason)
    {
        lock (_lock)
        {
            _failure = _failure.Length > 0 ? _failure : reason;
            _waiting?.TrySetException(new IOException(_failure));
        }
    }
}
