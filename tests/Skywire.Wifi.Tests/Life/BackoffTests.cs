using Skywire.Testing;
using Skywire.Wifi.Life;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Tests.Life;

public sealed class BackoffTests
{
    [Fact]
    public void Rest_Failures_DoubleToAMinute()
    {
        Assert.Equal([1.0, 2, 4, 8, 16, 32, 60, 60, 60], Enumerable.Range(1, 9).Select(n => Backoff.Rest(n, 0.5).TotalSeconds));
        Assert.Equal(60, Backoff.Rest(int.MaxValue, 0.5).TotalSeconds);
    }

    [Fact]
    public void Rest_Chance_IsAQuarterEitherWay()
    {
        Assert.Equal(6, Backoff.Rest(4, 0).TotalSeconds);
        Assert.Equal(10, Backoff.Rest(4, 1).TotalSeconds);
    }

    [Fact]
    public void StepLog_ManySteps_KeepsTwentyAndTellsRepeatsOnce()
    {
        var time = new VirtualTime();
        var log = new StepLog(time);
        log.Note("failed", "again");
        time.Advance(TimeSpan.FromMinutes(1));
        log.Note("failed", "again");
        Assert.Equal(time.GetUtcNow(), Assert.Single(log.Steps).At);
        for (var i = 0; i < 50; i++)
        {
            log.Note("step", $"{i}");
        }

        Assert.Equal((20, "49"), (log.Steps.Count, log.Steps[^1].Reason));
    }

    [Fact]
    public void SignalHistory_QuarterOfAnHour_IsKeptAndThoseGoneAreForgotten()
    {
        var history = new SignalHistory();
        for (var i = 0; i < 100; i++)
        {
            history.Sample([new Station { MacAddress = "a", Signal = -i }, new Station { MacAddress = "b", Signal = -1, SignalAverage = -50 }]);
        }

        Assert.Equal((90, -99, -10), (history.Of("a").Count, history.Of("a")[^1], history.Of("a")[0]));
        Assert.Equal(-50, history.Of("b")[0]);
        history.Sample([]);
        Assert.Empty(history.Of("a"));
    }
}
