// Transport ping and pong without IO (spec 10 §9.1, 23 §5): round trip, and when silence means that the link is dead.
namespace Skywire.Transport.Links;

/// <summary>What a tick asks for.</summary>
internal enum ProbeAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Send a ping with the value given.</summary>
    SendPing,

    /// <summary>Close: a peer that has answered before is silent now.</summary>
    Close,
}

/// <summary>Thread-safe: ticks come from the manager, pongs from the read loop.</summary>
internal sealed class LivenessProbe(TimeProvider time, TimeSpan firstDelay)
{
    /// <summary>Between pings of an idle link.</summary>
    internal static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(30);

    /// <summary>Between pings of a link with traffic.</summary>
    internal static readonly TimeSpan BusyInterval = TimeSpan.FromSeconds(10);

    /// <summary>Misses in a row until an answering peer counts as gone.</summary>
    internal const int MaxMisses = 3;

    private readonly Lock _lock = new();
    private readonly long _created = time.GetTimestamp();
    private long _sentAt;
    private long _value;
    private long _receivedAtPing;
    private bool _outstanding;
    private bool _pingedBefore;
    private bool _everAnswered;
    private int _misses;
    private TimeSpan? _roundTrip;

    /// <summary>Smoothed; null until the first pong.</summary>
    internal TimeSpan? RoundTrip
    {
        get
        {
            lock (_lock)
            {
                return _roundTrip;
            }
        }
    }

    /// <summary>True when the peer has ever answered.</summary>
    internal bool EverAnswered
    {
        get
        {
            lock (_lock)
            {
                return _everAnswered;
            }
        }
    }

    /// <summary>
    /// One look at the link. <paramref name="received"/> is the running count of bytes read: whoever sends anything is alive.
    /// <paramref name="readerBlocked"/> says that this side does not read at present, because the next hop is full: a missing pong is not the peer's fault then.
    /// </summary>
    internal ProbeAction Tick(long received, bool busy, bool readerBlocked, out long value)
    {
        value = 0;
        lock (_lock)
        {
            var due = _pingedBefore ? time.GetElapsedTime(_sentAt) >= (busy ? BusyInterval : IdleInterval) : time.GetElapsedTime(_created) >= firstDelay;
            if (!due)
            {
                return ProbeAction.None;
            }

            _misses = _outstanding && !readerBlocked && received == _receivedAtPing ? _misses + 1 : 0;
            if (_everAnswered && _misses >= MaxMisses)
            {
                return ProbeAction.Close;
            }

            value = Ping(received);
            return ProbeAction.SendPing;
        }
    }

    /// <summary>A ping out of turn, to learn soon whether the peer still answers; returns its value.</summary>
    internal long PingNow(long received)
    {
        lock (_lock)
        {
            return Ping(received);
        }
    }

    /// <summary>A pong came in. Only the echo of the latest ping is a round-trip sample, so an old echo cannot spoil it.</summary>
    internal void OnPong(long value)
    {
        lock (_lock)
        {
            _everAnswered = true;
            _misses = 0;
            if (_outstanding && value == _value)
            {
                _outstanding = false;
                var sample = time.GetElapsedTime(_sentAt);
                _roundTrip = _roundTrip is { } old ? ((old * 7) + sample) / 8 : sample;
            }
        }
    }

    private long Ping(long received)
    {
        _pingedBefore = true;
        _outstanding = true;
        _receivedAtPing = received;
        _sentAt = time.GetTimestamp();
        _value = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        return _value;
    }
}
