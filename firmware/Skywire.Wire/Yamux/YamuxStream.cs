// One stream of a yamux session.
using System.Net;
using System.Runtime.CompilerServices;

namespace Skywire.Wire.Yamux;

/// <summary>
/// A stream: what was received waits here under the stream's own lock, what is to be sent is taken by the session under the session's lock.
/// The session's lock may be held while the stream's is taken, never the other way round. One reader and one writer at a time.
/// </summary>
internal sealed class YamuxStream : IByteStream
{
    private readonly YamuxSession _session;
    private readonly Lock _receiving = new();
    private readonly AsyncSignal _readable = new();
    private readonly AsyncSignal _written = new();

    // Guarded by _receiving.
    private ReceiveRing _ring;
    private int _windowSize = YamuxFrame.InitialWindow;
    private long _window = YamuxFrame.InitialWindow;
    private long _lastCredit;
    private bool _remoteEnded;
    private bool _disposed;
    private ProtocolError _fault;
    private string _faultText = "";

    public YamuxStream(YamuxSession session, uint id, bool isOutgoing, long now)
    {
        _session = session;
        Id = id;
        IsOutgoing = isOutgoing;
        _lastCredit = now;
    }

    public uint Id { get; }

    public bool IsOutgoing { get; }

    public EndPoint? RemoteEndPoint => _session.RemoteEndPoint;

    /// <summary>State of the sending half and of the stream's life; guarded by the session's lock.</summary>
    internal StreamSendState Send { get; } = new();

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return TryRead(buffer.Span, out var count) ? ValueTask.FromResult(count) : WaitReadAsync(buffer, cancellationToken);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        return data.IsEmpty || _session.StartWrite(this, data) ? ValueTask.CompletedTask : WaitWrittenAsync(cancellationToken);
    }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        _session.CompleteWrites(this);
        return ValueTask.CompletedTask;
    }

    public void Abort() => _session.Reset(this, ProtocolError.StreamReset, "the stream was aborted here", tellPeer: true);

    /// <summary>Ends both halves. What was written still goes out; what comes in from now on is dropped.</summary>
    public ValueTask DisposeAsync()
    {
        int dropped;
        lock (_receiving)
        {
            if (_disposed)
            {
                return ValueTask.CompletedTask;
            }

            _disposed = true;
            dropped = _ring.Count;
            _ring.Release();
        }

        _session.OnBufferedChanged(-dropped);
        _readable.Set();
        _session.Close(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes a data frame's length off the window. False when the peer sends more than it may.</summary>
    internal bool TryReserve(uint length)
    {
        lock (_receiving)
        {
            if (length > _window)
            {
                return false;
            }

            _window -= length;
            return true;
        }
    }

    /// <summary>Stores received data and returns how much was stored: nothing when nobody will read it.</summary>
    internal int Append(ReadOnlySpan<byte> data)
    {
        lock (_receiving)
        {
            if (_disposed || _remoteEnded || _fault != ProtocolError.None)
            {
                return 0;
            }

            _ring.Append(data);
        }

        _readable.Set();
        return data.Length;
    }

    /// <summary>True when the stream was disposed here and the peer has used up its credit, so that it would wait for more in vain.</summary>
    internal bool IsStarvingPeer
    {
        get
        {
            lock (_receiving)
            {
                return _disposed && _window == 0;
            }
        }
    }

    /// <summary>The peer writes no more; what it wrote can still be read.</summary>
    internal void EndRemote()
    {
        lock (_receiving)
        {
            _remoteEnded = true;
            if (_ring.Count == 0)
            {
                _ring.Release();
            }
        }

        _readable.Set();
    }

    /// <summary>The stream or its session is gone. The first cause stays. After the end of a session data already here can still be read; after a reset it is dropped.</summary>
    internal void Fail(ProtocolError fault, string text, bool dropReceived)
    {
        var dropped = 0;
        lock (_receiving)
        {
            if (_fault == ProtocolError.None)
            {
                _fault = fault;
                _faultText = text;
            }

            if (dropReceived)
            {
                // Not all that came will be read: that must not look like an orderly end.
                _remoteEnded = false;
                dropped = _ring.Count;
                _ring.Release();
            }
        }

        _session.OnBufferedChanged(-dropped);
        _readable.Set();
        _written.Set();
    }

    /// <summary>Wakes the writer: its data was taken, or the stream failed.</summary>
    internal void SignalWritten() => _written.Set();

    /// <summary>Throws what a call on a failed or disposed stream throws; does nothing on a live one.</summary>
    internal void ThrowIfGone()
    {
        lock (_receiving)
        {
            ThrowIfGoneLocked();
        }
    }

    private void ThrowIfGoneLocked()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_fault != ProtocolError.None)
        {
            ProtocolException.Throw(_fault, _faultText);
        }
    }

    private bool TryRead(Span<byte> destination, out int count)
    {
        var credit = 0;
        lock (_receiving)
        {
            count = _ring.Read(destination);
            if (count == 0)
            {
                if (destination.IsEmpty || (_remoteEnded && !_disposed && _ring.Count == 0))
                {
                    return true;
                }

                ThrowIfGoneLocked();
                return false;
            }

            if (!_remoteEnded)
            {
                credit = TakeCredit();
            }
            else if (_ring.Count == 0)
            {
                _ring.Release();
            }
        }

        _session.OnBufferedChanged(-count);
        if (credit > 0)
        {
            _session.SendCredit(this, credit);
        }

        return true;
    }

    // Credit goes back when at least half the window is due (spec 03 §3): (window - buffered) - what the peer has left.
    private int TakeCredit()
    {
        var due = _windowSize - _ring.Count - _window;
        if (due < _windowSize / 2)
        {
            return 0;
        }

        var now = _session.Now;
        if (_session.IsWindowTooSmall(due, now - _lastCredit, _windowSize))
        {
            var larger = Math.Min(_windowSize * 2, _session.MaxStreamWindow);
            due += larger - _windowSize;
            _windowSize = larger;
        }

        _lastCredit = now;
        _window += due;
        return (int)due;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _readable.WaitAsync(cancellationToken);
            if (TryRead(buffer.Span, out var count))
            {
                return count;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitWrittenAsync(CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                await _written.WaitAsync(cancellationToken);
            }
            while (!_session.IsWritten(this));
        }
        catch (OperationCanceledException)
        {
            // The buffer is the caller's again from here.
            _session.CancelWrite(this);
            throw;
        }
    }
}
