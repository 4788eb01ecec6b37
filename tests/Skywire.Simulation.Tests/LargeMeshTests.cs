// Many visors: every one reaches every other.
using Skywire.Testing;
using Skywire.Wire;
using Xunit;

namespace Skywire.Simulation.Tests;

public sealed class LargeMeshTests
{
    private const int Count = 20;
    private const int ExtraLinks = 12;

    [Fact]
    public void RandomGraphOfTwenty_EveryOrderedPairDialsOnce() => MeshScenario.Run(
        8,
        async mesh =>
        {
            var visors = new List<SimulatedVisor>();
            for (var i = 0; i < Count; i++)
            {
                visors.Add(await mesh.AddVisorAsync($"v{i:00}"));
            }

            // A random tree keeps it connected; some more links make loops.
            var random = mesh.Sim.Entropy.For("graph");
            for (var i = 1; i < Count; i++)
            {
                await mesh.ConnectAsync(visors[i], visors[random.Next(i)]);
            }

            for (var i = 0; i < ExtraLinks; i++)
            {
                var a = random.Next(Count);
                var b = (a + 1 + random.Next(Count - 1)) % Count;
                await mesh.ConnectAsync(visors[a], visors[b]);
            }

            var listeners = visors.Select(visor => visor.Listen(MeshScenario.Port)).ToList();
            var echoes = listeners.Select(MeshScenario.EchoAsync).ToList();
            var failures = new List<string>();
            foreach (var from in visors)
            {
                // One visor's dials side by side, as its apps would.
                await Task.WhenAll(visors.Where(to => to != from).Select(to => PairAsync(mesh, from, to, failures)));
            }

            Assert.Empty(failures);
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }

            await Task.WhenAll(echoes);
        },
        limits: new SimulationOptions { RealBudget = TimeSpan.FromMinutes(4) });

    private static async Task PairAsync(SimulatedMesh mesh, SimulatedVisor from, SimulatedVisor to, List<string> failures)
    {
        try
        {
            await using var connection = await from.DialAsync(to, MeshScenario.Port);
            var ping = new byte[] { 1, 2, 3, 4 };
            await connection.WriteAsync(ping, default);
            var echo = new byte[ping.Length];
            for (var at = 0; at < echo.Length;)
            {
                var n = await connection.ReadAsync(echo.AsMemory(at), default);
                Assert.NotEqual(0, n);
                at += n;
            }

            Assert.Equal(ping, echo);
        }
        catch (IOException e)
        {
            failures.Add($"{from.Name} to {to.Name}: {e.Message}");
        }
    }
}
