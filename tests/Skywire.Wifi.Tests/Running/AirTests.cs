using Skywire.Testing;
using Skywire.Wifi.Tests.Air;

namespace Skywire.Wifi.Tests.Running;

public sealed class AirTests
{
    [Fact]
    public void Mesh_FourBoards_AllJoin() => Run(async air =>
    {
        for (var i = 0; i < 4; i++)
        {
            air.Add(SampleRadio.Mesh(i));
        }

        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.State == "joined" && n.Radio.Neighbours.Count == 3), 20));
        Assert.All(air.Nodes, n => Assert.Equal((6, "mesh", "backhaul", "wlan"), (n.Radio.Channel, n.Radio.Mode, n.Radio.Role, n.Radio.Interface[..4])));
        Assert.All(air.Nodes, n => Assert.Equal((1, 0), (n.Report!.Counters["joins"], n.Report.Counters["rejoins"])));
        Assert.All(air.Nodes, n => Assert.False(n.Radios[0].Faces[0].HasPowerSave));
        Assert.All(air.Nodes, n => Assert.Equal(-80, n.Radios[0].Faces[0].Mesh!.RssiThreshold));
    });

    private static void Run(Func<SimAir, Task> body, int seed = 1) => SimulationRun.Execute(seed, async run =>
    {
        using var air = new SimAir(run);
        await body(air);
        Assert.Empty(await air.StopAsync());
    });
}
