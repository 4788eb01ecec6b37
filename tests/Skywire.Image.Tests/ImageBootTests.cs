// Builds the image of this checkout and boots it: the whole way from packages to a board that has joined.
using Skywire.Integration.Tests;
using Xunit;

namespace Skywire.Image.Tests;

/// <summary>One image, one short check of a start. Packages and boot loaders are cached outside the tree between runs.</summary>
[Trait("Category", "Slow")]
public sealed class ImageBootTests : IDisposable
{
    // What a machine may lack without anything being wrong with this checkout: the arm64 runtime packs, a system package that apt cannot install.
    private static readonly string[] Lacks = ["needs a package this machine's source lacks", "could not install"];

    // With nothing cached three boot loaders and the updater are compiled, the program is published and two boards start under emulation, all beside other tests on two processors.
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(30));

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Image_BuiltAndBooted_JoinsAndShowsIt()
    {
        var skyminer = new Skyminer("image", 18110);
        var images = Path.Combine(skyminer.State, "images");
        var made = await skyminer.RunAsync(_deadline.Token, "image", "universal", "--out", images, "--json");
        SkipWhereLacking(made);
        Assert.True(made.ExitCode == 0, made.ToString());
        var image = made.Json.GetProperty("image").GetString()!;

        var check = await skyminer.RunAsync(_deadline.Token, "check", "boot", "qemu-virt", "--short", "--json", "--image", image, "--ssh-port", "18120", "--page-port", "18125");
        SkipWhereLacking(check);
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

    private static void SkipWhereLacking(CommandResult result)
    {
        if (result.ExitCode == 3 && Lacks.Any(l => result.Error.Contains(l, StringComparison.Ordinal)))
        {
            Assert.Skip("the image cannot be built or booted here: " + result.Error.Trim());
        }
    }
}
