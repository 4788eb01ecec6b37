// Services wait for a sane clock, but never for ever. The waiting itself is pure: what is known comes in, time comes from outside.
namespace Skywire.Boards.Clock;

/// <summary>How waiting for the clock ended.</summary>
public enum ClockWait
{
    /// <summary>A time service keeps the clock.</summary>
    Synchronized,

    /// <summary>Set from the date of web servers.</summary>
    WebDate,

    /// <summary>No way out of this network: nobody to ask.</summary>
    NoRoute,

    /// <summary>The limit was reached; services start with the clock as it is.</summary>
    GaveUp,
}

/// <summary>What the gate asks while it waits.</summary>
public interface IClockFacts
{
    /// <summary>A time service has set the clock.</summary>
    bool IsSynchronized { get; }

    /// <summary>There is a default route.</summary>
    bool HasRoute { get; }

    /// <summary>Asks web servers and sets the clock; false when that failed.</summary>
    Task<bool> TrySetFromWebAsync(CancellationToken cancellationToken);
}

/// <summary>The gate.</summary>
public static class ClockGate
{
    /// <summary>How long an address is waited for: DHCP on a slow switch takes 5 s.</summary>
    public static readonly TimeSpan RoutePatience = TimeSpan.FromSeconds(8);

    /// <summary>How long the time service has a network before web servers are asked too: NTP needs a second or two, or is blocked.</summary>
    public static readonly TimeSpan TimeServicePatience = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until the clock is sane, nobody can be asked, or <paramref name="limit"/> is over.</summary>
    public static async Task<ClockWait> WaitAsync(IClockFacts facts, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        long? routeSince = null;
        var askedWeb = false;
        while (true)
        {
            if (facts.IsSynchronized)
            {
                return ClockWait.Synchronized;
            }

            var waited = time.GetElapsedTime(start);
            routeSince = facts.HasRoute ? routeSince ?? time.GetTimestamp() : null;
            if (routeSince is null && waited >= RoutePatience)
            {
                return ClockWait.NoRoute;
            }

            if (routeSince is { } since && !askedWeb && time.GetElapsedTime(since) >= TimeServicePatience && waited < limit)
            {
                askedWeb = true;
                using var rest = new CancellationTokenSource(limit - waited, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(rest.Token, cancellationToken);
                if (await AskAsync(facts, either.Token, cancellationToken))
                {
                    return ClockWait.WebDate;
                }
            }

            if (time.GetElapsedTime(start) >= limit)
            {
                return ClockWait.GaveUp;
            }

            await Task.Delay(Step, time, cancellationToken);
        }
    }

    private static async Task<bool> AskAsync(IClockFacts facts, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            return await facts.TrySetFromWebAsync(limit);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
