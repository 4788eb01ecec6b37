// A clock that moves only when told to, so that minutes of protocol time cost microseconds and repeat exactly.
namespace Skywire.Testing;

/// <summary>
/// Virtual time. Inside a <see cref="SimulationRun"/> the scheduler moves it whenever nothing is left to run; on its own it moves by
/// <see cref="Advance"/>. Timers fire in the order (due time, moment they were set). Thread-safe when used on its own.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    private const int CompactAbove = 1024;

    private readonly Lock _lock = new();
    private readonly DateTimeOffset _start;
    private PriorityQueue<Arming, (long Due, long Order)> _armed = new();
    private DeterministicScheduler? _scheduler;
    private long _now;
    private long _wallOffset;
    private long _order;
    private int _live;

    /// <summary>Starts at <paramref name="start"/>; 2026-01-01 00:00 UTC when none is given.</summary>
    public VirtualTime(DateTimeOffset? start = null)
    {
        _start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>Ticks of 100 ns, as <see cref="TimeSpan"/> has.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Time that went by since the start; a wall-clock jump does not count.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _now));

    /// <summary>Timers set and not yet due.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock)
            {
                return _live;
            }
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(Volatile.Read(ref _now) + Volatile.Read(ref _wallOffset));

    /// <summary>Moves UTC only, as a set clock or NTP does; timers and timestamps go on undisturbed.</summary>
    public void JumpWallClock(TimeSpan by) => Interlocked.Add(ref _wallOffset, by.Ticks);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _scheduler?.CheckThread("a timer was created");
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time on and fires what comes due on the calling thread, each timer at its own instant. Not for use inside a <see cref="SimulationRun"/>, which moves time itself.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        if (_scheduler is not null)
        {
            throw new InvalidOperationException("the scheduler moves the time; await Task.Delay(..., time) instead");
        }

        var target = _now + by.Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }

        Volatile.Write(ref _now, target);
    }

    /// <summary>From now on <paramref name="scheduler"/> moves the time; null gives it back.</summary>
    internal void Attach(DeterministicScheduler? scheduler) => _scheduler = scheduler;

    /// <summary>Moves to the next timer, at most to <paramref name="limit"/> (ticks since the start), and takes it; null when there is none by then.</summary>
    internal VirtualTimer? TakeDue(long limit)
    {
        lock (_lock)
        {
            DropDead();
            if (!_armed.TryPeek(out var arming, out var key) || key.Due > limit)
            {
                return null;
            }

            _armed.Dequeue();
            _live--;
            Volatile.Write(ref _now, Math.Max(_now, key.Due));
            arming.Timer.Rearm(arming);
            return arming.Timer;
        }
    }

    /// <summary>Due time of the next timer in ticks since the start; null when there is none.</summary>
    internal long? NextDue()
    {
        lock (_lock)
        {
            DropDead();
            return _armed.TryPeek(out _, out var key) ? key.Due : null;
        }
    }

    private void DropDead()
    {
        while (_armed.TryPeek(out var arming, out _) && !arming.IsLive)
        {
            _armed.Dequeue();
        }

        // Limits that were cancelled long before they came due would pile up.
        if (_armed.Count > CompactAbove && _armed.Count > _live * 2)
        {
            _armed = new PriorityQueue<Arming, (long, long)>(_armed.UnorderedItems.Where(item => item.Element.IsLive));
        }
    }

    private Arming Arm(VirtualTimer timer, TimeSpan delay)
    {
        var arming = new Arming(timer);
        _armed.Enqueue(arming, (_now + delay.Ticks, _order++));
        _live++;
        return arming;
    }

    /// <summary>One setting of a timer; replaced at every change.</summary>
    internal sealed class Arming(VirtualTimer timer)
    {
        public VirtualTimer Timer { get; } = timer;

        public bool IsLive => Timer.Current == this;
    }

    /// <summary>A timer of this clock.</summary>
    internal sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _disposed;

        internal Arming? Current { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Check(dueTime, nameof(dueTime));
            Check(period, nameof(period));
            lock (time._lock)
            {
                if (_disposed)
                {
                    return false;
                }

                Disarm();
                _period = period;
                if (dueTime >= TimeSpan.Zero)
                {
                    Current = time.Arm(this, dueTime);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                _disposed = true;
                Disarm();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal void Rearm(Arming fired)
        {
            if (Current == fired)
            {
                Current = _period > TimeSpan.Zero ? time.Arm(this, _period) : null;
            }
        }

        internal void Fire()
        {
            if (_context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(_context, static s => ((VirtualTimer)s!).Invoke(), this);
            }
        }

        private static void Check(TimeSpan value, string name)
        {
            if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            {
                throw new ArgumentOutOfRangeException(name, value, "a timer takes a positive time, zero, or infinite");
            }
        }

        private void Invoke() => callback(state);

        private void Disarm()
        {
            if (Current is not null)
            {
                Current = null;
                time._live--;
            }
        }
    }
}
