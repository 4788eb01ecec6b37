// A yamux session: public face, life of streams, end of the session. Frames are read in .Reading.cs, sent in .Writing.cs, waited for in .Timing.cs.
using System.Net;
using System.Threading.Channels;

namespace Skywire.Wire.Yamux;

/// <summary>
/// Many byte streams over one (spec 03 §3). Owns the stream below. One loop reads and cuts frames, one loop gathers frames of all streams into large writes; everything
/// between is synchronous and guarded by one lock, so that a stream costs no task.
/// </summary>
public sealed partial class YamuxSession : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly IByteStream _below;
    private readonly YamuxOptions _options;
    private readonly TimeProvider _time;
    private readonly CauseCounters? _counters;
    private readonly bool _isClient;
    private readonly Dictionary<uint, YamuxStream> _streams = [];
    private readonly Channel<YamuxStream> _incoming = Channel.CreateUnbounded<YamuxStream>();
    private readonly AsyncLock _opening = new();
    private readonly AsyncSignal _openRoom = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;
    private uint _nextId;
    private int _unacked;
    private int _unaccepted;
    private int _buffered;
    private bool _localGoAway;
    private bool _remoteGoAway;
    private bool _ended;
    private bool _endedHard;
    private ProtocolError _cause;
    private string _causeText = "";

    /// <summary>
    /// Starts the session; <paramref name="client"/> decides who uses odd stream IDs. <paramref name="counters"/> counts refused and reset streams and why the session ended.
    /// </summary>
    public YamuxSession(IByteStream stream, bool client, YamuxOptions options, TimeProvider time, CauseCounters? counters = null)
    {
        options.Validate();
        _below = stream;
        _isClient = client;
        _options = options;
        _time = time;
        _counters = counters;
        _nextId = client ? 1u : 2u;
        _batchLimit = options.SendBuffer / 2;
        _splitter = new FrameSplitter(new Sink(this));
        _timer = time.CreateTimer(static state => ((YamuxSession)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        StartKeepAlive();
        _running = RunAsync();
    }

    /// <summary>Completes when the session has ended; never faults. The reason is in <see cref="CloseCause"/>.</summary>
    public Task Completion => _running;

    /// <summary>Why the session ended; <see cref="ProtocolError.None"/> while it lives or after an orderly end.</summary>
    public ProtocolError CloseCause
    {
        get
        {
            lock (_lock)
            {
                return _cause;
            }
        }
    }

    /// <summary>Open streams.</summary>
    public int StreamCount
    {
        get
        {
            lock (_lock)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>Where the session goes, for logs.</summary>
    public EndPoint? RemoteEndPoint => _below.RemoteEndPoint;

    /// <summary>Opens a stream; data may be written at once. Throws <see cref="ProtocolException"/> when the session ended, goes away or has too many streams.</summary>
    public async ValueTask<IByteStream> OpenAsync(CancellationToken cancellationToken)
    {
        using var turn = await _opening.EnterAsync(cancellationToken);
        while (true)
        {
            if (TryOpen() is { } stream)
            {
                return stream;
            }

            await _openRoom.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The next stream the peer opened. Throws <see cref="ProtocolException"/> (<see cref="ProtocolError.SessionClosed"/>) at the end.</summary>
    public async ValueTask<IByteStream> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _incoming.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_incoming.Reader.TryRead(out var stream) && Acknowledge(stream))
            {
                return stream;
            }
        }

        throw new ProtocolException(ProtocolError.SessionClosed, "the session has ended");
    }

    /// <summary>Tells the peer to open no more streams, and refuses those it opens all the same. Streams there are go on.</summary>
    public void GoAway()
    {
        lock (_lock)
        {
            _localGoAway = true;
            _goAwayDue ??= YamuxFrame.NormalEnd;
        }

        _work.Set();
    }

    /// <summary>Ends the session and every stream. What streams handed over before goes out first, within <see cref="YamuxOptions.DrainTimeout"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        End(ProtocolError.None, "the session was closed here", drain: true);
        await _running;
    }

    internal int MaxStreamWindow => _options.MaxStreamWindow;

    /// <summary>Timestamp of the clock; never 0, which stands for none.</summary>
    internal long Now => Math.Max(1, _time.GetTimestamp());

    /// <summary>Takes a stream out of the session. Does nothing when it is out already.</summary>
    internal void Reset(YamuxStream stream, ProtocolError cause, string text, bool tellPeer)
    {
        lock (_lock)
        {
            var wasOpened = !stream.Send.SynDue;
            if (stream.Send.IsReset || !Remove(stream, reset: true))
            {
                // Retired already: both sides have ended it in order, only a reader of the rest can be left.
                stream.Send.IsReset = true;
                tellPeer = false;
            }

            if (tellPeer && wasOpened)
            {
                _resetsDue.Enqueue(stream.Id);
            }
        }

        stream.Fail(cause, text, dropReceived: true);
        _work.Set();
    }

    /// <summary>Follows how much received data waits in all streams.</summary>
    internal int OnBufferedChanged(int by) => by == 0 ? _buffered : Interlocked.Add(ref _buffered, by);

    // Null: wait for room.
    private YamuxStream? TryOpen()
    {
        YamuxStream stream;
        lock (_lock)
        {
            ThrowIfEnded();
            if (_remoteGoAway)
            {
                ProtocolException.Throw(ProtocolError.SessionClosed, "the peer takes no more streams");
            }

            if (_streams.Count >= _options.MaxStreams || _nextId > uint.MaxValue - 2)
            {
                ProtocolException.Throw(ProtocolError.LimitReached, "the session has as many streams as it may");
            }

            if (_unacked >= _options.Backlog)
            {
                return null;
            }

            stream = new YamuxStream(this, _nextId, isOutgoing: true, Now);
            stream.Send.SynDue = true;
            stream.Send.Deadline = After(_options.OpenTimeout);
            _nextId += 2;
            _unacked++;
            _streams.Add(stream.Id, stream);
            Arm(stream.Send.Deadline);
            TakeOrEnqueue(stream);
        }

        _work.Set();
        return stream;
    }

    // False when the stream was reset while it waited.
    private bool Acknowledge(YamuxStream stream)
    {
        lock (_lock)
        {
            _unaccepted--;
            if (stream.Send.IsReset && !_ended)
            {
                return false;
            }

            stream.Send.AckDue = true;
            EnqueueControl(stream);
        }

        _work.Set();
        return true;
    }

    // Under the lock. False when it was out already.
    private bool Remove(YamuxStream stream, bool reset)
    {
        var send = stream.Send;
        if (send.IsRemoved)
        {
            return false;
        }

        send.IsRemoved = true;
        send.IsReset |= reset;
        send.Pending = default;
        send.SynDue = false;
        send.FinDue = false;
        send.IsWritingOver = true;
        send.Deadline = 0;
        _streams.Remove(stream.Id);
        MarkAcked(stream);
        return true;
    }

    // Under the lock.
    private void MarkAcked(YamuxStream stream)
    {
        if (stream.IsOutgoing && !stream.Send.Acked)
        {
            stream.Send.Acked = true;
            stream.Send.Deadline = stream.Send.IsClosed ? stream.Send.Deadline : 0;
            _unacked--;
            _openRoom.Set();
        }
    }

    // Under the lock: a stream both sides have ended is done.
    private void RetireIfDone(YamuxStream stream)
    {
        if (stream.Send.FinSent && stream.Send.RemoteFin)
        {
            Remove(stream, reset: false);
        }
    }

    // Under the lock.
    private void ThrowIfEnded()
    {
        if (_ended)
        {
            ProtocolException.Throw(_cause == ProtocolError.None ? ProtocolError.SessionClosed : _cause, _causeText);
        }
    }

    // The first cause stays. Drained: what is gathered still goes out. Otherwise the stream below is torn down at once.
    private void End(ProtocolError cause, string text, bool drain)
    {
        YamuxStream[] streams = [];
        PingWait[] pings = [];
        lock (_lock)
        {
            if (!_ended)
            {
                GatherReady();
                _ended = true;
                _cause = cause;
                _causeText = text;
                streams = [.. _streams.Values];
                pings = [.. _pings.Values];
                _pings.Clear();
                _ready.Clear();
                foreach (var stream in streams)
                {
                    Remove(stream, reset: true);
                }

                _drainDue = After(_options.DrainTimeout);
                Arm(_drainDue);
                if (cause != ProtocolError.None)
                {
                    _counters?.Add(cause);
                }
            }

            _endedHard |= !drain;
        }

        foreach (var stream in streams)
        {
            stream.Fail(cause == ProtocolError.None ? ProtocolError.SessionClosed : cause, text, dropReceived: false);
        }

        foreach (var ping in pings)
        {
            ping.Answer!.TrySetException(new ProtocolException(ProtocolError.SessionClosed, text));
        }

        _incoming.Writer.TryComplete();
        _openRoom.Set();
        if (!drain)
        {
            _below.Abort();
        }

        _work.Set();
    }

    private async Task RunAsync()
    {
        var reading = ReadLoopAsync();
        await WriteLoopAsync();
        _closing.Cancel();
        await reading;
        _timer.Dispose();
        try
        {
            await _below.DisposeAsync();
        }
        catch (IOException)
        {
            // The stream below was broken already; the cause is in CloseCause.
        }
    }
}
