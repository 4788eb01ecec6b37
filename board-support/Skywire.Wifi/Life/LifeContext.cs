// What the parts of a radio's life share: time, chance, counters and the log of steps.
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Life;

/// <summary>Surroundings of one radio's life.</summary>
internal sealed class LifeContext(TimeProvider time, Func<double> random, WifiCounters counters)
{
    private readonly long _begin = time.GetTimestamp();

    /// <summary>Time since the life began; unmoved by a set clock.</summary>
    public TimeSpan Now => time.GetElapsedTime(_begin);

    /// <summary>Its steps.</summary>
    public StepLog Steps { get; } = new(time);

    /// <summary>A number from 0 to below 1.</summary>
    public double Chance() => random();

    /// <summary>Wall clock, for reports.</summary>
    public DateTimeOffset At => time.GetUtcNow();

    /// <summary>One more.</summary>
    public void Count(string counter) => counters.Add(counter);
}
