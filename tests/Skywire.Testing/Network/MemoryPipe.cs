// One direction of an in-memory connection.
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Testing;

/// <summary>
/// Bytes one way: bounded, ordered, delayed by the path. A byte counts against the capacity from write to read, as send and receive buffers of a kernel do.
/// Thread-safe; one reader, one writer.
/// </summary>
internal sealed class MemoryPipe
{
    // Largest piece with a delay of its own; the size of a TCP segment with offload, so that jitter and loss act on parts of a large write.
    private const int MaxSegment = 16 * 1024;

    private readonly Lock _lock;
    private readonly MemoryPath? _path;
    private readonly SimulationEntropy? _chunks;
    private readonly int _capacity;
    private readonly Queue<Segment> _inFlight = new();
    private readonly Queue<byte[]> _readable = new();
    private readonly AsyncSignal _data = new();
    private readonly AsyncSignal _room = new();
    private ITimer? _timer;
    private int _headOffset;
    private int _readableBytes;
    private int _heldBytes;
    private TimeSpan _lastDue;
    private bool _completed;
    private bool _ended;
    private bool _readerGone;
    private bool _stalled;
    private IOException? _writeError;
    private IOException? _readError;

    /// <summary>Without a path, bytes arrive at once. With <paramref name="chunks"/>, reads return parts drawn from it. The lock is the network's.</summary>
    public MemoryPipe(Lock shared, int capacity, MemoryPath? path, SimulationEntropy? chunks)
    {
        _lock = shared;
        _capacity = capacity;
        _path = path;
        _chunks = chunks;
    }

    private enum SegmentKind
    {
        Data,
        End,
        Reset,
    }

    /// <summary>Called when a reset reaches the reading host, which then also stops writing.</summary>
    public Action<IOException>? OnReset { get; set; }

