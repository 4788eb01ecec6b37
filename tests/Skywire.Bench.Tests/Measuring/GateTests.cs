// The gate judges ratios with slack, shown-only targets never, and takes the second run where there was one.
using Skywire.Bench.Measuring;

namespace Skywire.Bench.Tests.Measuring;

public sealed class GateTests
{
    private static readonly Target Strict = new("g", "c", "peer", 1.00, 0.50);

    [Theory]
    [InlineData(0.40, nameof(Verdict.Ambition))]
    [InlineData(0.50, nameof(Verdict.Ambition))]
    [InlineData(0.51, nameof(Verdict.Met))]
    [InlineData(1.00, nameof(Verdict.Met))]
    [InlineData(1.01, nameof(Verdict.Close))]
    [InlineData(1.149, nameof(Verdict.Close))]
    [InlineData(1.16, nameof(Verdict.Missed))]
    public void Judge_Ratio_GivesVerdict(double ratio, string expected) => Assert.Equal(expected, Strict.Judge(ratio).ToString());

    [Fact]
    public void Judge_NoAmbition_IsMetAtMost() => Assert.Equal(Verdict.Met, new Target("g", "c", "peer", 1.0, null).Judge(0.01));

    [Fact]
    public void Judge_PeerOrSubjectAbsent_IsLeftOut()
    {
        var judged = Gate.Judge([Strict, Strict with { Peer = "absent" }, Strict with { Column = "unmeasured" }], [Measure("c", 0.7)]);
        var only = Assert.Single(judged);
        Assert.Equal(0.7, only.Ratio);
        Assert.Same(Strict, only.Target);
    }

    [Fact]
    public void Missed_BeyondSlackAndGated_AreNamedOnce()
    {
        Target[] targets = [Strict, Strict with { Must = 0.9 }, Strict with { Column = "close" }, Strict with { Column = "shown", IsGated = false }];
        var judged = Gate.Judge(targets, [Measure("c", 2), Measure("close", 1.1), Measure("shown", 9)]);
        Assert.Equal(4, judged.Count);
        Assert.Equal(["g c"], Gate.Missed(judged));
    }

    [Fact]
    public void Replace_SecondRun_CountsWhereThereIsOne()
    {
        var merged = Gate.Replace([Measure("a", 2), Measure("b", 3)], [Measure("a", 1)]);
        Assert.Equal([1, 3], merged.Select(m => m.Of("peer")!.Ratio));
    }

    private static Measured Measure(string column, double ratio) => new(
        new Subject("g", column, 0, TimeSpan.FromMilliseconds(1), []),
        [new Reading(Contender.Ours, 10 * ratio, 1), new Reading("peer", 10, ratio)]);
}
