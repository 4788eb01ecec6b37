using Skywire.Update.Blocks;

namespace Skywire.Update.Tests.Blocks;

public sealed class RangePlanTests
{
    [Fact]
    public void Missing_AnyOrderAndOverlaps_LeavesTheHoles()
    {
        Assert.Equal([new(0, 10), new(30, 5), new(60, 40)], RangePlan.Missing(100, [new(35, 25), new(10, 10), new(15, 15), new(50, 0)]));
        Assert.Equal([new ByteRange(0, 100)], RangePlan.Missing(100, []));
        Assert.Empty(RangePlan.Missing(100, [new(50, 90), new(0, 50)]));
    }

    [Fact]
    public void Requests_CloseHoles_AreJoined()
        => Assert.Equal([new(0, 35), new(60, 40)], RangePlan.Requests([new(0, 10), new(19, 1), new(30, 5), new(60, 40)], gap: 15));

    // Against a byte map, which is too slow for a board and too simple to be wrong.
    [Fact]
    public void Missing_Random_AgreesWithAByteMap()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var held = Enumerable.Range(0, random.Next(8)).Select(_ => new ByteRange(random.Next(60), random.Next(20))).ToList();
            var map = new bool[64];
            held.ForEach(h => Enumerable.Range((int)h.Start, (int)h.Length).Where(i => i < 64).ToList().ForEach(i => map[i] = true));
            var missing = RangePlan.Missing(64, held);
            Assert.Equal(Enumerable.Range(0, 64).Where(i => !map[i]), missing.SelectMany(m => Enumerable.Range((int)m.Start, (int)m.Length)));
            Assert.All(missing, m => Assert.True(m.Length > 0));
        }
    }
}
