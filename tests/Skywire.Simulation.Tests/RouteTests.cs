// Routes over the real stack.
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
            mesh.Sim.Trace("dialled");
            await MeshScenario.TransferAsync(mesh.Sim, connection, 1_000_000);
            mesh.Sim.Trace("transferred");
        }

        await listener.DisposeAsync();
        await echo;
    });
}
