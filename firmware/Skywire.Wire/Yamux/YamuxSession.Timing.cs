// Everything a session waits for with a limit: one timer, armed for the earliest.
namespace Skywire.Wire.Yamux;

public sealed partial class YamuxSession
{
    // Pings a caller may have under way.
    private const int MaxPings = 64;

    // How old a round trip may be when windows are judged by it.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);

    private readonly ITimer _timer;
    private readonly Dictionary<uint, PingWait> _pings = [];
    private uint _nextPing;
    private uint _probe;
    private long _probeSent;
    private long _lastProbe;
    private long _keepAliveDue;
    private long _drainDue;
    private long _armed;
    private long _roundTrip;

    /// <summary>Last measured round trip; null before the first.</summary>
    public TimeSpan? RoundTrip => Volatile.Read(ref _roundTrip) is > 0 and var ticks ? _time.GetElapsedTime(0, ticks) : null;

    /// <summary>Round trip of a ping.</summary>
    public async Task<TimeSpan> PingAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        uint value;
        lock (_lock)
        {
            ThrowIfEnded();
            if (_pings.Count >= MaxPings)
            {
                ProtocolException.Throw(ProtocolError.LimitReached, "too many pings are under way");
            }

            value = _nextPing++;
            _pings.Add(value, new PingWait(answer, Now));
            _pingsDue.Enqueue(value);
        }

        _work.Set();
        try
        {
            using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<TimeSpan>)state!).TrySetCanceled(token), answer))
            {
                return await answer.Task;
            }
        }
        finally
        {
            lock (_lock)
            {
                _pings.Remove(value);
            }
        }
    }

    /// <summary>
    /// True when a stream's window, and not its sender or its reader, sets the pace: at the rate of the last <paramref name="bytes"/> in <paramref name="took"/> timestamp units,
    /// more than half a window is under way in one round trip. The window may then grow.
    /// </summary>
    internal bool IsWindowTooSmall(long bytes, long took, int window)
    {
        var roundTrip = Volatile.Read(ref _roundTrip);
        return window < _options.MaxStreamWindow && roundTrip > 0 && (double)bytes * roundTrip >= (double)window / 2 * took;
    }

    private bool HasKeepAlive => _options.KeepAliveInterval != Timeout.InfiniteTimeSpan;

    private void StartKeepAlive()
    {
        _lastReceived = Now;
        if (HasKeepAlive)
        {
            lock (_lock)
            {
                _keepAliveDue = After(_options.KeepAliveInterval);
                Arm(_keepAliveDue);
            }
        }
    }

    // Under the lock. Streams that move data need a recent round trip to judge their windows by.
    private void ProbeForWindows()
    {
        if (_options.MaxStreamWindow > YamuxFrame.InitialWindow && (_lastProbe == 0 || _time.GetElapsedTime(_lastProbe) > ProbeInterval))
        {
            SendProbe();
        }
    }

    // Under the lock. One of the session's own pings is under way at a time.
    private void SendProbe()
    {
        if (_probeSent != 0)
        {
            return;
        }

        _probe = _nextPing++;
        _lastProbe = _probeSent = Now;
        _pingsDue.Enqueue(_probe);
        Arm(After(_options.KeepAliveTimeout));
    }

    private void OnPong(uint value)
    {
        var now = Now;
        PingWait wait;
        lock (_lock)
        {
            var isProbe = _probeSent != 0 && value == _probe;
            if (isProbe)
            {
                wait = new PingWait(null, _probeSent);
                _probeSent = 0;
            }
            else if (!_pings.Remove(value, out wait))
            {
                return;
            }

            Volatile.Write(ref _roundTrip, Math.Max(1, now - wait.Sent));
        }

        wait.Answer?.TrySetResult(_time.GetElapsedTime(wait.Sent, now));
    }

    private long After(TimeSpan span) => Now + (long)(span.TotalSeconds * _time.TimestampFrequency);

    // Under the lock. Timers count whole milliseconds: rounded up, so that none fires just before its time.
    private void Arm(long due)
    {
        if (_armed != 0 && _armed <= due)
        {
            return;
        }

        _armed = due;
        var seconds = Math.Max(0, due - Now) / (double)_time.TimestampFrequency;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000)), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        var late = new List<YamuxStream>();
        ProtocolError cause;
        bool drainIsOver;
        var probed = false;
        lock (_lock)
        {
            _armed = 0;
            var now = Now;
            drainIsOver = _ended && now >= _drainDue;
            cause = _ended ? ProtocolError.None : FindDeath(now);
            if (cause == ProtocolError.None && !drainIsOver)
            {
                if (_ended)
                {
                    Arm(_drainDue);
                }
                else
                {
                    probed = KeepAlive(now);
                    CollectLate(now, late);
                }
            }
        }

        if (drainIsOver)
        {
            End(ProtocolError.None, "", drain: false);
        }
        else if (cause != ProtocolError.None)
        {
            End(cause, cause == ProtocolError.WriteTimeout ? "the peer takes no more data" : "the peer does not answer", drain: false);
        }

        foreach (var stream in late)
        {
            _counters?.Add(ProtocolError.TimedOut);
            Reset(stream, ProtocolError.TimedOut, stream.Send.Acked || !stream.IsOutgoing ? "the peer did not close the stream in time" : "the peer did not accept the stream in time", tellPeer: true);
        }

        if (probed)
        {
            _work.Set();
        }
    }

    // Under the lock: is the peer dead? Arms for what is still open.
    private ProtocolError FindDeath(long now)
    {
        if (_writeStarted != 0)
        {
            if (_time.GetElapsedTime(_writeStarted, now) >= _options.WriteTimeout)
            {
                return ProtocolError.WriteTimeout;
            }

            Arm(_writeStarted + (After(_options.WriteTimeout) - now));
        }

        if (_probeSent == 0)
        {
            return ProtocolError.None;
        }

        // Anything received shows life as well as the answer does: on a slow link the answer queues behind data.
        var heard = Math.Max(_probeSent, Volatile.Read(ref _lastReceived));
        if (_time.GetElapsedTime(heard, now) < _options.KeepAliveTimeout)
        {
            Arm(heard + (After(_options.KeepAliveTimeout) - now));
            return ProtocolError.None;
        }

        if (HasKeepAlive)
        {
            return ProtocolError.KeepAliveTimeout;
        }

        // Only a round trip was wanted.
        _probeSent = 0;
        return ProtocolError.None;
    }

    // Under the lock.
    private bool KeepAlive(long now)
    {
        if (!HasKeepAlive)
        {
            return false;
        }

        var isDue = now >= _keepAliveDue;
        if (isDue)
        {
            SendProbe();
            _keepAliveDue = After(_options.KeepAliveInterval);
        }

        Arm(_keepAliveDue);
        return isDue;
    }

    // Under the lock.
    private void CollectLate(long now, List<YamuxStream> late)
    {
        foreach (var stream in _streams.Values)
        {
            if (stream.Send.Deadline == 0)
            {
                continue;
            }

            if (now >= stream.Send.Deadline)
            {
                late.Add(stream);
            }
            else
            {
                Arm(stream.Send.Deadline);
            }
        }
    }

    private readonly record struct PingWait(TaskCompletionSource<TimeSpan>? Answer, long Sent);
}
