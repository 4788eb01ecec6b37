using System.Security.Cryptography;
using Skywire.Routing.Tests.Kit;
using Skywire.Simulation;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Routing.Tests;

/// <summary>Routing over the product's own transports, dmsg, setup node and services, in one deterministic run.</summary>
public sealed class RealStackTests
{
    [Fact]
    public void Dial_OverStcprAndDmsgTransports_CarriesDataAndReasons() => SimulationRun.Execute(1, async sim =>
    {
        await using var mesh = await SimulatedMesh.StartAsync(sim);
        var (a, b, c) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"), await mesh.AddVisorAsync("c"));
        await mesh.ConnectAsync(a, b);
        await mesh.ConnectAsync(b, c, "dmsg");
        await using var listener = c.Listen(44);
        await using var client = await a.DialAsync(c, 44);
        await using var server = await listener.AcceptAsync(CancellationToken.None);
        Assert.Equal(2, b.Router.Table.Count);

        var data = Io.Pattern(2_000_000, 1);
        var send = client.WriteAsync(data, CancellationToken.None).Stay();
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await Io.ReadExactlyAsync(server, data.Length)));
        await send;
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        Assert.InRange(client.RoundTrip!.Value, TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(400));

        var nobody = await Assert.ThrowsAsync<ProtocolException>(() => a.DialAsync(c, 45));
        Assert.Equal("no listener on port 45", nobody.Message);
    });

    [Fact]
    public void Dial_Neighbour_IsSetUpDirectlyWithoutASetupNode() => SimulationRun.Execute(2, async sim =>
    {
        await using var mesh = await SimulatedMesh.StartAsync(sim, MeshOptions.Default with { HasSetupNode = false });
        var (a, b) = (await mesh.AddVisorAsync("a"), await mesh.AddVisorAsync("b"));
        await mesh.ConnectAsync(a, b);
        await using var listener = b.Listen(44);
        await using var client = await a.DialAsync(b, 44);
        await using var server = await listener.AcceptAsync(CancellationToken.None);
        await client.WriteAsync(new byte[100_000], CancellationToken.None);
        await Io.ReadExactlyAsync(server, 100_000);
    });
}