    /// <summary>Called when data met a reader that is gone: the writing host learns it and stops reading too.</summary>
    public Action<IOException>? OnRejected { get; set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            lock (_lock)
            {
                if (_writeError is not null)
                {
                    throw Copy(_writeError);
                }

                if (_completed)
                {
                    throw new IOException("the writing half was closed");
                }

                data = data[Take(data.Span)..];
                if (data.IsEmpty)
                {
                    return;
                }
            }

            await _room.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            lock (_lock)
            {
                if (_readError is not null)
                {
                    throw Copy(_readError);
                }

                if (_readableBytes > 0)
                {
                    return Give(buffer.Span);
                }

                if (_ended)
                {
                    return 0;
                }

                if (buffer.IsEmpty)
                {
                    return 0;
                }
            }

            await _data.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The writer is done: the reader sees the end behind the data.</summary>
    public void CompleteWrites()
    {
        lock (_lock)
        {
            if (_completed || _writeError is not null)
            {
                return;
            }

            _completed = true;
            Send(new Segment(SegmentKind.End, []));
        }
    }

    /// <summary>The reader closed: what still arrives is answered by a reset.</summary>
    public void CloseReader()
    {
        lock (_lock)
        {
            _readerGone = true;
            _readError ??= new IOException("the stream was disposed");
            _readable.Clear();
            _heldBytes -= _readableBytes;
            _readableBytes = 0;
        }

        _data.Set();
        _room.Set();
    }

    /// <summary>The writing host tears down: local writes fail now, the reader's side fails when the news arrives. What is on its way is lost.</summary>
    public void AbortFromWriter(IOException local, IOException remote, bool tellPeer)
    {
        lock (_lock)
        {
            _writeError ??= local;
            _inFlight.Clear();
            _lastDue = TimeSpan.Zero;
            if (tellPeer)
            {
                Send(new Segment(SegmentKind.Reset, []) { Error = remote });
            }
        }

        _room.Set();
    }

    /// <summary>The reading host tears down: local reads fail now.</summary>
    public void AbortFromReader(IOException local)
    {
        lock (_lock)
        {
            _readError ??= local;
            _readerGone = true;
            _readable.Clear();
            _heldBytes -= _readableBytes;
            _readableBytes = 0;
        }

        _data.Set();
    }

    /// <summary>A reset from the reader's host has reached the writer.</summary>
    public void FailWriter(IOException error)
    {
        lock (_lock)
        {
            _writeError ??= error;
            _inFlight.Clear();
        }

        _room.Set();
    }

    /// <summary>The writing host answered with a reset; when it closed in good order before, the reader gets that end instead.</summary>
    public void FailReader(IOException error)
    {
        lock (_lock)
        {
            if (_completed)
            {
                return;
            }

            _readError ??= error;
        }

        _data.Set();
    }

    /// <summary>The path is whole again: what was held goes out once more after the retransmission delay.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (!_stalled)
            {
                return;
            }

            _stalled = false;
            _lastDue = TimeSpan.Zero;
            var again = _inFlight.ToArray();
            _inFlight.Clear();
            foreach (var segment in again)
            {
                segment.Due = NextDue(segment.Data.Length, _path!.Link.RetransmitDelay);
                _inFlight.Enqueue(segment);
            }

            ArmTimer();
        }
    }

    // The caller's exception object would collect the stack traces of every caller.
    private static IOException Copy(IOException error) => new(error.Message, error);

    private int Take(ReadOnlySpan<byte> data)
    {
        var n = Math.Min(data.Length, _capacity - _heldBytes);
        for (var at = 0; at < n;)
        {
            var size = Math.Min(n - at, MaxSegment);
            _heldBytes += size;
            Send(new Segment(SegmentKind.Data, data.Slice(at, size).ToArray()));
            at += size;
        }

        return n;
    }

    private int Give(Span<byte> buffer)
    {
        var n = Math.Min(buffer.Length, _readableBytes);
        if (_chunks is not null && n > 1)
        {
            // Half of all reads whole, a quarter tiny, a quarter anything: cuts everywhere without making transfers crawl.
            n = _chunks.Next(4) switch
            {
                0 => 1 + _chunks.Next(Math.Min(n, 16)),
                1 => 1 + _chunks.Next(n),
                _ => n,
            };
        }

        for (var at = 0; at < n;)
        {
            var head = _readable.Peek();
            var size = Math.Min(n - at, head.Length - _headOffset);
            head.AsSpan(_headOffset, size).CopyTo(buffer[at..]);
            at += size;
            _headOffset += size;
            if (_headOffset == head.Length)
            {
                _readable.Dequeue();
                _headOffset = 0;
            }
        }

        _readableBytes -= n;
        _heldBytes -= n;
        _room.Set();
        return n;
    }

    private void Send(Segment segment)
    {
        if (_path is null || (_path.IsInstant && !_path.IsCut && _inFlight.Count == 0))
        {
            Deliver(segment);
            return;
        }

        segment.Due = NextDue(segment.Data.Length, TimeSpan.Zero);
        _inFlight.Enqueue(segment);
        if (_inFlight.Count == 1)
        {
            ArmTimer();
        }
    }

    private TimeSpan NextDue(int bytes, TimeSpan extra)
    {
        var due = _path!.Time.Elapsed + extra + _path.DrawDelay(bytes);
        _lastDue = due > _lastDue ? due : _lastDue;
        return _lastDue;
    }

    private void ArmTimer()
    {
        if (_stalled || !_inFlight.TryPeek(out var first))
        {
            return;
        }

        var wait = first.Due - _path!.Time.Elapsed;
        wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        _timer ??= _path.Time.CreateTimer(static state => ((MemoryPipe)state!).Arrive(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Arrive()
    {
        lock (_lock)
        {
            if (_path!.IsCut)
            {
                _stalled = true;
                _path.HoldUntilHealed(this);
                return;
            }

            while (_inFlight.TryPeek(out var segment) && segment.Due <= _path.Time.Elapsed)
            {
                _inFlight.Dequeue();
                Deliver(segment);
            }

            ArmTimer();
        }
    }

    private void Deliver(Segment segment)
    {
        switch (segment.Kind)
        {
            case SegmentKind.Data when _readerGone:
                _heldBytes -= segment.Data.Length;
                _writeError ??= new IOException("connection reset by peer");
                _inFlight.Clear();
                _room.Set();
                OnRejected?.Invoke(_writeError);
                break;
            case SegmentKind.Data:
                _readable.Enqueue(segment.Data);
                _readableBytes += segment.Data.Length;
                _data.Set();
                break;
            case SegmentKind.End:
                _ended = true;
                _data.Set();
                break;
            default:
                _readError ??= segment.Error;
                _data.Set();
                OnReset?.Invoke(segment.Error!);
                break;
        }
    }

    private sealed class Segment(SegmentKind kind, byte[] data)
    {
        public SegmentKind Kind { get; } = kind;

        public byte[] Data { get; } = data;

        public IOException? Error { get; init; }

        public TimeSpan Due { get; set; }
    }
}
