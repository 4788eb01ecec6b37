// The image of this checkout, built once for all tests of it.
using Skywire.Integration.Tests;
using Xunit;

namespace Skywire.Image.Tests;

/// <summary>Packages and boot loaders are cached outside the tree between runs.</summary>
public sealed class BuiltImage : IAsyncLifetime
{
    // What a machine may lack without anything being wrong with this checkout: the arm64 runtime packs, a system package that apt cannot install.
    private static readonly string[] Lacks = ["needs a package this machine's source lacks", "could not install"];

    // With nothing cached three boot loaders and the updater are compiled, and the program is published, all beside other tests on two processors.
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(30));
    private CommandResult _made = null!;

    internal Skyminer Skyminer { get; } = new("image", 18110);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _made = await Skyminer.RunAsync(_deadline.Token, "image", "universal", "--out", System.IO.Path.Combine(Skyminer.State, "images"), "--json");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _deadline.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The image's file; skips the test where it cannot be built.</summary>
    public string File()
    {
        SkipWhereLacking(_made);
        Assert.True(_made.ExitCode == 0, _made.ToString());
        return _made.Json.GetProperty("image").GetString()!;
    }

    internal static void SkipWhereLacking(CommandResult result)
    {
        if (result.ExitCode == 3 && Lacks.Any(l => result.Error.Contains(l, StringComparison.Ordinal)))
        {
            Assert.Skip("the image cannot be built or booted here: " + result.Error.Trim());
        }
    }
}
