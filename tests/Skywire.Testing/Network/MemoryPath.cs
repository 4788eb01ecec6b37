// The way from one host to another: delay, bandwidth, cuts.
namespace Skywire.Testing;

/// <summary>One direction between two hosts; all streams between them share it.</summary>
internal sealed class MemoryPath
{
    private readonly Lock _lock;
    private readonly SimulationEntropy _entropy;
    private readonly List<MemoryPipe> _held = [];
    private readonly List<TaskCompletionSource> _waiting = [];
    private TimeSpan _busyUntil;

    public MemoryPath(Lock shared, TimeProvider time, SimulationEntropy entropy, LinkOptions link)
    {
        _lock = shared;
        Time = new Clock(time);
        _entropy = entropy;
        Link = link;
    }

    public LinkOptions Link { get; set; }

    public Clock Time { get; }

    /// <summary>True while nothing passes and nobody is told.</summary>
    public bool IsCut { get; private set; }

    /// <summary>True while connects are refused.</summary>
    public bool IsRefused { get; set; }

    public bool IsInstant => Link.Latency == TimeSpan.Zero && Link.Jitter == TimeSpan.Zero && Link.Loss == 0 && Link.BytesPerSecond is null;

    /// <summary>Time until a piece of this size has arrived.</summary>
    public TimeSpan DrawDelay(int bytes)
    {
        var delay = Link.Latency;
        if (Link.Jitter > TimeSpan.Zero)
        {
            delay += Link.Jitter * _entropy.NextDouble();
        }

        while (Link.Loss > 0 && _entropy.NextDouble() < Link.Loss)
        {
            delay += Link.RetransmitDelay;
        }

        if (Link.BytesPerSecond is { } rate)
        {
            var now = Time.Elapsed;
            _busyUntil = (_busyUntil > now ? _busyUntil : now) + TimeSpan.FromSeconds((double)bytes / rate);
            delay += _busyUntil - now;
        }

        return delay;
    }

    /// <summary>Whether and when a datagram arrives; a lost one is not sent again.</summary>
    public bool TryDrawDatagram(out TimeSpan delay)
    {
        delay = Link.Latency + (Link.Jitter > TimeSpan.Zero ? Link.Jitter * _entropy.NextDouble() : TimeSpan.Zero);
        return Link.Loss == 0 || _entropy.NextDouble() >= Link.Loss;
    }

    public void HoldUntilHealed(MemoryPipe pipe) => _held.Add(pipe);

    /// <summary>Completes when the path is whole.</summary>
    public async Task WaitHealedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var healed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                if (!IsCut)
                {
                    return;
                }

                _waiting.Add(healed);
            }

            using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), healed))
            {
                await healed.Task;
            }
        }
    }

    /// <summary>Called with the network's lock held.</summary>
    public void SetCut(bool cut)
    {
        if (IsCut == cut)
        {
            return;
        }

        IsCut = cut;
        if (cut)
        {
            return;
        }

        var held = _held.ToArray();
        _held.Clear();
        foreach (var pipe in held)
        {
            pipe.Resume();
        }

        var waiting = _waiting.ToArray();
        _waiting.Clear();
        foreach (var waiter in waiting)
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Elapsed time of any provider.</summary>
    public sealed class Clock(TimeProvider time)
    {
        private readonly long _start = time.GetTimestamp();

        public TimeProvider Provider => time;

        public TimeSpan Elapsed => time.GetElapsedTime(_start);

        public ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
