// The order of things in a measurement: checks first, then everyone in turn.
using Skywire.Bench.Measuring;

namespace Skywire.Bench.Tests.Measuring;

public sealed class InterleavedTests
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(0.4);

    [Theory]
    [InlineData(400, 1000)]
    [InlineData(400_000, 1)]
    [InlineData(9_000_000, 1)]
    [InlineData(0.0001, 1_000_000)]
    public void CountFor_Operation_FillsTheSlice(double nanoseconds, int expected) => Assert.Equal(expected, Interleaved.CountFor(Slice, nanoseconds));

    [Fact]
    public void Measure_WrongContender_ThrowsAndMeasuresNothing()
    {
        var runs = 0;
        var subject = new Subject("g", "c", 0, Slice, [new Contender(Contender.Ours, _ => runs++, () => null), new Contender("peer", _ => runs++, () => "other bytes")]);
        var thrown = Assert.Throws<BenchException>(() => Interleaved.Measure(subject, 3));
        Assert.Contains("peer", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, runs);
    }

    [Fact]
    public void Measure_TwoContenders_TakeTurnsInEveryRound()
    {
        const int Rounds = 7;
        var turns = new List<string>();
        Contender Create(string name) => new(name, n => { turns.Add(name); Thread.SpinWait(n * 20); }, () => null);
        var measured = Interleaved.Measure(new Subject("g", "c", 0, Slice, [Create(Contender.Ours), Create("peer")]), Rounds);
        Assert.Equal(Enumerable.Repeat((string[])[Contender.Ours, "peer"], Rounds).SelectMany(x => x), turns.TakeLast(2 * Rounds));
        Assert.Equal([Contender.Ours, "peer"], measured.Readings.Select(r => r.Contender));
        Assert.Equal(1, measured.Readings[0].Ratio);
        Assert.All(measured.Readings, r => Assert.True(r.Nanoseconds > 0));
    }
}
