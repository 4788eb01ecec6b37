// From the app to the forward transport: sealed once, handed over without waiting where there is room.
using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Skywire.Noise;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

internal sealed partial class RouteGroup
{
    /// <summary>Largest message: one noise frame (spec 12 §6.3). A write of up to this many bytes stays one message.</summary>
    internal const int MaxMessage = NoiseFrame.MaxPlaintext;

    /// <summary>Longer writes are cut so that each packet (7 + 2 + 24 + n) fits one 4070-byte frame of a hop: a second, nearly empty frame per packet would cost every hop a record more.</summary>
    internal const int StreamMessage = NoiseFrame.MaxPlaintext - PacketHeader.Size - NoiseFrame.PrefixSize - RecordSealer.Overhead;

    private const int PayloadOffset = PacketHeader.Size;
    private const int RecordOffset = PayloadOffset + NoiseFrame.PrefixSize;

    private UseGate _writeGate;
    private CancellationTokenSource? _writeWait;
    private byte[]? _packet;
    private int _packetLength;
    private long _sentBytes;
    private long _lastSent;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var chunk = data.Length <= MaxMessage ? MaxMessage : StreamMessage;
        return WriteNow(ref data, chunk, out _) ? default : WriteLaterAsync(data, chunk, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => default;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteLaterAsync(ReadOnlyMemory<byte> data, int chunk, CancellationToken cancellationToken)
    {
        // One source for the group's whole life, made anew only after a cancelled write: a bulk sender waits at nearly every write.
        var wait = _writeWait is { IsCancellationRequested: false } last ? last : _writeWait = CancellationTokenSource.CreateLinkedTokenSource(_life.Token);
        using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), wait))
        {
            while (!WriteNow(ref data, chunk, out var transport))
            {
                try
                {
                    await transport!.WaitForRoomAsync(wait.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // The group ended while waiting: the next turn says why.
                }
                catch (OperationCanceledException)
                {
                    throw new OperationCanceledException(cancellationToken);
                }
            }
        }
    }

    /// <summary>
    /// Seals and queues until all is done (true) or the transport is full (false). A record already sealed is kept and goes first next time, so that the
    /// counters on the wire stay gapless even when a waiting write is cancelled.
    /// </summary>
    private bool WriteNow(ref ReadOnlyMemory<byte> data, int chunk, out ITransport? transport)
    {
        transport = null;
        ThrowIfEndedForWriter();
        switch (_writeGate.TryEnter())
        {
            case UseGate.Entry.InUse:
                throw new InvalidOperationException("a route group has one writer at a time");
            case UseGate.Entry.IsClosed:
                ThrowIfEndedForWriter();
                throw new ProtocolException(ProtocolError.RouteClosed, "the route group was closed on this side");
        }

        try
        {
            while (_packetLength > 0 || !data.IsEmpty)
            {
                transport = _router.Resolve(Forward);
                if (transport is null)
                {
                    _router.Causes.Add(ProtocolError.NextTransportGone);
                    throw new ProtocolException(ProtocolError.NextTransportGone, $"transport {Forward.NextTransportId} is down");
                }

                if (_packetLength == 0)
                {
                    var n = Math.Min(chunk, data.Length);
                    SealPacket(data.Span[..n]);
                    data = data[n..];
                }

                if (!transport.TrySendPacket(_packet.AsSpan(0, _packetLength)))
                {
                    return false;
                }

                _packetLength = 0;
                Forward.LastActive = _time.GetTimestamp();
                Volatile.Write(ref _lastSent, Forward.LastActive);
            }

            return true;
        }
        finally
        {
            if (_packetLength == 0)
            {
                ReturnPacket();
            }

            if (_writeGate.Leave())
            {
                ReleaseWriter();
            }
        }
    }

    // type (1) || next route ID (4) || size (2) || len (2) || counter (8) || ciphertext || tag (16); in clear the payload is the data.
    private void SealPacket(ReadOnlySpan<byte> data)
    {
        _packet ??= ArrayPool<byte>.Shared.Rent(RecordOffset + RecordSealer.Overhead + MaxMessage);
        int payload;
        if (_isClear)
        {
            data.CopyTo(_packet.AsSpan(PayloadOffset));
            payload = data.Length;
        }
        else
        {
            var record = _sealer!.Seal(data, _packet.AsSpan(RecordOffset));
            BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(PayloadOffset), (ushort)record);
            payload = NoiseFrame.PrefixSize + record;
        }

        new PacketHeader(PacketType.Data, Forward.NextRouteId, (ushort)payload).Write(_packet);
        _packetLength = PacketHeader.Size + payload;
        Volatile.Write(ref _sentBytes, _sentBytes + data.Length);
    }

    private void ReturnPacket()
    {
        if (_packet is { } packet)
        {
            _packet = null;
            ArrayPool<byte>.Shared.Return(packet);
        }
    }

    private void ReleaseWriter()
    {
        _sealer?.Dispose();
        _sealer = null;
        _packetLength = 0;
        ReturnPacket();
    }
}
