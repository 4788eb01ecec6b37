// The read loop: large reads, packets handled where they lie, back-pressure by not reading on.
using System.Buffers.Binary;
using Skywire.Wire;

namespace Skywire.Transport.Links;

internal sealed partial class ManagedTransport
{
    /// <summary>Reads that completed at once in a row, after which the loop lets others run: a busy neighbour must not own a thread.</summary>
    private const int MaxSynchronousReads = 32;

    private const int PingSize = 8;

    private readonly PacketBuffer _packets = new();
    private readonly WakeBatch _wakes = new();
    private long _readBytes;
    private long _receivedPayload;
    private long _receivedPackets;
    private volatile bool _readerBlocked;

    internal long ReceivedPayload => Volatile.Read(ref _receivedPayload);

    internal long ReceivedPackets => Volatile.Read(ref _receivedPackets);

    private async Task ReadLoopAsync()
    {
        await Task.Yield();
        try
        {
            var synchronous = 0;
            while (true)
            {
                _packets.Prepare();
                var read = _stream.ReadAsync(_packets.Free, CancellationToken.None);
                if (!read.IsCompleted)
                {
                    synchronous = 0;
                }
                else if (++synchronous == MaxSynchronousReads)
                {
                    synchronous = 0;
                    await Task.Yield();
                }

                var n = await read;
                if (n == 0)
                {
                    Close(ProtocolError.TransportClosed, "the peer closed it");
                    return;
                }

                Volatile.Write(ref _readBytes, _readBytes + n);
                _packets.Commit(n);
                while (!HandlePackets())
                {
                    _readerBlocked = true;
                    await _handler.WaitForRoomAsync(this, _closing.Token);
                    _readerBlocked = false;
                }
            }
        }
        catch (Exception e)
        {
            CloseFor(e, "read");
        }
        finally
        {
            _packets.Dispose();
        }
    }

    /// <summary>Handles all complete packets; false when the handler refused one, which then stays the next.</summary>
    private bool HandlePackets()
    {
        _wakes.Begin();
        try
        {
            while (_packets.TryPeek(out var header, out var packet))
            {
                if (header.RouteId == 0)
                {
                    HandleOwn(header, packet);
                }
                else if (_handler.TryHandle(this, header, packet))
                {
                    Volatile.Write(ref _receivedPayload, _receivedPayload + header.PayloadSize);
                    Volatile.Write(ref _receivedPackets, _receivedPackets + 1);
                }
                else
                {
                    return false;
                }

                _packets.Consume(header.PacketSize);
            }

            return true;
        }
        finally
        {
            _wakes.End();
        }
    }

    /// <summary>Packets of the link itself: route ID 0 belongs to no rule (spec 12 §1).</summary>
    private void HandleOwn(PacketHeader header, Span<byte> packet)
    {
        if (header.Type is not (PacketType.TransportPing or PacketType.TransportPong))
        {
            _causes.Add(ProtocolError.UnknownPacketType);
            return;
        }

        if (header.PayloadSize < PingSize)
        {
            _causes.Add(ProtocolError.ShortPacket);
            return;
        }

        var value = packet.Slice(PacketHeader.Size, PingSize);
        if (header.Type == PacketType.TransportPong)
        {
            _probe.OnPong(BinaryPrimitives.ReadInt64BigEndian(value));
        }
        else if (_queue.TryAppend(PacketType.TransportPong, 0, value) == AppendResult.Full)
        {
            // The reserve is used up too: the peer sees traffic from here anyway and does not need this answer.
            _causes.Add(ProtocolError.LimitReached);
        }
    }
}
