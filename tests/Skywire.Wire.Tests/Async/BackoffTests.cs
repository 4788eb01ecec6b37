using Skywire.Crypto;
using Skywire.Testing;

namespace Skywire.Wire.Tests.Async;

public sealed class BackoffTests
{
    private static readonly BackoffOptions Options = new(TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(5));

    [Fact]
    public void Next_LeastJitter_GrowsFromHalfTheFirstToHalfTheLimit() => Assert.Equal([0.5, 1, 2, 2.5, 2.5], Waits(new ConstantEntropy(0)));

    [Fact]
    public void Next_MostJitter_StaysBelowTheWholeStep()
    {
        double[] steps = [1, 2, 4, 5, 5];
        Assert.All(Waits(new ConstantEntropy(0xff)).Zip(steps), pair => Assert.InRange(pair.First, pair.Second * 0.999, pair.Second));
    }

    [Fact]
    public void Next_Seeded_SpreadsOverTheUpperHalf()
    {
        var entropy = new SeededEntropy(1);
        var waits = Enumerable.Range(0, 1000).Select(_ => new Backoff(Options, entropy).Next().TotalSeconds).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, 0.5, 1));
        Assert.True(waits.Min() < 0.55 && waits.Max() > 0.95);
    }

    [Fact]
    public void Next_FirstAboveTheLimit_IsCapped()
    {
        var backoff = new Backoff(Options with { First = TimeSpan.FromSeconds(60) }, new ConstantEntropy(0));
        Assert.Equal(TimeSpan.FromSeconds(2.5), backoff.Next());
    }

    [Fact]
    public void Reset_AfterFailures_StartsOver()
    {
        var backoff = new Backoff(Options, new ConstantEntropy(0));
        backoff.Next();
        backoff.Next();
        backoff.Reset();
        Assert.Equal(TimeSpan.FromSeconds(0.5), backoff.Next());
    }

    private static IEnumerable<double> Waits(IEntropy entropy)
    {
        var backoff = new Backoff(Options, entropy);
        return [.. Enumerable.Range(0, 5).Select(_ => backoff.Next().TotalSeconds)];
    }

    private sealed class ConstantEntropy(byte value) : IEntropy
    {
        public void Fill(Span<byte> destination) => destination.Fill(value);
    }
}
