// One lab for all tests that need a running one.
using System.Text.Json;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Skywire.Integration.Tests;

/// <summary>Starts the lab once, in the background, and stops it at the end.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    internal Skyminer Skyminer { get; } = new("lab", 18080);

    /// <summary>Output of <c>up --detach</c>.</summary>
    internal CommandResult Up { get; private set; } = new(-1, "", "");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // It builds first, as for a person; other tests have the machine meanwhile.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        Up = await Skyminer.RunAsync(limit.Token, ["up", "--detach", .. Skyminer.PortArguments]);
        Assert.True(Up.ExitCode == 0, Up.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Skyminer.RunAsync(limit.Token, "down");
    }

    internal async Task<JsonElement> StatusAsync(CancellationToken cancellationToken) => (await Skyminer.RunAsync(cancellationToken, "status", "--json")).Json;
}

/// <summary>Tests that share the lab.</summary>
[CollectionDefinition("lab")]
public sealed class LabCollection : ICollectionFixture<LabFixture>;
