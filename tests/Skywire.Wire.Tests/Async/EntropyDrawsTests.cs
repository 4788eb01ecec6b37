using Skywire.Testing;

namespace Skywire.Wire.Tests.Async;

public sealed class EntropyDrawsTests
{
    [Fact]
    public void NextFraction_ManyDraws_FillTheUnitInterval()
    {
        var entropy = new SeededEntropy(1);
        var draws = Enumerable.Range(0, 1000).Select(_ => entropy.NextFraction()).ToList();
        Assert.All(draws, draw => Assert.True(draw is >= 0 and < 1));
        Assert.True(draws.Min() < 0.05 && draws.Max() > 0.95);
    }

    [Fact]
    public void Shuffle_Many_KeepsTheItemsAndPutsEachAnywhere()
    {
        var entropy = new SeededEntropy(2);
        var places = new HashSet<(int Item, int Place)>();
        for (var i = 0; i < 200; i++)
        {
            var items = Enumerable.Range(0, 4).ToList();
            entropy.Shuffle(items);
            Assert.Equal([0, 1, 2, 3], items.Order());
            places.UnionWith(items.Select((item, place) => (item, place)));
        }

        Assert.Equal(16, places.Count);
    }
}
