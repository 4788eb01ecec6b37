// Boards have no clock of their own: they start in the past, and NTP sets them while the visor runs.
using Skywire.Routing;
using Skywire.Testing;
using Skywire.Wire;
using Xunit;

namespace Skywire.Simulation.Tests;

public sealed class ClockTests
{
    [Theory]
    [InlineData(400)]
    [InlineData(-400)]
    public void WallClockJumps_RoutesLiveOnAndNewOnesAreMade(int days) => MeshScenario.Run(10, async mesh =>
    {
        var (a, b, c) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"), await mesh.AddVisorAsync("c"));
        await mesh.ConnectAsync(a, b);
        await mesh.ConnectAsync(b, c);
        await using var listener = c.Listen(MeshScenario.Port);
        var echo = MeshScenario.EchoAsync(listener);
        await using (var connection = await a.DialAsync(c, MeshScenario.Port))
        {
            mesh.Sim.Time.JumpWallClock(TimeSpan.FromDays(days));
            mesh.Note($"the clock jumped by {days} days");
            await MeshScenario.TransferAsync(mesh.Sim, connection, 100_000);
            await Task.Delay(TimeSpan.FromMinutes(3), mesh.Sim.Time);
            await MeshScenario.TransferAsync(mesh.Sim, connection, 100_000);
        }

        // Entries and listings made before the jump may look long expired or far in the future; refreshing mends that.
        await Task.Delay(TimeSpan.FromMinutes(10), mesh.Sim.Time);
        await using (var connection = await a.DialAsync(c, MeshScenario.Port))
        {
            mesh.Note("dialled after the jump");
            await MeshScenario.TransferAsync(mesh.Sim, connection, 100_000);
        }

        await listener.DisposeAsync();
        await echo;
    });

    [Fact]
    public void BadLink_LossAndDelay_RoutesCarryWhatTheyShould() => MeshScenario.Run(
        11,
        async mesh =>
        {
            var (a, b, c) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"), await mesh.AddVisorAsync("c"));
            await mesh.ConnectAsync(a, b);
            await mesh.ConnectAsync(b, c);
            await using var listener = c.Listen(MeshScenario.Port);
            var echo = MeshScenario.EchoAsync(listener);
            await using (var connection = await a.DialAsync(c, MeshScenario.Port))
            {
                mesh.Note("dialled");
                await MeshScenario.TransferAsync(mesh.Sim, connection, 300_000);
                mesh.Note("transferred");
            }

            await listener.DisposeAsync();
            await echo;
        },
        new MeshOptions { Link = new LinkOptions { Latency = TimeSpan.FromMilliseconds(120), Jitter = TimeSpan.FromMilliseconds(60), Loss = 0.03, BytesPerSecond = 250_000 } });
}
