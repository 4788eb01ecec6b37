// The publisher's server of a check: a folder over HTTP on this machine's loopback, with faults on request. Boards reach it through their emulator, and nothing else.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>Serves until disposed.</summary>
internal sealed class FeedServer : IAsyncDisposable
{
    /// <summary>The path of a file without content that comes and goes.</summary>
    public const string Gate = "gate";

    /// <summary>Requests are small; a longer head ends the connection.</summary>
    private const int LongestHead = 16 * 1024;

    private const int Step = 64 * 1024;
    private const string BundleSuffix = ".raucb";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _connections = [];
    private readonly List<(long Start, long End)> _sent = [];
    private readonly Task _accepting;
    private long _bundleBytes;
    private long _otherBytes;
    private long _firstByteAt;
    private long _lastByteAt;
    private int _breaks;
    private int _requests;

    /// <summary>Starts to serve <paramref name="folder"/>.</summary>
    public FeedServer(string folder)
    {
        Folder = folder;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What is served; may be changed between orders.</summary>
    public string Folder { get; set; }

    /// <summary>What goes wrong.</summary>
    public FeedFaults Faults { get; set; } = FeedFaults.None;

    /// <summary>Whether <see cref="Gate"/> is there: a board may wait for it.</summary>
    public bool IsGateOpen { get; set; } = true;

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes of bundles that were sent, answers that broke included.</summary>
    public long BundleBytes => Interlocked.Read(ref _bundleBytes);

    /// <summary>Bytes of bundles that were sent at least once; as many as <see cref="BundleBytes"/> when no byte was sent twice. Of one bundle: which one it was is not kept.</summary>
    public long DistinctBytes
    {
        get
        {
            lock (_lock)
            {
                var (bytes, end) = (0L, 0L);
                foreach (var part in _sent.Order())
                {
                    bytes += Math.Max(0, part.End - Math.Max(part.Start, end));
                    end = Math.Max(end, part.End);
                }

                return bytes;
            }
        }
    }

    /// <summary>Bytes of feeds and indexes.</summary>
    public long OtherBytes => Interlocked.Read(ref _otherBytes);

    /// <summary>Requests that were understood.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Connections broken on purpose.</summary>
    public int Breaks => Volatile.Read(ref _breaks);

    /// <summary>Seconds from the first byte of a bundle to the last one; null when none was sent.</summary>
    public double? BundleSeconds => _firstByteAt == 0 ? null : Math.Round(Stopwatch.GetElapsedTime(Interlocked.Read(ref _firstByteAt), Interlocked.Read(ref _lastByteAt)).TotalSeconds, 1);

    /// <summary>Forgets what was counted.</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _firstByteAt, 0);
        Interlocked.Exchange(ref _lastByteAt, 0);
        Interlocked.Exchange(ref _bundleBytes, 0);
        Interlocked.Exchange(ref _otherBytes, 0);
        Volatile.Write(ref _breaks, 0);
        Volatile.Write(ref _requests, 0);
        lock (_lock)
        {
            _sent.Clear();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        _listener.Stop();
        await _accepting;
        Task[] open;
        lock (_lock)
        {
            open = [.. _connections];
        }

        await Task.WhenAll(open);
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                // One that went away before it was taken does not end the server.
                continue;
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (_lock)
            {
                _connections.RemoveAll(c => c.IsCompleted);
                _connections.Add(ServeAsync(socket));
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            if (await ReadHeadAsync(socket) is { } head && FeedRequest.TryParse(head) is { } request)
            {
                Interlocked.Increment(ref _requests);
                await AnswerAsync(socket, request);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // The board went away, or this server does: both are part of the check.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task<string?> ReadHeadAsync(Socket socket)
    {
        var buffer = new byte[LongestHead];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
            if (read == 0)
            {
                return null;
            }

            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return Encoding.ASCII.GetString(buffer, 0, end);
            }
        }

        return null;
    }

    private async Task AnswerAsync(Socket socket, FeedRequest request)
    {
        if (request.Path == Gate && IsGateOpen)
        {
            await SendAsync(socket, Encoding.ASCII.GetBytes(FeedAnswer.Empty.Head()));
            return;
        }

        var path = Path.Combine(Folder, request.Path);
        if (!File.Exists(path))
        {
            await SendAsync(socket, Encoding.ASCII.GetBytes(FeedAnswer.NotFound.Head()));
            return;
        }

        using var file = File.OpenHandle(path);
        var isBundle = path.EndsWith(BundleSuffix, StringComparison.Ordinal);
        var faults = isBundle ? Faults : FeedFaults.None;
        var size = RandomAccess.GetLength(file);
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{size:x}-{File.GetLastWriteTimeUtc(path).Ticks:x}\"");
        var answer = FeedAnswer.To(request, size, tag, faults.IgnoresRange);
        await SendAsync(socket, Encoding.ASCII.GetBytes(answer.Head()));
        var buffer = new byte[Step];
        for (var at = answer.Start; at < answer.Start + answer.Length;)
        {
            var length = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(Step, answer.Start + answer.Length - at)), at);
            if (faults.WrongByteAt is { } wrong && wrong >= at && wrong < at + length)
            {
                buffer[wrong - at] ^= 0xff;
            }

            if (isBundle && faults.Breaks > Breaks && BundleBytes + length > faults.BreakEvery * (Breaks + 1))
            {
                Interlocked.Increment(ref _breaks);
                // A reset, as a router that lost its table sends it.
                socket.LingerState = new LingerOption(true, 0);
                return;
            }

            await SendAsync(socket, buffer.AsMemory(0, length));
            Interlocked.Add(ref isBundle ? ref _bundleBytes : ref _otherBytes, length);
            if (isBundle)
            {
                lock (_lock)
                {
                    _sent.Add((at, at + length));
                }

                var now = Stopwatch.GetTimestamp();
                Interlocked.CompareExchange(ref _firstByteAt, now, 0);
                Interlocked.Exchange(ref _lastByteAt, now);
            }

            at += length;
            if (faults.BytesPerSecond > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds((double)length / faults.BytesPerSecond), _stop.Token);
            }
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, _stop.Token)..];
        }
    }
}
