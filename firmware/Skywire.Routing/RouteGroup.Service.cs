// Packets beside the data: pings, keep-alives, error texts (spec 12 §6.4). None of them is encrypted.
using System.Buffers.Binary;
using System.Text;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

internal sealed partial class RouteGroup
{
    private const int PingSize = 16;

    /// <summary>Most bytes of a peer's error text that are kept: a sentence.</summary>
    private const int MaxErrorText = 512;

    private long _lastReceived;
    private long _arrivedBytes;
    private long _pingStamp;
    private long _pingUnixMilliseconds;
    private long _roundTripTicks = -1;
    private long _peerReceiveRate;
    private string? _peerError;

    /// <summary>Bytes per second the peer last said it receives; what a ping carries.</summary>
    internal long PeerReceiveRate => Volatile.Read(ref _peerReceiveRate);

    /// <summary>
    /// Takes one packet of this group from a transport's read loop; payload lengths of types 0 to 6 were checked. False: the ring is full, offer it again after
    /// <see cref="WaitForRoomAsync"/>.
    /// </summary>
    internal bool TryReceive(PacketType type, ReadOnlySpan<byte> payload)
    {
        if (Volatile.Read(ref _end) is not null)
        {
            return true;
        }

        Volatile.Write(ref _lastReceived, Consume.LastActive);
        switch (type)
        {
            case PacketType.Data:
                if (!_ring.TryAppend(payload))
                {
                    return false;
                }

                Interlocked.Add(ref _arrivedBytes, payload.Length);
                _arrived.Set();
                return true;
            case PacketType.Handshake:
                ReceiveHandshake(payload[0]);
                return true;
            case PacketType.Ping:
                ReceivePing(payload);
                return true;
            case PacketType.Pong:
                ReceivePong(payload);
                return true;
            case PacketType.Error:
                Volatile.Write(ref _peerError, Printable(payload));
                return true;
            case PacketType.KeepAlive:
                return true;
            default:
                _router.Causes.Add(ProtocolError.UnknownPacketType);
                return true;
        }
    }

    /// <summary>Completes when a refused packet may be offered again.</summary>
    internal ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _ring.WaitForRoomAsync(cancellationToken);

    // Keep-alives follow the rule's own timeout, never a constant: the dialler chose it (spec 12 §4).
    private async Task ServeAsync()
    {
        var keepAlive = Forward.KeepAlive / 2;
        var interval = keepAlive < _options.PingInterval ? keepAlive : _options.PingInterval;
        var lastRead = _time.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(interval, _time, _life.Token);
                var silence = _time.GetElapsedTime(Volatile.Read(ref _lastReceived));
                if (RoundTrip is not null && silence >= _options.SilenceLimit)
                {
                    _router.Causes.Add(ProtocolError.KeepAliveTimeout);
                    End(ProtocolError.KeepAliveTimeout, "nothing came from the peer for " + Seconds(silence), tellReason: false);
                    return;
                }

                if (_time.GetElapsedTime(Volatile.Read(ref _lastSent)) >= keepAlive)
                {
                    TrySendControl(PacketType.KeepAlive, []);
                    Volatile.Write(ref _lastSent, _time.GetTimestamp());
                }

                SendPing(ref lastRead);
                _ring.Trim();
            }
        }
        catch (OperationCanceledException)
        {
            // The group ended.
        }
    }

    private void SendPing(ref long lastRead)
    {
        var now = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(lastRead, now);
        lastRead = now;
        var arrived = Interlocked.Exchange(ref _arrivedBytes, 0);
        var rate = elapsed > TimeSpan.Zero ? (long)(arrived / elapsed.TotalSeconds) : 0;
        var unix = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Volatile.Write(ref _pingStamp, now);
        Volatile.Write(ref _pingUnixMilliseconds, unix);
        Span<byte> payload = stackalloc byte[PingSize];
        BinaryPrimitives.WriteInt64BigEndian(payload, unix);
        BinaryPrimitives.WriteInt64BigEndian(payload[8..], rate);
        TrySendControl(PacketType.Ping, payload);
    }

    private void ReceivePing(ReadOnlySpan<byte> payload)
    {
        Volatile.Write(ref _peerReceiveRate, BinaryPrimitives.ReadInt64BigEndian(payload[8..]));
        Span<byte> pong = stackalloc byte[PingSize];
        payload[..8].CopyTo(pong);
        pong[8..].Clear();
        TrySendControl(PacketType.Pong, pong);
    }

    // The time stamp only says which ping is answered; the round trip is measured on our own monotonic clock.
    private void ReceivePong(ReadOnlySpan<byte> payload)
    {
        if (BinaryPrimitives.ReadInt64BigEndian(payload) == Volatile.Read(ref _pingUnixMilliseconds))
        {
            Volatile.Write(ref _roundTripTicks, _time.GetElapsedTime(Volatile.Read(ref _pingStamp)).Ticks);
        }
    }

    /// <summary>Queues a control packet if there is room; a lost one is repeated by its own timer.</summary>
    private bool TrySendControl(PacketType type, ReadOnlySpan<byte> payload)
    {
        if (_router.Resolve(Forward) is not { } transport)
        {
            _router.Causes.Add(ProtocolError.NextTransportGone);
            return false;
        }

        if (!transport.TrySend(type, Forward.NextRouteId, payload))
        {
            _router.Causes.Add(ProtocolError.NextTransportFull);
            return false;
        }

        Forward.LastActive = _time.GetTimestamp();
        return true;
    }

    /// <summary>Queues a packet, waiting for room. Returns without sending when the transport is gone.</summary>
    private async Task SendControlAsync(PacketType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        while (_router.Resolve(Forward) is { } transport)
        {
            if (transport.TrySend(type, Forward.NextRouteId, payload.Span))
            {
                Forward.LastActive = _time.GetTimestamp();
                return;
            }

            await transport.WaitForRoomAsync(cancellationToken);
        }

        _router.Causes.Add(ProtocolError.NextTransportGone);
    }

    private static string Printable(ReadOnlySpan<byte> text)
    {
        var decoded = Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxErrorText)]);
        return string.Create(decoded.Length, decoded, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
    }
}
