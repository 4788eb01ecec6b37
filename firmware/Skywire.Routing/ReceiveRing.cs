// Holds the payloads of a route group between the transport's read loop and the app.
using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Skywire.Routing;

/// <summary>
/// A bounded queue of messages. One copy in; the reader works on the stored bytes in place: <see cref="TryPeek"/>, then <see cref="Pop"/>. Any number of
/// appenders, one reader. Buffers come from the pool in growing steps and go back as they empty; an idle ring holds at most one small one.
/// </summary>
internal sealed class ReceiveRing(int capacity)
{
    /// <summary>After a refusal, appenders are woken when so many bytes are free again: a few packets, so that reader and appender do not alternate packet by packet.</summary>
    private const int WakeRoom = 64 * 1024;

    private const int LengthSize = sizeof(ushort);
    private const int FirstSegment = 16 * 1024;
    private const int LargestSegment = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<Segment> _segments = new();
    private readonly List<TaskCompletionSource> _waiters = [];
    private Segment? _tail;
    private Segment? _spare;
    private int _held;
    private bool _refused;
    private bool _peeking;
    private bool _closed;

    /// <summary>Bytes held, lengths included.</summary>
    public int HeldBytes
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>Copies a message in. False when there is no room; a closed ring takes (and drops) everything.</summary>
    public bool TryAppend(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return true;
            }

            var size = LengthSize + message.Length;
            if (_held > 0 && _held + size > capacity)
            {
                _refused = true;
                return false;
            }

            var segment = _tail is { } tail && tail.Buffer.Length - tail.End >= size ? tail : AddSegment(size);
            BinaryPrimitives.WriteUInt16LittleEndian(segment.Buffer.AsSpan(segment.End), (ushort)message.Length);
            message.CopyTo(segment.Buffer.AsSpan(segment.End + LengthSize));
            segment.End += size;
            _held += size;
            return true;
        }
    }

    /// <summary>The oldest message, valid until <see cref="Pop"/>. False when there is none.</summary>
    public bool TryPeek(out ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            message = default;
            if (_closed || !_segments.TryPeek(out var head) || head.Start == head.End)
            {
                return false;
            }

            _peeking = true;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(head.Buffer.AsSpan(head.Start));
            message = head.Buffer.AsSpan(head.Start + LengthSize, length);
            return true;
        }
    }

    /// <summary>Removes the message last peeked at; its bytes may not be used any more.</summary>
    public void Pop()
    {
        lock (_lock)
        {
            _peeking = false;
            var head = _segments.Peek();
            var size = LengthSize + BinaryPrimitives.ReadUInt16LittleEndian(head.Buffer.AsSpan(head.Start));
            head.Start += size;
            _held -= size;
            if (head.Start == head.End)
            {
                Retire(head);
            }

            if (_closed)
            {
                ReturnAll();
            }
            else if (_refused && (_held == 0 || capacity - _held >= Math.Min(WakeRoom, capacity / 2)))
            {
                _refused = false;
                Wake();
            }
        }
    }

    /// <summary>Completes when a message may be appended again, or the ring is closed.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (!_refused || _closed)
            {
                return ValueTask.CompletedTask;
            }

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(waiter);
        }

        return AwaitAsync(waiter, cancellationToken);
    }

    /// <summary>Gives memory of an idle ring back.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            if (_held == 0 && !_peeking)
            {
                ReturnAll();
            }
        }
    }

    /// <summary>Drops everything; a message being peeked at stays valid until its <see cref="Pop"/>.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Wake();
            if (!_peeking)
            {
                ReturnAll();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitAsync(TaskCompletionSource waiter, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter))
        {
            try
            {
                await waiter.Task;
            }
            catch (OperationCanceledException)
            {
                lock (_lock)
                {
                    _waiters.Remove(waiter);
                }

                throw;
            }
        }
    }

    private Segment AddSegment(int size)
    {
        var wanted = Math.Max(size, Math.Clamp(_held, FirstSegment, LargestSegment));
        Segment segment;
        if (_spare is { } spare && spare.Buffer.Length >= size)
        {
            segment = spare;
            _spare = null;
        }
        else
        {
            segment = new Segment(ArrayPool<byte>.Shared.Rent(wanted));
        }

        // An empty tail too small for this message must not stand in front of it.
        if (_tail is { } tail && tail.Start == tail.End)
        {
            _segments.Dequeue();
            ArrayPool<byte>.Shared.Return(tail.Buffer);
        }

        _segments.Enqueue(segment);
        _tail = segment;
        return segment;
    }

    // An emptied segment is used again where it stands, or kept as the one spare, so that steady traffic does not touch the pool.
    private void Retire(Segment head)
    {
        head.Start = 0;
        head.End = 0;
        if (ReferenceEquals(head, _tail))
        {
            return;
        }

        _segments.Dequeue();
        if (_spare is null)
        {
            _spare = head;
        }
        else
        {
            ArrayPool<byte>.Shared.Return(head.Buffer);
        }
    }

    private void ReturnAll()
    {
        while (_segments.TryDequeue(out var segment))
        {
            ArrayPool<byte>.Shared.Return(segment.Buffer);
        }

        if (_spare is { } spare)
        {
            ArrayPool<byte>.Shared.Return(spare.Buffer);
        }

        _spare = null;
        _tail = null;
        _held = 0;
    }

    private void Wake()
    {
        foreach (var waiter in _waiters)
        {
            waiter.TrySetResult();
        }

        _waiters.Clear();
    }

    private sealed class Segment(byte[] buffer)
    {
        public byte[] Buffer { get; } = buffer;

        public int Start { get; set; }

        public int End { get; set; }
    }
}
