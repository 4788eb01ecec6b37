// The bounded send buffer of one transport. Producers copy packets in under a short lock of their own; the one writer takes all of it at once, so
// that batches grow by themselves while a write is under way.
using System.Buffers;
using System.Numerics;
using Skywire.Wire;

namespace Skywire.Transport.Links;

/// <summary>
/// Two buffers change places: the one being filled and the one being written. They grow with the traffic and are given up when there is none, for a
/// board may hold hundreds of idle links. Filling: any thread. Taking and returning: the writer only. Nothing is allocated per packet.
/// </summary>
internal sealed class SendQueue
{
    /// <summary>Space kept for packets other than Data, so that a close or keep-alive is not lost behind a full buffer.</summary>
    internal const int ControlReserve = 4096;

    /// <summary>A full buffer must still take one packet of any size beside what is queued.</summary>
    internal const int MinCapacity = 2 * PacketHeader.MaxPacket;

    private const int SmallestBuffer = 2048;

    private readonly Lock _lock = new();
    private readonly AsyncSignal _wake = new();
    private readonly RoomWaiters _waiters = new();
    private readonly int _capacity;
    private byte[]? _filling;
    private byte[]? _spare;
    private int _used;
    private int _packets;
    private long _payload;
    private bool _writerSleeps;
    private bool _closed;

    internal SendQueue(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, MinCapacity);
        _capacity = capacity;
    }

    /// <summary>Packets taken together, in wire form; the counts leave out the link's own pings and pongs. Give it back with <see cref="Return"/>.</summary>
    internal readonly record struct Batch(byte[] Buffer, int Length, int Packets, long Payload);

    /// <summary>Queues a packet from its parts; false when there is no room.</summary>
    internal AppendResult TryAppend(PacketType type, uint routeId, ReadOnlySpan<byte> payload)
    {
        var size = PacketHeader.Size + payload.Length;
        bool wake;
        lock (_lock)
        {
            if (_closed)
            {
                return AppendResult.Closed;
            }

            if (!TryReserve(size, type, out var destination))
            {
                return AppendResult.Full;
            }

            new PacketHeader(type, routeId, (ushort)payload.Length).Write(destination);
            payload.CopyTo(destination[PacketHeader.Size..]);
            wake = Account(size, type);
        }

        if (wake)
        {
            Wake();
        }

        return AppendResult.Queued;
    }

    /// <summary>Queues a packet already in wire form.</summary>
    internal AppendResult TryAppend(ReadOnlySpan<byte> packet)
    {
        bool wake;
        lock (_lock)
        {
            if (_closed)
            {
                return AppendResult.Closed;
            }

            if (!TryReserve(packet.Length, (PacketType)packet[0], out var destination))
            {
                return AppendResult.Full;
            }

            packet.CopyTo(destination);
            wake = Account(packet.Length, (PacketType)packet[0]);
        }

        if (wake)
        {
            Wake();
        }

        return AppendResult.Queued;
    }

    /// <summary>Completes when any packet fits again, or the queue closed. Any number of waiters; at once when there is room already.</summary>
    internal ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        RoomWaiters.Waiter waiter;
        lock (_lock)
        {
            if (_closed || _capacity - ControlReserve - _used >= PacketHeader.MaxPacket)
            {
                return ValueTask.CompletedTask;
            }

            waiter = _waiters.Add();
        }

        return _waiters.WaitAsync(waiter, _lock, cancellationToken);
    }

    /// <summary>Writer: takes everything queued. False when there is nothing: call <see cref="WaitAsync"/>.</summary>
    internal bool TryTake(out Batch batch)
    {
        lock (_lock)
        {
            if (_used == 0)
            {
                batch = default;
                _writerSleeps = true;
                return false;
            }

            batch = new Batch(_filling!, _used, _packets, _payload);
            _filling = null;
            _used = 0;
            _packets = 0;
            _payload = 0;
            _waiters.ReleaseAll();
        }

        return true;
    }

    /// <summary>Writer: sleeps until something was queued or the queue closed.</summary>
    internal ValueTask WaitAsync() => _wake.WaitAsync(CancellationToken.None);

    /// <summary>Writer: gives the buffer of a batch back.</summary>
    internal void Return(Batch batch)
    {
        lock (_lock)
        {
            // Kept here, not in the pool: a pool that threads share would miss it now and then, and allocate.
            if (!_closed && (_spare is null || _spare.Length < batch.Buffer.Length))
            {
                Release(ref _spare);
                _spare = batch.Buffer;
                return;
            }
        }

        ArrayPool<byte>.Shared.Return(batch.Buffer);
    }

    /// <summary>Gives up memory that an idle link does not need.</summary>
    internal void Trim()
    {
        lock (_lock)
        {
            Release(ref _spare);
        }
    }

    /// <summary>True once closed.</summary>
    internal bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _closed;
            }
        }
    }

    /// <summary>Takes no more packets and wakes everybody; what is queued stays for the writer, or for <see cref="Discard"/>.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _writerSleeps = false;
            _waiters.ReleaseAll();
        }

        _wake.Set();
    }

    /// <summary>Drops what is queued, once the writer has ended.</summary>
    internal void Discard()
    {
        lock (_lock)
        {
            Release(ref _spare);
            Release(ref _filling);
            _used = 0;
        }
    }

    /// <summary>Wakes the writer now; called at once by <see cref="WakeBatch"/>'s end, or by a producer outside any read batch.</summary>
    internal void WakeNow() => _wake.Set();

    private void Wake()
    {
        if (WakeBatch.Current is { } batch)
        {
            batch.Add(this);
        }
        else
        {
            _wake.Set();
        }
    }

    private bool TryReserve(int size, PacketType type, out Span<byte> destination)
    {
        var limit = type == PacketType.Data ? _capacity - ControlReserve : _capacity;
        if (_used + size > limit)
        {
            destination = default;
            return false;
        }

        if (_filling is null || _filling.Length < _used + size)
        {
            Grow(_used + size);
        }

        destination = _filling.AsSpan(_used, size);
        return true;
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_filling))]
    private void Grow(int needed)
    {
        byte[] larger;
        if (_spare is not null && _spare.Length >= needed)
        {
            larger = _spare;
            _spare = null;
        }
        else
        {
            larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)Math.Max(needed, SmallestBuffer)), (uint)_capacity));
        }

        if (_filling is not null)
        {
            _filling.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_filling);
        }

        _filling = larger;
    }

    private static void Release(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }

    private bool Account(int size, PacketType type)
    {
        _used += size;
        if (type is not (PacketType.TransportPing or PacketType.TransportPong))
        {
            _packets++;
            _payload += size - PacketHeader.Size;
        }

        var wake = _writerSleeps;
        _writerSleeps = false;
        return wake;
    }
}

/// <summary>Outcome of queueing a packet.</summary>
internal enum AppendResult
{
    /// <summary>Copied in.</summary>
    Queued,

    /// <summary>No room; nothing happened.</summary>
    Full,

    /// <summary>The queue is closed; the packet was dropped.</summary>
    Closed,
}
