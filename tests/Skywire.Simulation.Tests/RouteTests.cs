// Routes over the real stack.
using Skywire.Wire;
using Xunit;

namespace Skywire.Simulation.Tests;

public sealed class RouteTests
{
    [Fact]
    public void Dial_OverOneRelay_TransfersAMegabyte() => MeshScenario.Run(1, async mesh =>
    {
        var (a, b, c) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"), await mesh.AddVisorAsync("c"));
        await mesh.ConnectAsync(a, b);
        await mesh.ConnectAsync(b, c);
        await using var listener = c.Listen(MeshScenario.Port);
        var echo = MeshScenario.EchoAsync(listener);
        await using (var connection = await a.DialAsync(c, MeshScenario.Port))
        {
            mesh.Note("dialled");
            await MeshScenario.TransferAsync(mesh.Sim, connection, 1_000_000);
            mesh.Note("transferred");
        }

        await listener.DisposeAsync();
        await echo;
    });

    [Fact]
    public void Dial_DirectTransportCutWhileDialling_GoesOverTheRelay() => MeshScenario.Run(2, async mesh =>
    {
        var (a, b, c) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"), await mesh.AddVisorAsync("c"));
        await mesh.ConnectAsync(a, b);
        await mesh.ConnectAsync(b, c);
        await mesh.ConnectAsync(a, c);
        await using var listener = c.Listen(MeshScenario.Port);
        var echo = MeshScenario.EchoAsync(listener);

        // The transport is listed and looks up on both ends, but nothing passes any more.
        var cut = mesh.Partition(a, c);
        var started = mesh.Sim.Time.Elapsed;
        await using (var connection = await a.DialAsync(c, MeshScenario.Port))
        {
            var took = mesh.Sim.Time.Elapsed - started;
            mesh.Note($"dialled around the cut in {took}");
            Assert.True(took < TimeSpan.FromSeconds(20), $"the dial took {took}");
            await MeshScenario.TransferAsync(mesh.Sim, connection, 100_000);
        }

        cut.Dispose();
        await listener.DisposeAsync();
        await echo;
    });

    [Fact]
    public void Dial_NobodyListens_IsRefusedWithTheReason() => MeshScenario.Run(3, async mesh =>
    {
        var (a, b) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"));
        await mesh.ConnectAsync(a, b);
        var failure = await Assert.ThrowsAsync<ProtocolException>(() => a.DialAsync(b, MeshScenario.Port));
        mesh.Note($"refused: {failure.Error} {failure.Message}");
        Assert.True(mesh.Sim.Time.Elapsed < TimeSpan.FromMinutes(1));
    });
}
