// What breaks in the field, and how long a user is without service. Times are virtual; the bounds are what an operator may expect.
using Skywire.Routing;
using Skywire.Routing.Setup;
using Skywire.Wire;
using Xunit;

namespace Skywire.Simulation.Tests;

public sealed class FaultTests
{
    // A setup node that failed to reach a visor leaves it alone for this long (spec 23 §1).
    private static readonly TimeSpan CircuitOpenTime = CircuitBreakerOptions.Default.OpenTime;

    [Fact]
    public void RelayKilledMidTransfer_BreaksTheRouteAndAfterRestartANewDialWorks() => MeshScenario.Run(4, async mesh =>
    {
        var (a, b, c) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"), await mesh.AddVisorAsync("c"));
        await mesh.ConnectAsync(a, b);
        await mesh.ConnectAsync(b, c);
        await using var listener = c.Listen(MeshScenario.Port);
        var echo = MeshScenario.EchoAsync(listener);

        var connection = await a.DialAsync(c, MeshScenario.Port);
        await MeshScenario.TransferAsync(mesh.Sim, connection, 100_000);
        var transfer = MeshScenario.TransferAsync(mesh.Sim, connection, 10_000_000);
        await Task.Delay(TimeSpan.FromMilliseconds(50), mesh.Sim.Time);
        Assert.False(transfer.IsCompleted);
        mesh.Kill(b);
        var killed = mesh.Sim.Time.Elapsed;
        await Assert.ThrowsAnyAsync<IOException>(() => transfer);
        var noticed = mesh.Sim.Time.Elapsed - killed;
        mesh.Note($"the sender noticed after {noticed}");
        Assert.True(noticed < TimeSpan.FromMinutes(2), $"the sender noticed only after {noticed}");
        await connection.DisposeAsync();

        await mesh.RestartAsync(b);
        await mesh.ConnectAsync(a, b);
        await mesh.ConnectAsync(c, b);
        var again = await DialUntilAsync(mesh, a, c, TimeSpan.FromMinutes(2));
        await MeshScenario.TransferAsync(mesh.Sim, again, 100_000);
        await again.DisposeAsync();
        await listener.DisposeAsync();
        await echo;
    });

    [Fact]
    public void DmsgServerRestarted_ClientsComeBackAndDialsWork() => MeshScenario.Run(
        5,
        async mesh =>
        {
            var (a, b) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"));
            await mesh.RestartDmsgServerAsync(0, TimeSpan.FromSeconds(10));
            var restarted = mesh.Sim.Time.Elapsed;
            while (a.Dmsg.SessionServers.Count == 0 || b.Dmsg.SessionServers.Count == 0)
            {
                Assert.True(mesh.Sim.Time.Elapsed - restarted < TimeSpan.FromMinutes(2), "no session two minutes after the only dmsg server came back");
                await Task.Delay(TimeSpan.FromMilliseconds(100), mesh.Sim.Time);
            }

            mesh.Note($"sessions are back after {mesh.Sim.Time.Elapsed - restarted}");
            await mesh.ConnectAsync(a, b, "dmsg");
            await using var listener = b.Listen(MeshScenario.Port);
            var echo = MeshScenario.EchoAsync(listener);
            await using (var connection = await DialUntilAsync(mesh, a, b, TimeSpan.FromMinutes(2)))
            {
                await MeshScenario.TransferAsync(mesh.Sim, connection, 100_000);
            }

            await listener.DisposeAsync();
            await echo;
        },
        new MeshOptions { DmsgServers = 1 });

    [Fact]
    public void OneOfTwoDmsgServersStopped_DialsGoOnAtOnce() => MeshScenario.Run(6, async mesh =>
    {
        var (a, b) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"));
        var restart = mesh.RestartDmsgServerAsync(0, TimeSpan.FromMinutes(1));
        await Task.Delay(TimeSpan.FromSeconds(2), mesh.Sim.Time);
        var started = mesh.Sim.Time.Elapsed;
        await mesh.ConnectAsync(a, b, "dmsg");
        var took = mesh.Sim.Time.Elapsed - started;
        mesh.Note($"linked by dmsg in {took}");
        Assert.True(took < TimeSpan.FromSeconds(10), $"a dmsg dial with one of two servers gone took {took}");
        await restart;
    });

    [Fact]
    public void VisorIsolatedAndHealed_RouteWorksAgain() => MeshScenario.Run(7, async mesh =>
    {
        var (a, b, c) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"), await mesh.AddVisorAsync("c"));
        await mesh.ConnectAsync(a, b);
        await mesh.ConnectAsync(b, c);
        await using var listener = c.Listen(MeshScenario.Port);
        var echo = MeshScenario.EchoAsync(listener);
        await using (var before = await a.DialAsync(c, MeshScenario.Port))
        {
            await MeshScenario.TransferAsync(mesh.Sim, before, 10_000);
        }

        using (mesh.Isolate(c))
        {
            await Task.Delay(TimeSpan.FromMinutes(5), mesh.Sim.Time);
            await Assert.ThrowsAsync<ProtocolException>(() => a.DialAsync(c, MeshScenario.Port));
        }

        var healed = mesh.Sim.Time.Elapsed;
        mesh.Note("healed");
        await mesh.ConnectAsync(b, c);
        await using (var after = await DialUntilAsync(mesh, a, c, CircuitOpenTime + TimeSpan.FromMinutes(1)))
        {
            mesh.Note($"a route again {mesh.Sim.Time.Elapsed - healed} after healing");
            await MeshScenario.TransferAsync(mesh.Sim, after, 10_000);
        }

        await listener.DisposeAsync();
        await echo;
    });

    // Tries as a user does, once a second, and tells how long that took.
    private static async Task<IRouteConnection> DialUntilAsync(SimulatedMesh mesh, SimulatedVisor from, SimulatedVisor to, TimeSpan limit)
    {
        var started = mesh.Sim.Time.Elapsed;
        while (true)
        {
            try
            {
                var connection = await from.DialAsync(to, MeshScenario.Port);
                mesh.Note($"{from.Name} dialled {to.Name} after {mesh.Sim.Time.Elapsed - started}");
                return connection;
            }
            catch (ProtocolException e) when (mesh.Sim.Time.Elapsed - started < limit)
            {
                mesh.Note($"{from.Name} could not dial {to.Name}: {e.Error} {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(1), mesh.Sim.Time);
            }
        }
    }
}
