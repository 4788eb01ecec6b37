using Skywire.Testing;
using Skywire.Visor.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Tests.Wifi;

public sealed class WifiFollowerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WaitAsync_ReportComes_EndsWithIt() => SimulationRun.Execute(1, async sim =>
    {
        var file = new WifiReportFile(_folder.Path, sim.Time);
        var seen = new List<string>();
        var waiting = new WifiFollower(_folder.Path, sim.Time).WaitAsync(r => r.MeshName == "home", TimeSpan.FromSeconds(60), (r, _) => seen.Add(r?.MeshName ?? "-"), CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
        file.Write(SampleAir.Report with { MeshName = "old" });
        await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
        file.Write(SampleAir.Report);
        Assert.Equal("home", (await waiting)!.MeshName);
        Assert.Equal(["-", "old"], seen.Distinct());
    });

    [Fact]
    public void WaitAsync_NothingComes_EndsAtTheLimit() => SimulationRun.Execute(1, async sim =>
    {
        var start = sim.Time.GetTimestamp();
        Assert.Null(await new WifiFollower(_folder.Path, sim.Time).WaitAsync(_ => true, TimeSpan.FromSeconds(30), (_, _) => { }, CancellationToken.None));
        Assert.Equal(30, sim.Time.GetElapsedTime(start).TotalSeconds);
    });
}
