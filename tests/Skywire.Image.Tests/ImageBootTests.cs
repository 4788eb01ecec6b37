// Boots the image of this checkout: the whole way from packages to a board that has joined, and an update whose power is cut.
using Xunit;

namespace Skywire.Image.Tests;

/// <summary>One short check of a start, and ten power cuts.</summary>
[Trait("Category", "Slow")]
public sealed class ImageBootTests(BuiltImage built) : IClassFixture<BuiltImage>, IDisposable
{
    // Emulated boards, beside other tests on two processors: the cuts take 20 minutes of it.
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(45));

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Image_BuiltAndBooted_JoinsAndShowsIt()
    {
        var check = await built.Skyminer.RunAsync(_deadline.Token, "check", "boot", "qemu-virt", "--short", "--json", "--image", built.File(), "--ssh-port", "18120", "--page-port", "18125");
        BuiltImage.SkipWhereLacking(check);
        Assert.True(check.ExitCode == 0, check.ToString());
        var first = check.Json.GetProperty("first");
        Assert.Equal("A", first.GetProperty("slot").GetString());
        Assert.Equal(0, first.GetProperty("failed_units").GetArrayLength());
        Assert.True(first.GetProperty("joined_s").GetDouble() > 0);
        // The data partition has grown from the image's few megabytes to the card.
        Assert.True(first.GetProperty("data_mb").GetDouble() > 1000);
        var leds = check.Json.GetProperty("leds").EnumerateArray().ToList();
        Assert.Contains(leds, l => l.GetProperty("state").GetString() is "joined" or "traffic" && l.GetProperty("ok").GetBoolean());
        Assert.Contains(leds, l => l.GetProperty("state").GetString() == "failed" && l.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Image_PowerCutTenTimesDuringAnUpdate_ComesBackEachTime()
    {
        const int Cuts = 10;
        // The schedule of one seed, so that a failure can be repeated; the long run with others is done by hand.
        var check = await built.Skyminer.RunAsync(_deadline.Token, "check", "ota", "--no-cases", "--power-cuts", $"{Cuts}", "--jobs", "2", "--seed", "10", "--json", "--image", built.File(), "--ssh-port", "18130", "--page-port", "18135");
        BuiltImage.SkipWhereLacking(check);
        Assert.True(check.ExitCode == 0, check.ToString());
        var cuts = check.Json.GetProperty("cuts").EnumerateArray().ToList();
        Assert.Equal(Cuts, cuts.Count(c => c.GetProperty("ok").GetBoolean()));
        Assert.Equal(["download", "first_boot", "install", "slot_state"], cuts.Select(c => c.GetProperty("phase").GetString()!).Distinct().Order(StringComparer.Ordinal));
    }
}
