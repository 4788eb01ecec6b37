using Skywire.Testing;
using Skywire.Visor.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Tests.Wifi;

public sealed class WifiWatchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NoReport_GivesNone() => Assert.Equal((null, false), new WifiWatch(_folder.File("none"), _time).Read());

    [Fact]
    public void Read_ReportGrowsOld_ServiceDoesNotRunAnyMore()
    {
        Put("joined");
        var watch = new WifiWatch(_folder.Path, _time);
        Assert.True(watch.Read() is ({ State: "joined" }, true));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(watch.Read().IsRunning);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(watch.Read() is ({ State: "joined" }, false));
    }

    [Fact]
    public void Read_ManyAskInASecond_FileIsReadOnceForThem()
    {
        Put("searching");
        var watch = new WifiWatch(_folder.Path, _time);
        Assert.Equal("searching", watch.Read().Report!.State);
        Put("joined");
        Assert.Equal("searching", watch.Read().Report!.State);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        var first = watch.Read().Report;
        Assert.Equal("joined", first!.State);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Same(first, watch.Read().Report);
    }

    [Fact]
    public void Read_FileTakenAway_GivesNone()
    {
        Put("joined");
        var watch = new WifiWatch(_folder.Path, _time);
        Assert.NotNull(watch.Read().Report);
        File.Delete(WifiReportFile.PathIn(_folder.Path));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(watch.Read().Report);
    }

    private void Put(string state) => Assert.True(new WifiReportFile(_folder.Path, _time).Write(SampleAir.Report with { At = _time.GetUtcNow(), State = state }));
}
